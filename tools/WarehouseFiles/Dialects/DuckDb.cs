namespace WarehouseFiles.Dialects;

sealed class DuckDb : Dialect
{
    public override string File => "duckdb.sql";

    public override string Setting(string name) => $"getvariable('{name}')";

    protected override string Quote(string text) =>
        (text.Contains('\n', StringComparison.Ordinal) ? "E'" : "'") + Escaped(text, "''") + "'";

    public override string Present => """
        SELECT table_name AS base, LOWER(column_name) AS column_name, '"' || REPLACE(table_name, '"', '""') || '"' AS actual_table,
            '"' || REPLACE(column_name, '"', '""') || '"' AS actual, data_type AS type
          FROM duckdb_columns() WHERE schema_name = getvariable('source_schema') AND database_name = CURRENT_DATABASE()
        """;

    public override string Dictionary => "query_table(getvariable('source_schema') || '.app_fields')";

    public override string LoadedAt => "json_extract_string(to_json(f), '$.\"' || getvariable('loaded_at') || '\"')::TIMESTAMPTZ";

    public override string LoadedAtInView => $"f.{base.LoadedAtInView}";

    public override string Fields(string from, string language, string loadedAt) => $$"""
        SELECT f.appId AS app, COALESCE(NULLIF(f.appName, ''), 'app_' || f.appId) AS app_name, f.path, f.code, f.type, f."table" AS subtable,
            LOWER(f."column") AS column_name, f.relatedApp AS related_app, f.relatedKeyField AS related_key,
            COALESCE(NULLIF(json_extract_string(to_json(f.labels), '$.' || COALESCE(NULLIF({{language}}, ''), 'none')), ''),
              NULLIF(f.label, ''), f.code) AS label,
            f.stream AS records, f.tableStream AS table_rows, COALESCE(f.required, FALSE) AS required, f.unit,
            NULLIF(CASE json_type(to_json(f.options)) WHEN 'ARRAY' THEN array_to_string(json_extract_string(to_json(f.options), '$[*]'), ' | ')
              ELSE json_extract_string(to_json(f.options), '$') END, '') AS choices,
            f.expression, f.position AS form_place, TRY_CAST(f.revision AS BIGINT) AS revision, {{loadedAt}} AS read_at
          FROM {{from}} f
          WHERE COALESCE(f.enabled, TRUE)
        """;

    public override string JoinedIfThere(params IEnumerable<string> expressions) => $"CONCAT_WS('; ', {string.Join(",\n      ", expressions)})";

    public override string PersonName => "json_extract_string(to_json(r.{column}), '$.name')";

    public override string Members(string member) => $"NULLIF(array_to_string(json_extract_string(to_json(r.{{column}}), '$[*].{member}'), ', '), '')";

    public override string Items => "NULLIF(array_to_string(json_extract_string(to_json(r.{column}), '$[*]'), ', '), '')";

    public override string LookupCondition =>
        $"CASE WHEN own_type = their_type THEN {Text("{alias}.key = {own_key}")}\n      "
        + $"ELSE {Text("TRY_CAST({alias}.key AS DOUBLE) = TRY_CAST({own_key} AS DOUBLE)")} END";

    public override string Days(string from, string to) => $"ROUND((EPOCH({to}) - EPOCH({from})) / 86400, 2)";

    public override string Minute(string time) => $"STRFTIME({time} AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M UTC')";

    protected override string MonthInJapan => "date_trunc('month', \"_kintone_updated_at\" AT TIME ZONE 'Asia/Tokyo')";

    public override string Script(string plan) => $$"""
        -- {{LabelPlan.Purpose}}
        -- DuckDB has no statement that runs a statement: the last query's rows, in their order, are what is to be run, all in one transaction.
        --   duckdb warehouse.duckdb -noheader -list -f duckdb.sql > views.sql && duckdb warehouse.duckdb -bail -f views.sql
        -- Times are in UTC. The month in Japan, which begins nine hours earlier: {{MonthInJapan}}
        -- {{LabelPlan.MadeBy}}

        SET VARIABLE source_schema = 'main';    -- where the connector's streams are loaded
        SET VARIABLE view_schema = 'kintone';   -- of the views alone: one that is not made here is dropped
        SET VARIABLE check_schema = 'kintone_check';        -- where a second reading is loaded, to find which rows differ
        SET VARIABLE loaded_at = '_airbyte_extracted_at';   -- the column with a line's emitted_at
        SET VARIABLE label_language = '';       -- 'ja', 'en' or 'zh' (option label_languages); '' for the labels that everybody sees
        SET VARIABLE is_append = false;         -- true where the destination keeps every version ("append"): makes histories, too

        WITH
        {{plan}},
        steps AS (
          SELECT 0 AS step, 'BEGIN TRANSACTION' AS text
          UNION ALL SELECT 1, {{Text("CREATE SCHEMA IF NOT EXISTS {" + Identifier(Setting("view_schema")) + "}")}}
          UNION ALL SELECT 2, 'DROP VIEW ' || {{Identifier("schema_name")}} || '.' || {{Identifier("view_name")}} FROM duckdb_views()
            WHERE schema_name = getvariable('view_schema') AND database_name = CURRENT_DATABASE()
              AND LOWER(view_name) NOT IN (SELECT LOWER(name) FROM statements)
          UNION ALL SELECT 3, 'CREATE OR REPLACE VIEW ' || view_name || ' AS ' || body FROM statements
          UNION ALL SELECT 4, 'COMMENT ON VIEW ' || view_name || ' IS ' || {{Literal("comment")}} FROM statements
          UNION ALL SELECT 5, 'COMMENT ON COLUMN ' || s.view_name || '.' || c.quoted_name || ' IS ' || {{Literal("c.comment")}}
            FROM columns c JOIN statements s ON s.name = c.view_of WHERE c.comment IS NOT NULL
          UNION ALL SELECT 6, 'COMMIT'
        )
        SELECT text || ';' AS statement FROM steps ORDER BY step;

        """;
}
