namespace WarehouseFiles.Dialects;

sealed class PostgreSql : Dialect
{
    public override string File => "postgresql.sql";

    public override string Setting(string name) => name;

    protected override string Quote(string text) =>
        (text.Contains('\n', StringComparison.Ordinal) ? "E'" : "'") + Escaped(text, "''") + "'";

    public override string Identifier(string expression) => $"quote_ident({expression})";

    public override string Literal(string expression) => $"quote_literal({expression})";

    /// <summary>Names are compared as they are: a and A are two columns.</summary>
    public override string Fold(string expression) => expression;

    /// <summary>At most 63 bytes; one that is longer ends on a hash, too.</summary>
    public override string Fit(string name, string key, string mustDiffer = "FALSE", string followedBy = "") =>
        $"pg_temp.fit({name}, {key}, {mustDiffer}, {Quote(followedBy)})";

    public override string TextType => "text";

    public override string Now => "now()";

    public override string Present => """
        SELECT table_name::text AS base, column_name::text AS column_name,
            quote_ident(table_name) AS actual_table, quote_ident(column_name) AS actual, data_type::text AS type,
            bool_and(column_name::text = lower(column_name)) OVER (PARTITION BY table_name) AS is_lower
          FROM information_schema.columns WHERE table_schema = source_schema
        """;

    /// <summary>Some loaders leave names as they are, some make them small. None is longer than PostgreSQL's own type for names.</summary>
    public override string IsColumn(string present, string field) =>
        $"{present}.column_name = CASE WHEN {present}.is_lower THEN lower({field}.column_name) ELSE {field}.column_name END";

    public override string Dictionary => "app_fields";

    public override string LoadedAt => "(f->>lower(loaded_at))::timestamptz";

    public override string LoadedAtInView => $"(f->>lower({{{Literal("loaded_at")}}}))::timestamptz";

    // Destinations differ in whether appId is still appId, and in what options are.
    public override string Fields(string from, string language, string loadedAt) => $$"""
        SELECT f->>'appid' AS app, COALESCE(NULLIF(f->>'appname', ''), 'app_' || (f->>'appid')) AS app_name,
            f->>'path' AS path, f->>'code' AS code, f->>'type' AS type,
            f->>'table' AS subtable, (f->>'column')::name::text AS column_name,
            f->>'relatedapp' AS related_app, f->>'relatedkeyfield' AS related_key,
            COALESCE(NULLIF(f->'labels'->>{{language}}, ''), NULLIF(f->>'label', ''), f->>'code') AS label,
            f->>'stream' AS records, f->>'tablestream' AS table_rows, COALESCE(f->>'required' = 'true', FALSE) AS required, f->>'unit' AS unit,
            NULLIF(CASE jsonb_typeof(f->'options')
              WHEN 'array' THEN (SELECT string_agg(choice, ' | ' ORDER BY place) FROM jsonb_array_elements_text(
                CASE jsonb_typeof(f->'options') WHEN 'array' THEN f->'options' END) WITH ORDINALITY AS choices(choice, place))
              ELSE f->>'options' END, '') AS choices,
            f->>'expression' AS expression, (f->>'position')::bigint AS form_place, (f->>'revision')::bigint AS revision, {{loadedAt}} AS read_at
          FROM (SELECT (SELECT jsonb_object_agg(lower(member.key), member.value) FROM jsonb_each(to_jsonb(a)) member) AS f FROM {{from}} a) dictionary
          WHERE COALESCE(f->>'enabled', 'true') = 'true'
        """;

    public override string JoinedIfThere(params IEnumerable<string> expressions) => $"concat_ws('; ', {string.Join(",\n      ", expressions)})";

    public override string PersonName => "r.{column}::jsonb->>'name'";

    public override string Members(string member) => ListOf($"item->>'{member}'", "jsonb_array_elements");

    public override string Items => ListOf("item", "jsonb_array_elements_text");

