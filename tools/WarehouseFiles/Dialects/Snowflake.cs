namespace WarehouseFiles.Dialects;

sealed class Snowflake : Dialect
{
    public override string File => "snowflake.sql";

    public override string Setting(string name) => $"${name}";

    protected override string Quote(string text) =>
        "'" + Escaped(text.Replace("\\", "\\\\", StringComparison.Ordinal), "''") + "'";

    public override string Literal(string expression) => $"'''' || REPLACE(REPLACE({expression}, '\\\\', '\\\\\\\\'), '''', '''''') || ''''";

    /// <summary>As the destination writes names that are not quoted.</summary>
    public override string OwnName(string expression) => $"UPPER({expression})";

    public override string Joined(string expression, string separator, string order) =>
        $"LISTAGG({expression}, {Quote(separator)}) WITHIN GROUP (ORDER BY {order})";

    public override string ColumnHead => $"quoted_name || COALESCE(' COMMENT ' || {Literal("comment")}, '')";

    public override string Present => """
        SELECT LOWER(table_name) AS base, LOWER(column_name) AS column_name,
            '"' || table_name || '"' AS actual_table, '"' || column_name || '"' AS actual, data_type AS type
          FROM information_schema.columns WHERE table_schema = $source_schema
        """;

    public override string Dictionary => "IDENTIFIER($app_fields)";

    public override string LoadedAt => "IDENTIFIER($loaded_at)";

    public override string LoadedAtInView => "f.{$loaded_at}";

    public override string Fields(string from, string language, string loadedAt) => $$"""
        SELECT f.appId AS app, COALESCE(NULLIF(f.appName, ''), 'app_' || f.appId) AS app_name, f.path, f.code, f.type, f."TABLE" AS subtable,
            LOWER(f."COLUMN") AS column_name, f.relatedApp AS related_app, f.relatedKeyField AS related_key,
            COALESCE(NULLIF(GET(TO_VARIANT(f.labels), {{language}})::STRING, ''), NULLIF(f.label, ''), f.code) AS label,
            f.stream AS records, f.tableStream AS table_rows, COALESCE(f.required, FALSE) AS required, f.unit,
            NULLIF(IFF(IS_ARRAY(TO_VARIANT(f.options)), ARRAY_TO_STRING(TO_ARRAY(TO_VARIANT(f.options)), ' | '),
              TO_VARIANT(f.options)::STRING), '') AS choices,
            f.expression, f.position AS form_place, TRY_TO_NUMBER(f.revision::STRING) AS revision, {{loadedAt}} AS read_at
          FROM {{from}} f
          WHERE COALESCE(f.enabled, TRUE)
        """;

    public override string JoinedIfThere(params IEnumerable<string> expressions) =>
        $"ARRAY_TO_STRING(ARRAY_CONSTRUCT_COMPACT({string.Join(",\n      ", expressions)}), '; ')";

    public override string PersonName => "GET(r.{column}, 'name')::STRING";

    public override string Members(string member) => $"NULLIF(ARRAY_TO_STRING(TRANSFORM(r.{{column}}::ARRAY, item -> item:{member}), ', '), '')";

    public override string Items => "NULLIF(ARRAY_TO_STRING(r.{column}::ARRAY, ', '), '')";

    public override string LookupCondition => $"""
        CASE WHEN own_type = their_type THEN {Text("{alias}.key = {own_key}")}
              ELSE {Text("TRY_TO_DOUBLE({alias}.key::STRING) = TRY_TO_DOUBLE({own_key}::STRING)")} END
        """;

    public override string Days(string from, string to) => $"ROUND(DATEDIFF(second, {from}, {to}) / 86400, 2)";

    public override string Minute(string time) => $"TO_CHAR(CONVERT_TIMEZONE('UTC', {time}), 'YYYY-MM-DD HH24:MI') || ' UTC'";

    public override string Now => "CURRENT_TIMESTAMP()";

    protected override string MonthInJapan => "DATE_TRUNC('month', CONVERT_TIMEZONE('Asia/Tokyo', _kintone_updated_at))";

    public override string Script(string plan) => $"""
        -- {LabelPlan.Purpose}
        -- Run it again after a form or a selection has changed, in the database of the streams: snowsql -f snowflake.sql, or in a worksheet.
        -- Snowflake has no transaction for views: each is replaced in one step, and those that are not made any more are dropped at the end.
        -- Times are in UTC. The month in Japan, which begins nine hours earlier: {MonthInJapan}
        -- {LabelPlan.MadeBy}

        SET source_schema = 'PUBLIC';    -- where the connector's streams are loaded
        SET view_schema = 'KINTONE';     -- of the views alone: one that is not made here is dropped
        SET check_schema = 'KINTONE_CHECK';        -- where a second reading is loaded, to find which rows differ
        SET loaded_at = '_AIRBYTE_EXTRACTED_AT';   -- the column with a line's emitted_at
        SET label_language = '';         -- 'ja', 'en' or 'zh' (option label_languages); '' for the labels that everybody sees
        SET is_append = FALSE;           -- TRUE where the destination keeps every version ("append"): makes histories, too

        SET app_fields = (SELECT '"' || $source_schema || '".APP_FIELDS');
        CREATE SCHEMA IF NOT EXISTS IDENTIFIER($view_schema);
        USE SCHEMA IDENTIFIER($view_schema);

        CREATE OR REPLACE TEMPORARY TABLE kintone_view_statements AS
        WITH
        {plan}
        SELECT 1 AS step, 'CREATE OR REPLACE VIEW ' || s.view_name || COALESCE(' (' || s.names || ')', '') || ' COPY GRANTS COMMENT = '
          || {Literal("s.comment")} || ' AS ' || s.body AS text FROM statements s
        UNION ALL
        SELECT 2, 'DROP VIEW "' || table_schema || '"."' || REPLACE(table_name, '"', '""') || '"' FROM information_schema.views
        WHERE table_schema = $view_schema AND table_name NOT IN (SELECT name FROM statements);

        EXECUTE IMMEDIATE $$
        DECLARE
          statements CURSOR FOR SELECT text FROM kintone_view_statements ORDER BY step;
        BEGIN
          FOR statement IN statements DO
            LET text STRING := statement.text;
            EXECUTE IMMEDIATE :text;
          END FOR;
        END
        $$;

        """;
}
