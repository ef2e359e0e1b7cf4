-- Views with the labels that people see in Kintone, made from the stream app_fields: see README.md beside this file.
-- Run it again after a form or a selection has changed: psql -f postgresql.sql, or as one statement in any client.

DO $script$
DECLARE
  source_schema text := 'public';   -- where the connector's streams are loaded
  view_schema text := 'kintone';    -- of the views alone: one that is not made here is dropped
  label_language text := '';        -- 'ja', 'en' or 'zh' (option label_languages); '' for the labels that everybody sees
  is_append boolean := false;       -- true where the destination keeps every version ("append"): makes histories, too
  step record;
BEGIN
  PERFORM set_config('search_path', quote_ident(source_schema), true);
  EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', view_schema);

  -- A name of at most 63 bytes, with what follows it. One that is longer, or must differ, ends on a hash of its key.
  CREATE OR REPLACE FUNCTION pg_temp.fit(name text, key text, must_differ boolean DEFAULT false, followed_by text DEFAULT '') RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN octet_length(name || followed_by) <= 63 AND NOT must_differ THEN name
      ELSE (SELECT left(name, max(n)) FROM generate_series(0, 54) n WHERE octet_length(left(name, n) || followed_by) <= 54) || '_' || left(md5(key), 8) END || followed_by
  $$;

  FOR step IN
    WITH
    -- Tables and columns that are there: an app that is not synced has no view, a column that was deselected is in none.
    present AS (
      SELECT table_name::text AS "table", column_name::text AS "column", data_type::text AS type FROM information_schema.columns WHERE table_schema = source_schema
    ),
    -- Destinations differ in whether appId is still appId.
    dictionary AS (
      SELECT (SELECT jsonb_object_agg(lower(member.key), member.value) FROM jsonb_each(to_jsonb(f)) member) AS f FROM app_fields f
    ),
    fields AS (
      SELECT
        f->>'appid' AS app, coalesce(nullif(f->>'appname', ''), 'app_' || (f->>'appid')) AS app_name, f->>'code' AS code, f->>'type' AS type,
        f->>'table' AS subtable, f->>'column' AS "column", f->>'relatedapp' AS related_app, f->>'relatedkeyfield' AS related_key,
        coalesce(nullif(f->'labels'->>label_language, ''), nullif(f->>'label', ''), f->>'code') AS label,
        f->>'stream' AS records, f->>'tablestream' AS table_rows, CASE WHEN f->>'table' IS NULL THEN f->>'stream' ELSE f->>'tablestream' END AS base,
        concat_ws('; ', (f->>'code') || ' (' || (f->>'type') || ')', CASE WHEN f->>'required' = 'true' THEN 'required' END, 'unit: ' || (f->>'unit'),
          'choices: ' || (SELECT string_agg(choice, ' | ' ORDER BY place) FROM jsonb_array_elements_text(f->'options') WITH ORDINALITY AS choices(choice, place)),
          'formula: ' || (f->>'expression'), 'from ' || (f->>'relatedkeyfield') || ' of app ' || (f->>'relatedapp')) AS comment
      FROM dictionary
      WHERE coalesce(f->>'enabled', 'true') = 'true'
    ),
    -- One for each app, and one for each of its sub-tables, by the table that it is made from. Names that end like those of histories are not left to them.
    views AS (
      SELECT *, pg_temp.fit(CASE WHEN count(*) OVER (PARTITION BY lower(wanted)) = 1 AND lower(wanted) !~ '_(history|deleted|statuses)$' THEN wanted ELSE wanted || '_' || base END, base) AS name
      FROM (
        SELECT records AS base, min(app_name) AS wanted, min(app_name) || ' (app ' || app || ')' AS comment, NULL AS subtable FROM fields GROUP BY app, records
        UNION ALL
        SELECT table_rows, app_name || '_' || label, app_name || ' (app ' || app || '): the rows of ' || comment, code FROM fields WHERE type = 'SUBTABLE'
      ) wanted_views
      WHERE base IN (SELECT "table" FROM present)
    ),
    sources AS (
      SELECT *,
        CASE WHEN subtable IS NULL THEN '_kintone_id' ELSE '_kintone_id, _kintone_row_id' END AS own_keys,
        CASE WHEN is_deletable THEN 'r._ab_cdc_deleted_at IS NULL' ELSE 'true' END AS is_there,
        CASE WHEN has_time THEN '_kintone_updated_at DESC NULLS LAST, ' ELSE '' END || '_airbyte_extracted_at DESC' AS newest,
        format('%I.%I', source_schema, base) AS loaded
      FROM views JOIN (
        SELECT "table" AS base, bool_or("column" = '_kintone_updated_at') AS has_time, bool_or("column" = '_ab_cdc_deleted_at') AS is_deletable FROM present GROUP BY 1
      ) AS loaded_tables USING (base)
    ),
    -- What is there now. Where every version is kept, that is the newest of each key.
    current AS (
      SELECT *, CASE WHEN is_append
        THEN format('(SELECT DISTINCT ON (%s) * FROM %s ORDER BY %s, %s)', own_keys, loaded, own_keys, newest)
        ELSE loaded END AS now
      FROM sources
    ),
    -- The ids of what lookups copy from: of no record where two have the same key.
    lookups AS (
      SELECT f.base, f.code, format('l%s', row_number() OVER (PARTITION BY f.base ORDER BY f.code)) AS alias,
        format('(SELECT r.%I AS key, min(r._kintone_id) AS id FROM %s r WHERE %s GROUP BY r.%I HAVING count(*) = 1)', there."column", c.now, c.is_there, there."column") AS ids,
        -- A number may look up a record number, which is a text.
        CASE WHEN own.type = there.type THEN '%s' WHEN own.type = 'numeric' THEN 'trim_scale(%s)::text' ELSE '%s::text' END AS own_form,
        CASE WHEN own.type = there.type THEN '%s' WHEN there.type = 'numeric' THEN 'trim_scale(%s)::text' ELSE '%s::text' END AS their_form
      FROM fields f
      JOIN present own ON own."table" = f.base AND own."column" = f."column"
      JOIN fields k ON k.app = f.related_app AND k.code = f.related_key AND k.subtable IS NULL
      JOIN present there ON there."table" = k.base AND there."column" = k."column"
      JOIN current c ON c.base = k.base
      WHERE f.type <> 'REFERENCE_TABLE'
    ),
    joins AS (
      SELECT l.base, string_agg(format(E'\n  LEFT JOIN %s %s ON %s = %s', l.ids, l.alias, format(l.their_form, l.alias || '.key'), format(l.own_form, format('r.%I', f."column"))), '' ORDER BY l.alias) AS text
      FROM lookups l JOIN fields f ON f.base = l.base AND f.code = l.code
      GROUP BY l.base
    ),
    -- What each view shows, in this order, with the label that it wants.
    items AS (
      SELECT base, place, true AS is_own, own AS code, own AS label, format('r.%I', own) AS expression, NULL AS comment
      FROM views, (VALUES (0, '_kintone_id'), (1, '_kintone_row_id'), (2, '_kintone_row_number'), (99, '_kintone_updated_at')) AS ours(place, own)
      WHERE (base, own) IN (SELECT "table", "column" FROM present)
      UNION ALL
      SELECT f.base, CASE WHEN f.type = 'RECORD_NUMBER' THEN 3 WHEN f.type IN ('STATUS', 'STATUS_ASSIGNEE', 'CATEGORY') THEN 11
          WHEN f.type IN ('CREATOR', 'CREATED_TIME', 'MODIFIER', 'UPDATED_TIME') THEN 12 ELSE 10 END,
        false, f.code, f.label,
        CASE WHEN f.type IN ('CREATOR', 'MODIFIER') THEN format('r.%I::jsonb->>''name''', f."column")
          WHEN f.type IN ('USER_SELECT', 'ORGANIZATION_SELECT', 'GROUP_SELECT', 'STATUS_ASSIGNEE', 'FILE') THEN format(
            '(SELECT string_agg(item->>''name'', '', '' ORDER BY place) FROM jsonb_array_elements(CASE jsonb_typeof(r.%1$I::jsonb) WHEN ''array'' THEN r.%1$I::jsonb END) WITH ORDINALITY AS items(item, place))', f."column")
          WHEN f.type IN ('CHECK_BOX', 'MULTI_SELECT', 'CATEGORY') THEN format(
            '(SELECT string_agg(item, '', '' ORDER BY place) FROM jsonb_array_elements_text(CASE jsonb_typeof(r.%1$I::jsonb) WHEN ''array'' THEN r.%1$I::jsonb END) WITH ORDINALITY AS items(item, place))', f."column")
          ELSE format('r.%I', f."column") END,
        f.comment
      FROM fields f
      WHERE (f.base, f."column") IN (SELECT "table", "column" FROM present)
        AND NOT (f.type = 'SUBTABLE' AND f.table_rows IN (SELECT base FROM views))
      UNION ALL
      SELECT f.base, 10, false, f.code || ' id', f.label || '_id', l.alias || '.id', 'The _kintone_id of the record that ' || f.code || ' was copied from: ' || f.related_key || ' of app ' || f.related_app
      FROM lookups l JOIN fields f ON f.base = l.base AND f.code = l.code
    ),
    -- Labels need not be unique: those that are not carry the code as well.
    labelled AS (
      SELECT *, CASE WHEN is_own OR count(*) OVER (PARTITION BY base, lower(label)) = 1 THEN label ELSE label || '_' || code END AS wanted FROM items
    ),
    columns AS (
      SELECT base, place, code, expression, comment, pg_temp.fit(wanted, code, row_number() OVER (PARTITION BY base, lower(pg_temp.fit(wanted, code)) ORDER BY is_own DESC, code) > 1) AS name
      FROM labelled
    ),
    lists AS (
      SELECT base, string_agg(format(E'\n  %s AS %I', expression, name), ',' ORDER BY place, code) AS text FROM columns GROUP BY base
    ),
    -- Every version with the time from which and up to which it was the record's. Repeats of a version last no time.
    versions AS (
      SELECT s.*, coalesce(j.text, '') AS joins, l.text AS list, format(
        '(SELECT * FROM (SELECT *, _kintone_updated_at AS _kintone_valid_from, lead(_kintone_updated_at) OVER (PARTITION BY _kintone_id ORDER BY _kintone_updated_at, _airbyte_extracted_at) AS _kintone_valid_to FROM %s) r WHERE %s AND (_kintone_valid_to > _kintone_valid_from OR _kintone_valid_to IS NULL))',
        loaded, is_there) AS text
      FROM current s JOIN lists l USING (base) LEFT JOIN joins j USING (base)
    ),
    statements AS (
      SELECT name, comment, format(E'CREATE OR REPLACE VIEW %I.%I AS SELECT%s\nFROM %s r%s\nWHERE %s', view_schema, name, list, now, joins, is_there) AS text
      FROM versions
      UNION ALL
      SELECT pg_temp.fit(name, base, followed_by => '_history'), comment || ', every version', format(E'CREATE OR REPLACE VIEW %I.%I AS SELECT%s,\n  r._kintone_valid_from,\n  r._kintone_valid_to\nFROM %s r%s',
        view_schema, pg_temp.fit(name, base, followed_by => '_history'), list, text, joins)
      FROM versions WHERE is_append AND has_time AND subtable IS NULL
      UNION ALL
      SELECT pg_temp.fit(name, base, followed_by => '_deleted'), comment || ', what is gone', format(
        E'CREATE OR REPLACE VIEW %1$I.%2$I AS SELECT%3$s,\n  d._ab_cdc_deleted_at AS _kintone_deleted_at\nFROM %4$s d\n  JOIN (SELECT DISTINCT ON (%5$s) * FROM %6$s WHERE _ab_cdc_deleted_at IS NULL ORDER BY %5$s, %7$s) r USING (%5$s)%8$s\nWHERE d._ab_cdc_deleted_at IS NOT NULL',
        view_schema, pg_temp.fit(name, base, followed_by => '_deleted'), list, now, own_keys, loaded, newest, joins)
      FROM versions WHERE is_append AND is_deletable
      UNION ALL
      SELECT pg_temp.fit(v.name, v.base, followed_by => '_statuses'), v.comment || ', how long in each status', format(
        $sql$CREATE OR REPLACE VIEW %I.%I AS
WITH changes AS (
  SELECT _kintone_id, %I AS status, _kintone_valid_from AS valid_from, _kintone_valid_to AS valid_to,
    %I IS DISTINCT FROM lag(%I) OVER of_record OR _kintone_valid_from IS DISTINCT FROM lag(_kintone_valid_to) OVER of_record AS is_new
  FROM %s r WINDOW of_record AS (PARTITION BY _kintone_id ORDER BY _kintone_valid_from)
), stays AS (
  SELECT *, count(*) FILTER (WHERE is_new) OVER (PARTITION BY _kintone_id ORDER BY valid_from) AS stay FROM changes
)
SELECT _kintone_id, status AS %I, min(valid_from) AS entered_at, CASE WHEN count(*) = count(valid_to) THEN max(valid_to) END AS left_at,
  round((extract(epoch FROM CASE WHEN count(*) = count(valid_to) THEN max(valid_to) ELSE now() END - min(valid_from)) / 86400)::numeric, 2) AS days
FROM stays GROUP BY _kintone_id, stay, status$sql$,
        view_schema, pg_temp.fit(v.name, v.base, followed_by => '_statuses'), f."column", f."column", f."column", v.text, c.name)
      FROM versions v JOIN fields f ON f.base = v.base AND f.type = 'STATUS' JOIN columns c ON c.base = f.base AND c.code = f.code
      WHERE is_append AND has_time
    )
    SELECT 0 AS place, viewname::text AS name, format('DROP VIEW IF EXISTS %I.%I CASCADE', schemaname, viewname) AS text
    FROM pg_catalog.pg_views WHERE schemaname = view_schema AND viewname::text NOT IN (SELECT name FROM statements)
    UNION ALL SELECT 1, name, text FROM statements
    UNION ALL SELECT 2, name, format('COMMENT ON VIEW %I.%I IS %L', view_schema, name, comment) FROM statements
    UNION ALL SELECT 3, v.name, format('COMMENT ON COLUMN %I.%I.%I IS %L', view_schema, v.name, c.name, c.comment) FROM columns c JOIN views v USING (base)
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
