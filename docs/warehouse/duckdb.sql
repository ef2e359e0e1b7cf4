-- Views with the labels that people see in Kintone, made from the stream app_fields: see README.md beside this file.
-- DuckDB has no statement that runs a statement: the last query's rows, in their order, are what is to be run.
--   duckdb warehouse.duckdb -noheader -list -f duckdb.sql | duckdb warehouse.duckdb

SET VARIABLE source_schema = 'main';    -- where the connector's streams are loaded
SET VARIABLE view_schema = 'kintone';   -- of the views alone: every view in it is dropped and made anew
SET VARIABLE label_language = '';       -- 'ja', 'en' or 'zh' (option label_languages); '' for the labels that everybody sees
SET VARIABLE is_append = false;         -- true where every version is kept ("append"): makes histories, too

CREATE OR REPLACE TEMP MACRO quoted(name) AS '"' || replace(name, '"', '""') || '"';
CREATE OR REPLACE TEMP MACRO in_views(name) AS quoted(getvariable('view_schema')) || '.' || quoted(name);
CREATE OR REPLACE TEMP MACRO text(value) AS '''' || replace(value, '''', '''''') || '''';

WITH
-- Tables and columns that are there: an app that is not synced has no view, a column that was deselected is in none.
present AS (
  SELECT table_name AS "table", lower(column_name) AS "column", data_type AS type FROM duckdb_columns() WHERE schema_name = getvariable('source_schema') AND database_name = current_database()
),
fields AS (
  SELECT
    f.appId AS app, coalesce(nullif(f.appName, ''), 'app_' || f.appId) AS app_name, f.code, f.type,
    f."table" AS subtable, f."column", f.relatedApp AS related_app, f.relatedKeyField AS related_key,
    coalesce(nullif(json_extract_string(to_json(f.labels), '$.' || coalesce(nullif(getvariable('label_language'), ''), 'none')), ''), nullif(f.label, ''), f.code) AS label,
    f.stream AS records, f.tableStream AS table_rows, CASE WHEN f."table" IS NULL THEN f.stream ELSE f.tableStream END AS base,
    concat_ws('; ', f.code || ' (' || f.type || ')', CASE WHEN f.required THEN 'required' END, 'unit: ' || f.unit,
      'choices: ' || nullif(array_to_string(json_extract_string(to_json(f.options), '$[*]'), ' | '), ''),
      'formula: ' || f.expression, 'from ' || f.relatedKeyField || ' of app ' || f.relatedApp) AS comment
  FROM query_table(getvariable('source_schema') || '.app_fields') f
  WHERE coalesce(f.enabled, true)
),
-- One for each app, and one for each of its sub-tables, by the table that it is made from. Names that end like those of histories are not left to them.
views AS (
  SELECT *, CASE WHEN count(*) OVER (PARTITION BY lower(wanted)) = 1 AND NOT regexp_matches(lower(wanted), '_(history|deleted|statuses)$') THEN wanted ELSE wanted || '_' || base END AS name
  FROM (
    SELECT records AS base, min(app_name) AS wanted, min(app_name) || ' (app ' || app || ')' AS comment, NULL AS subtable FROM fields GROUP BY app, records
    UNION ALL
    SELECT table_rows, app_name || '_' || label, app_name || ' (app ' || app || '): the rows of ' || comment, code FROM fields WHERE type = 'SUBTABLE'
  )
  WHERE base IN (SELECT "table" FROM present)
),
sources AS (
  SELECT *,
    CASE WHEN subtable IS NULL THEN '_kintone_id' ELSE '_kintone_id, _kintone_row_id' END AS own_keys,
    CASE WHEN is_deletable THEN 'r._ab_cdc_deleted_at IS NULL' ELSE 'true' END AS is_there,
    CASE WHEN has_time THEN '_kintone_updated_at DESC NULLS LAST, ' ELSE '' END || '_airbyte_extracted_at DESC' AS newest,
    quoted(getvariable('source_schema')) || '.' || quoted(base) AS loaded
  FROM views JOIN (
    SELECT "table" AS base, bool_or("column" = '_kintone_updated_at') AS has_time, bool_or("column" = '_ab_cdc_deleted_at') AS is_deletable FROM present GROUP BY 1
  ) USING (base)
),
-- What is there now. Where every version is kept, that is the newest of each key.
current AS (
  SELECT *, CASE WHEN getvariable('is_append')
    THEN format('(SELECT * FROM {} QUALIFY row_number() OVER (PARTITION BY {} ORDER BY {}) = 1)', loaded, own_keys, newest) ELSE loaded END AS now
  FROM sources
),
-- The ids of what lookups copy from: of no record where two have the same key.
lookups AS (
  SELECT f.base, f.code, 'l' || row_number() OVER (PARTITION BY f.base ORDER BY f.code) AS alias, 'r.' || quoted(f."column") AS own_key,
    format('(SELECT r.{0} AS key, min(r._kintone_id) AS id FROM {1} r WHERE {2} GROUP BY r.{0} HAVING count(*) = 1)', quoted(there."column"), c.now, c.is_there) AS ids,
    f.label, f.related_key, f.related_app,
    own.type = there.type AS is_same_type -- a number may look up a record number, which is a text
  FROM fields f
  JOIN present own ON own."table" = f.base AND own."column" = lower(f."column")
  JOIN fields k ON k.app = f.related_app AND k.code = f.related_key AND k.subtable IS NULL
  JOIN present there ON there."table" = k.base AND there."column" = lower(k."column")
  JOIN current c ON c.base = k.base
  WHERE f.type <> 'REFERENCE_TABLE'
),
joins AS (
  SELECT base, string_agg(format(CASE WHEN is_same_type THEN E'\n  LEFT JOIN {0} {1} ON {1}.key = {2}' ELSE E'\n  LEFT JOIN {0} {1} ON TRY_CAST({1}.key AS DOUBLE) = TRY_CAST({2} AS DOUBLE)' END, ids, alias, own_key), '' ORDER BY alias) AS text
  FROM lookups
  GROUP BY base
),
-- What each view shows, in this order, with the label that it wants.
items AS (
  SELECT base, place, true AS is_own, own AS code, own AS label, 'r.' || own AS expression, NULL AS comment
  FROM views, (VALUES (0, '_kintone_id'), (1, '_kintone_row_id'), (2, '_kintone_row_number'), (99, '_kintone_updated_at')) ours(place, own)
  WHERE (base, own) IN (SELECT ("table", "column") FROM present)
  UNION ALL
  SELECT base, CASE WHEN type = 'RECORD_NUMBER' THEN 3 WHEN type IN ('STATUS', 'STATUS_ASSIGNEE', 'CATEGORY') THEN 11
      WHEN type IN ('CREATOR', 'CREATED_TIME', 'MODIFIER', 'UPDATED_TIME') THEN 12 ELSE 10 END,
    false, code, label,
    format(CASE WHEN type IN ('CREATOR', 'MODIFIER') THEN 'json_extract_string(to_json(r.{}), ''$.name'')'
      WHEN type IN ('USER_SELECT', 'ORGANIZATION_SELECT', 'GROUP_SELECT', 'STATUS_ASSIGNEE', 'FILE') THEN 'nullif(array_to_string(json_extract_string(to_json(r.{}), ''$[*].name''), '', ''), '''')'
      WHEN type IN ('CHECK_BOX', 'MULTI_SELECT', 'CATEGORY') THEN 'nullif(array_to_string(json_extract_string(to_json(r.{}), ''$[*]''), '', ''), '''')'
      ELSE 'r.{}' END, quoted("column")),
    comment
  FROM fields
  WHERE (base, lower("column")) IN (SELECT ("table", "column") FROM present)
    AND NOT (type = 'SUBTABLE' AND table_rows IN (SELECT base FROM views))
  UNION ALL
  SELECT base, 10, false, code || ' id', label || '_id', alias || '.id', 'The _kintone_id of the record that ' || code || ' was copied from: ' || related_key || ' of app ' || related_app
  FROM lookups
),
-- Labels need not be unique: those that are not carry the code as well.
labelled AS (
  SELECT *, CASE WHEN is_own OR count(*) OVER (PARTITION BY base, lower(label)) = 1 THEN label ELSE label || '_' || code END AS wanted FROM items
),
columns AS (
  SELECT base, place, code, expression, comment,
    CASE WHEN row_number() OVER (PARTITION BY base, lower(wanted) ORDER BY is_own DESC, code) = 1 THEN wanted ELSE wanted || '_' || left(md5(code), 8) END AS name
  FROM labelled
),
lists AS (
  SELECT base, string_agg(E'\n  ' || expression || ' AS ' || quoted(name), ',' ORDER BY place, code) AS text FROM columns GROUP BY base
),
-- Every version with the time from which and up to which it was the record's. Repeats of a version last no time.
versions AS (
  SELECT s.*, coalesce(j.text, '') AS joins, l.text AS list, format(
    '(SELECT * FROM (SELECT *, _kintone_updated_at AS _kintone_valid_from, lead(_kintone_updated_at) OVER (PARTITION BY _kintone_id ORDER BY _kintone_updated_at, _airbyte_extracted_at) AS _kintone_valid_to FROM {}) r WHERE {} AND (_kintone_valid_to > _kintone_valid_from OR _kintone_valid_to IS NULL))',
    loaded, is_there) AS text
  FROM current s JOIN lists l USING (base) LEFT JOIN joins j USING (base)
),
statements AS (
  SELECT 0 AS step, 'CREATE SCHEMA IF NOT EXISTS ' || quoted(getvariable('view_schema')) AS text
  UNION ALL
  SELECT 1, 'DROP VIEW ' || in_views(view_name) FROM duckdb_views() WHERE schema_name = getvariable('view_schema') AND database_name = current_database()
  UNION ALL
  SELECT 2, format(E'CREATE VIEW {} AS SELECT{}\nFROM {} r{}\nWHERE {}', in_views(name), list, now, joins, is_there) FROM versions
  UNION ALL
  SELECT 2, format(E'CREATE VIEW {} AS SELECT{},\n  r._kintone_valid_from,\n  r._kintone_valid_to\nFROM {} r{}', in_views(name || '_history'), list, text, joins)
  FROM versions WHERE getvariable('is_append') AND has_time AND subtable IS NULL
  UNION ALL
  SELECT 2, format(
    E'CREATE VIEW {0} AS SELECT{1},\n  d._ab_cdc_deleted_at AS _kintone_deleted_at\nFROM {2} d\n  JOIN (SELECT * FROM {3} WHERE _ab_cdc_deleted_at IS NULL QUALIFY row_number() OVER (PARTITION BY {4} ORDER BY {5}) = 1) r USING ({4}){6}\nWHERE d._ab_cdc_deleted_at IS NOT NULL',
    in_views(name || '_deleted'), list, now, loaded, own_keys, newest, joins)
  FROM versions WHERE getvariable('is_append') AND is_deletable
  UNION ALL
  SELECT 2, format(
    E'CREATE VIEW {0} AS
WITH changes AS (
  SELECT _kintone_id, {1} AS status, _kintone_valid_from AS valid_from, _kintone_valid_to AS valid_to,
    {1} IS DISTINCT FROM lag({1}) OVER of_record OR _kintone_valid_from IS DISTINCT FROM lag(_kintone_valid_to) OVER of_record AS is_new
  FROM {2} r WINDOW of_record AS (PARTITION BY _kintone_id ORDER BY _kintone_valid_from)
), stays AS (
  SELECT *, count(*) FILTER (WHERE is_new) OVER (PARTITION BY _kintone_id ORDER BY valid_from) AS stay FROM changes
)
SELECT _kintone_id, status AS {3}, min(valid_from) AS entered_at, CASE WHEN count(*) = count(valid_to) THEN max(valid_to) END AS left_at,
  round((epoch(CASE WHEN count(*) = count(valid_to) THEN max(valid_to) ELSE now() END) - epoch(min(valid_from))) / 86400, 2) AS days
FROM stays GROUP BY _kintone_id, stay, status',
    in_views(v.name || '_statuses'), quoted(f."column"), v.text, quoted(c.name))
  FROM versions v JOIN fields f ON f.base = v.base AND f.type = 'STATUS' JOIN columns c ON c.base = f.base AND c.code = f.code
  WHERE getvariable('is_append') AND has_time
  UNION ALL
  SELECT 3, 'COMMENT ON VIEW ' || in_views(name) || ' IS ' || text(comment) FROM views
  UNION ALL
  SELECT 4, 'COMMENT ON COLUMN ' || in_views(v.name) || '.' || quoted(c.name) || ' IS ' || text(c.comment) FROM columns c JOIN views v USING (base) WHERE c.comment IS NOT NULL
)
SELECT text || ';' AS statement FROM statements ORDER BY step;