    static string ListOf(string item, string function) =>
        $"(SELECT string_agg({item}, ', ' ORDER BY place) FROM {function}("
        + $"CASE jsonb_typeof(r.{{column}}::jsonb) WHEN 'array' THEN r.{{column}}::jsonb END) WITH ORDINALITY AS items(item, place))";

    public override string LookupCondition => $"{Comparable("their_type", "{alias}.key")}\n      || ' = ' || {Comparable("own_type", "{own_key}")}";

    string Comparable(string type, string value) =>
        $"CASE WHEN own_type = their_type THEN {Text(value)} "
        + $"WHEN {type} = 'numeric' THEN {Text($"trim_scale({value})::text")} ELSE {Text($"{value}::text")} END";

    public override string Days(string from, string to) => $"round((extract(epoch FROM {to} - {from}) / 86400)::numeric, 2)";

    public override string Minute(string time) => $"to_char({time} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI \"UTC\"')";

    protected override string MonthInJapan => "date_trunc('month', \"_kintone_updated_at\" AT TIME ZONE 'Asia/Tokyo')";

    public override string Script(string plan) => $"""
        -- {LabelPlan.Purpose}
        -- Run it again after a form or a selection has changed: psql -f postgresql.sql, or as one statement in any client. It is one transaction.
        -- Times are in UTC. The month in Japan, which begins nine hours earlier: {MonthInJapan}
        -- {LabelPlan.MadeBy}

        DO $script$
        DECLARE
          source_schema text := 'public';   -- where the connector's streams are loaded
          view_schema text := 'kintone';    -- of the views alone: one that is not made here is dropped
          check_schema text := 'kintone_check';        -- where a second reading is loaded, to find which rows differ
          loaded_at text := '_airbyte_extracted_at';   -- the column with a line's emitted_at
          label_language text := '';        -- 'ja', 'en' or 'zh' (option label_languages); '' for the labels that everybody sees
          is_append boolean := false;       -- true where the destination keeps every version ("append"): makes histories, too
          step record;
        BEGIN
          PERFORM set_config('search_path', quote_ident(source_schema), true);
          EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', view_schema);

          -- A name of at most 63 bytes, with what follows it. One that is longer, or must differ, ends on a hash of its key.
          CREATE OR REPLACE FUNCTION pg_temp.fit(name text, key text, must_differ boolean, followed_by text) RETURNS text LANGUAGE sql AS $$
            SELECT CASE WHEN octet_length(name || followed_by) <= 63 AND NOT must_differ THEN name
              ELSE (
                SELECT left(name, max(n)) FROM generate_series(0, 54) n WHERE octet_length(left(name, n) || followed_by) <= 54
              ) || '_' || left(md5(key), 8) END || followed_by
          $$;

          FOR step IN
            WITH
        {plan}
            SELECT 0 AS place, viewname::text AS name, format('DROP VIEW IF EXISTS %I.%I CASCADE', schemaname, viewname) AS text
            FROM pg_catalog.pg_views WHERE schemaname = view_schema AND viewname::text NOT IN (SELECT statements.name FROM statements)
            UNION ALL SELECT 1, s.name, 'CREATE OR REPLACE VIEW ' || s.view_name || ' AS ' || s.body FROM statements s
            UNION ALL SELECT 2, s.name, format('COMMENT ON VIEW %s IS %L', s.view_name, s.comment) FROM statements s
            UNION ALL SELECT 3, s.name, format('COMMENT ON COLUMN %s.%s IS %L', s.view_name, c.quoted_name, c.comment)
              FROM columns c JOIN statements s ON s.name = c.view_of
            ORDER BY place
          LOOP
            BEGIN
              EXECUTE step.text;
            EXCEPTION WHEN invalid_table_definition THEN
              -- Columns went, came in between or have another type. Otherwise rights on the view stay, and views that were made of it.
              EXECUTE format('DROP VIEW %I.%I CASCADE', view_schema, step.name);
              EXECUTE step.text;
            END;
          END LOOP;
        END
        $script$;

        """;
}
