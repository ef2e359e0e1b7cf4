namespace WarehouseFiles.Dialects;

sealed class BigQuery : Dialect
{
    public override string File => "bigquery.sql";

    public override string Setting(string name) => name;

    protected override string Quote(string text) =>
        "'" + Escaped(text.Replace("\\", "\\\\", StringComparison.Ordinal), "\\'") + "'";

    public override string Identifier(string expression) => $"'`' || {expression} || '`'";

    public override string Literal(string expression) => $"FORMAT('%T', {expression})";

    /// <summary>BigQuery takes letters of every language in names, but not every sign.</summary>
    public override string Clean(string expression) => $"clean({expression})";

    protected override string Hash(string expression) => $"SUBSTR(TO_HEX(MD5({expression})), 1, 8)";

    public override string ColumnHead =>
        $"quoted_name || CASE WHEN comment IS NULL THEN '' ELSE ' OPTIONS (description = ' || {Literal("SUBSTR(comment, 1, 1000)")} || ')' END";

    public override string TextType => "STRING";

    public override string TimeType => "TIMESTAMP";

    public override string Present => """
        SELECT LOWER(table_name) AS base, LOWER(column_name) AS column_name,
            '`' || table_name || '`' AS actual_table, '`' || column_name || '`' AS actual, data_type AS type
          FROM present_columns
        """;

    public override string Dictionary => "dictionary";

    public override string LoadedAt => "f.kintone_read_at";

    public override string LoadedAtInView => $"f.{base.LoadedAtInView}";

    public override string Fields(string from, string language, string loadedAt) => $$"""
        SELECT f.appId AS app, COALESCE(NULLIF(f.appName, ''), 'app_' || f.appId) AS app_name, f.path, f.code, f.type, f.`table` AS subtable,
            LOWER(f.`column`) AS column_name, f.relatedApp AS related_app, f.relatedKeyField AS related_key,
            COALESCE(NULLIF(CASE {{language}} WHEN 'ja' THEN JSON_VALUE(TO_JSON(f.labels), '$.ja') WHEN 'en' THEN JSON_VALUE(TO_JSON(f.labels), '$.en')
              WHEN 'zh' THEN JSON_VALUE(TO_JSON(f.labels), '$.zh') END, ''), NULLIF(f.label, ''), f.code) AS label,
            f.stream AS records, f.tableStream AS table_rows, COALESCE(f.required, FALSE) AS required, f.unit,
            NULLIF(CASE JSON_TYPE(TO_JSON(f.options))
              WHEN 'array' THEN (SELECT STRING_AGG(JSON_VALUE(choice), ' | ' ORDER BY place)
                FROM UNNEST(JSON_QUERY_ARRAY(TO_JSON(f.options))) choice WITH OFFSET place)
              WHEN 'null' THEN NULL WHEN 'string' THEN JSON_VALUE(TO_JSON(f.options)) ELSE TO_JSON_STRING(f.options) END, '') AS choices,
            f.expression, f.position AS form_place, SAFE_CAST(f.revision AS INT64) AS revision, {{loadedAt}} AS read_at
          FROM {{from}} f
          WHERE COALESCE(f.enabled, TRUE)
        """;

    public override string JoinedIfThere(params IEnumerable<string> expressions) => $"ARRAY_TO_STRING([{string.Join(",\n      ", expressions)}], '; ')";

    public override string PersonName => "JSON_VALUE(r.{column}, '$.name')";

    public override string Members(string member) => ListOf($"JSON_VALUE(item, '$.{member}')");

    public override string Items => ListOf("JSON_VALUE(item)");

    static string ListOf(string item) =>
        $"(SELECT STRING_AGG({item}, ', ' ORDER BY place) FROM UNNEST(JSON_QUERY_ARRAY(r.{{column}})) item WITH OFFSET place)";

    public override string LookupCondition => $"""
        CASE WHEN own_type = their_type THEN {Text("{alias}.key = {own_key}")}
              ELSE {Text("SAFE_CAST(CAST({alias}.key AS STRING) AS FLOAT64) = SAFE_CAST(CAST({own_key} AS STRING) AS FLOAT64)")} END
        """;

    public override string Days(string from, string to) => $"ROUND(TIMESTAMP_DIFF({to}, {from}, SECOND) / 86400, 2)";

    public override string Minute(string time) => $"FORMAT_TIMESTAMP('%Y-%m-%d %H:%M UTC', {time})";

    public override string Now => "CURRENT_TIMESTAMP()";

    protected override string MonthInJapan => "DATE_TRUNC(DATE(_kintone_updated_at, 'Asia/Tokyo'), MONTH)";

    public override string Script(string plan) => $$"""
        -- {{LabelPlan.Purpose}}
        -- Run it again after a form or a selection has changed: bq query --use_legacy_sql=false < bigquery.sql, or in the console.
        -- BigQuery has no transaction for views: each is replaced in one step, and those that are not made any more are dropped at the end.
        -- Times are in UTC. The month in Japan, which begins nine hours earlier: {{MonthInJapan}}
        -- {{LabelPlan.MadeBy}}

        DECLARE source_schema STRING DEFAULT 'kintone_data';   -- the dataset that the connector's streams are loaded into
        DECLARE view_schema STRING DEFAULT 'kintone';          -- of the views alone: one that is not made here is dropped
        DECLARE check_schema STRING DEFAULT 'kintone_check';   -- where a second reading is loaded, to find which rows differ
        DECLARE loaded_at STRING DEFAULT '_airbyte_extracted_at';   -- the column with a line's emitted_at
        DECLARE label_language STRING DEFAULT '';              -- 'ja', 'en' or 'zh' (option label_languages); '' for the labels that everybody sees
        DECLARE is_append BOOL DEFAULT FALSE;                  -- TRUE where the destination keeps every version ("append"): makes histories, too

        CREATE TEMP FUNCTION clean(name STRING) AS (REGEXP_REPLACE(name, r'[^\p{L}\p{M}\p{N}\p{Pc}\p{Pd}\p{Zs}]', '_'));

        EXECUTE IMMEDIATE FORMAT('CREATE SCHEMA IF NOT EXISTS `%s`', view_schema);
        EXECUTE IMMEDIATE FORMAT('CREATE TEMP TABLE dictionary AS SELECT *, `%s` AS kintone_read_at FROM `%s`.app_fields', loaded_at, source_schema);
        EXECUTE IMMEDIATE FORMAT('CREATE TEMP TABLE old_views AS SELECT table_name AS name FROM `%s`.INFORMATION_SCHEMA.VIEWS', view_schema);
        EXECUTE IMMEDIATE FORMAT('CREATE TEMP TABLE present_columns AS SELECT table_name, column_name, data_type FROM `%s`.INFORMATION_SCHEMA.COLUMNS',
          source_schema);

        FOR step IN (
        WITH
        {{plan}}
        SELECT 1 AS place, 'CREATE OR REPLACE VIEW ' || s.view_name || COALESCE(' (' || s.names || ')', '')
          || FORMAT(' OPTIONS (description = %T) AS ', SUBSTR(s.comment, 1, 1000)) || s.body AS text FROM statements s
        UNION ALL
        SELECT 2, FORMAT('DROP VIEW `%s`.`%s`', view_schema, name) FROM old_views WHERE name NOT IN (SELECT name FROM statements)
        ORDER BY place
        ) DO
          EXECUTE IMMEDIATE step.text;
        END FOR;

        """;
}
