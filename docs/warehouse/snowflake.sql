-- Views with the labels that people see in Kintone, made from the stream app_fields: see README.md beside this file.
-- Run it again after a form or a selection has changed, in the database of the streams: snowsql -f snowflake.sql, or in a worksheet.

SET source_schema = 'PUBLIC';    -- where the connector's streams are loaded
SET view_schema = 'KINTONE';     -- of the views alone: every view in it is dropped and made anew
SET label_language = '';         -- 'ja', 'en' or 'zh' (option label_languages); '' for the labels that everybody sees
SET is_append = FALSE;           -- TRUE where the destination keeps every version ("append"): makes histories, too

SET app_fields = (SELECT '"' || $source_schema || '".APP_FIELDS');
CREATE SCHEMA IF NOT EXISTS IDENTIFIER($view_schema);
USE SCHEMA IDENTIFIER($view_schema);

CREATE OR REPLACE TEMPORARY TABLE kintone_view_statements AS
WITH
-- Tables and columns that are there, as the destination has written them: an app that is not synced has no view, a column that was deselected is in none.
present AS (
  SELECT LOWER(table_name) AS base, LOWER(column_name) AS column_name, '"' || table_name || '"' AS actual_table, '"' || column_name || '"' AS actual, data_type
  FROM information_schema.columns WHERE table_schema = $source_schema
),
fields AS (
  SELECT
    f.appId AS app, COALESCE(NULLIF(f.appName, ''), 'app_' || f.appId) AS app_name, f.code, f.type,
    f."TABLE" AS subtable, LOWER(f."COLUMN") AS column_name, f.relatedApp AS related_app, f.relatedKeyField AS related_key,
    COALESCE(NULLIF(GET(f.labels, $label_language)::STRING, ''), NULLIF(f.label, ''), f.code) AS label,
    f.stream AS records, f.tableStream AS table_rows, IFF(f."TABLE" IS NULL, f.stream, f.tableStream) AS base,
    ARRAY_TO_STRING(ARRAY_CONSTRUCT_COMPACT(f.code || ' (' || f.type || ')', IFF(f.required, 'required', NULL), 'unit: ' || f.unit,
      'choices: ' || NULLIF(ARRAY_TO_STRING(f.options::ARRAY, ' | '), ''), 'formula: ' || f.expression, 'from ' || f.relatedKeyField || ' of app ' || f.relatedApp), '; ') AS comment
  FROM IDENTIFIER($app_fields) f
  WHERE COALESCE(f.enabled, TRUE)
),
-- One for each app, and one for each of its sub-tables, by the table that it is made from. Names that end like those of histories are not left to them.
views AS (
  SELECT base, comment, subtable, IFF(COUNT(*) OVER (PARTITION BY LOWER(wanted)) = 1 AND NOT REGEXP_LIKE(LOWER(wanted), '.*_(history|deleted|statuses)', 's'), wanted, wanted || '_' || base) AS name
  FROM (
    SELECT records AS base, MIN(app_name) AS wanted, MIN(app_name) || ' (app ' || app || ')' AS comment, NULL AS subtable FROM fields GROUP BY app, records
    UNION ALL
    SELECT table_rows, app_name || '_' || label, app_name || ' (app ' || app || '): the rows of ' || comment, code FROM fields WHERE type = 'SUBTABLE'
  )
  WHERE base IN (SELECT base FROM present)
),
sources AS (
  SELECT v.*, t.has_time, t.is_deletable,
    IFF(v.subtable IS NULL, '_kintone_id', '_kintone_id, _kintone_row_id') AS own_keys,
    IFF(t.is_deletable, 'r._ab_cdc_deleted_at IS NULL', 'TRUE') AS is_there,
    IFF(t.has_time, '_kintone_updated_at DESC NULLS LAST, ', '') || '_airbyte_extracted_at DESC' AS newest,
    '"' || $source_schema || '".' || t.actual_table AS loaded
  FROM views v JOIN (
    SELECT base, actual_table, BOOLOR_AGG(column_name = '_kintone_updated_at') AS has_time, BOOLOR_AGG(column_name = '_ab_cdc_deleted_at') AS is_deletable FROM present GROUP BY base, actual_table
  ) t ON t.base = v.base
),
-- What is there now. Where every version is kept, that is the newest of each key.
there_now AS (
  SELECT s.*, IFF($is_append, '(SELECT * FROM ' || loaded || ' QUALIFY ROW_NUMBER() OVER (PARTITION BY ' || own_keys || ' ORDER BY ' || newest || ') = 1)', loaded) AS now
  FROM sources s
),
-- The ids of what lookups copy from: of no record where two have the same key.
lookups AS (
  SELECT f.base, f.code, 'l' || ROW_NUMBER() OVER (PARTITION BY f.base ORDER BY f.code) AS alias, 'r.' || own.actual AS own_key,
    '(SELECT r.' || there.actual || ' AS key, MIN(r._kintone_id) AS id FROM ' || c.now || ' r WHERE ' || c.is_there || ' GROUP BY r.' || there.actual || ' HAVING COUNT(*) = 1)' AS ids,
    f.label, f.related_key, f.related_app,
    own.data_type = there.data_type AS is_same_type -- a number may look up a record number, which is a text
  FROM fields f
  JOIN present own ON own.base = f.base AND own.column_name = f.column_name
  JOIN fields k ON k.app = f.related_app AND k.code = f.related_key AND k.subtable IS NULL
  JOIN present there ON there.base = k.base AND there.column_name = k.column_name
  JOIN there_now c ON c.base = k.base
  WHERE f.type <> 'REFERENCE_TABLE'
),
joins AS (
  SELECT base, LISTAGG('\n  LEFT JOIN ' || ids || ' ' || alias || ' ON '
    || IFF(is_same_type, alias || '.key = ' || own_key, 'TRY_TO_DOUBLE(' || alias || '.key::STRING) = TRY_TO_DOUBLE(' || own_key || '::STRING)'), '') WITHIN GROUP (ORDER BY alias) AS text
  FROM lookups
  GROUP BY base
),
-- What each view shows, in this order, with the label that it wants.
items AS (
  SELECT v.base, ours.place, TRUE AS is_own, ours.own AS code, ours.own AS label, 'r.' || p.actual AS expression, NULL AS comment
  FROM views v
  CROSS JOIN (SELECT column1 AS place, column2 AS own FROM VALUES (0, '_kintone_id'), (1, '_kintone_row_id'), (2, '_kintone_row_number'), (99, '_kintone_updated_at')) ours
  JOIN present p ON p.base = v.base AND p.column_name = ours.own
  UNION ALL
  SELECT f.base, CASE WHEN f.type = 'RECORD_NUMBER' THEN 3 WHEN f.type IN ('STATUS', 'STATUS_ASSIGNEE', 'CATEGORY') THEN 11
      WHEN f.type IN ('CREATOR', 'CREATED_TIME', 'MODIFIER', 'UPDATED_TIME') THEN 12 ELSE 10 END,
    FALSE, f.code, f.label,
    CASE WHEN f.type IN ('CREATOR', 'MODIFIER') THEN 'GET(r.' || p.actual || ', ''name'')::STRING'
      WHEN f.type IN ('USER_SELECT', 'ORGANIZATION_SELECT', 'GROUP_SELECT', 'STATUS_ASSIGNEE', 'FILE') THEN
        'NULLIF(ARRAY_TO_STRING(TRANSFORM(r.' || p.actual || '::ARRAY, item -> item:name), '', ''), '''')'
      WHEN f.type IN ('CHECK_BOX', 'MULTI_SELECT', 'CATEGORY') THEN 'NULLIF(ARRAY_TO_STRING(r.' || p.actual || '::ARRAY, '', ''), '''')'
      ELSE 'r.' || p.actual END,
    f.comment
  FROM fields f
  JOIN present p ON p.base = f.base AND p.column_name = f.column_name
  LEFT JOIN views rows_view ON f.type = 'SUBTABLE' AND rows_view.base = f.table_rows
  WHERE rows_view.base IS NULL
  UNION ALL
  SELECT base, 10, FALSE, code || ' id', label || '_id', alias || '.id', 'The _kintone_id of the record that ' || code || ' was copied from: ' || related_key || ' of app ' || related_app
  FROM lookups
),
-- Labels need not be unique: those that are not carry the code as well.
labelled AS (
  SELECT i.*, IFF(is_own OR COUNT(*) OVER (PARTITION BY base, LOWER(label)) = 1, label, label || '_' || code) AS wanted FROM items i
),
columns AS (
  SELECT base, place, code, expression, comment,
    '"' || REPLACE(IFF(is_own, UPPER(wanted), IFF(ROW_NUMBER() OVER (PARTITION BY base, LOWER(wanted) ORDER BY is_own DESC, code) = 1, wanted, wanted || '_' || LEFT(MD5(code), 8))), '"', '""') || '"' AS name
  FROM labelled
),
lists AS (
  SELECT base, LISTAGG('\n  ' || expression, ',') WITHIN GROUP (ORDER BY place, code) AS text,
    LISTAGG(name || COALESCE(' COMMENT ''' || REPLACE(REPLACE(comment, '\\', '\\\\'), '''', '''''') || '''', ''), ', ') WITHIN GROUP (ORDER BY place, code) AS names
  FROM columns
  GROUP BY base
),
-- Every version with the time from which and up to which it was the record's. Repeats of a version last no time.
versions AS (
  SELECT s.base, s.subtable, s.own_keys, s.has_time, s.is_deletable, s.is_there, s.newest, s.loaded, s.now, COALESCE(j.text, '') AS joins, l.text AS list, l.names,
    '"' || $view_schema || '"."' || REPLACE(s.name, '"', '""') AS name,
    ' COMMENT = ''' || REPLACE(REPLACE(s.comment, '\\', '\\\\'), '''', '''''') || ''' AS ' AS comment,
    '(SELECT * FROM (SELECT *, _kintone_updated_at AS _kintone_valid_from, LEAD(_kintone_updated_at) OVER (PARTITION BY _kintone_id ORDER BY _kintone_updated_at, _airbyte_extracted_at) AS _kintone_valid_to FROM '
      || s.loaded || ') r WHERE ' || s.is_there || ' AND (_kintone_valid_to > _kintone_valid_from OR _kintone_valid_to IS NULL))' AS text
  FROM there_now s JOIN lists l ON l.base = s.base LEFT JOIN joins j ON j.base = s.base
)
SELECT 1 AS step, 'DROP VIEW "' || table_schema || '"."' || REPLACE(table_name, '"', '""') || '"' AS text FROM information_schema.views WHERE table_schema = $view_schema
UNION ALL
SELECT 2, 'CREATE VIEW ' || name || '" (' || names || ')' || comment || 'SELECT' || list || '\nFROM ' || now || ' r' || joins || '\nWHERE ' || is_there FROM versions
UNION ALL
SELECT 2, 'CREATE VIEW ' || name || '_history" (' || names || ', _kintone_valid_from, _kintone_valid_to)' || comment || 'SELECT' || list || ',\n  r._kintone_valid_from,\n  r._kintone_valid_to\nFROM ' || text || ' r' || joins
FROM versions WHERE $is_append AND has_time AND subtable IS NULL
UNION ALL
SELECT 2, 'CREATE VIEW ' || name || '_deleted" (' || names || ', _kintone_deleted_at)' || comment || 'SELECT' || list || ',\n  d._ab_cdc_deleted_at\nFROM ' || now || ' d\n  JOIN (SELECT * FROM ' || loaded
  || ' WHERE _ab_cdc_deleted_at IS NULL QUALIFY ROW_NUMBER() OVER (PARTITION BY ' || own_keys || ' ORDER BY ' || newest || ') = 1) r ON r._kintone_id = d._kintone_id'
  || IFF(subtable IS NULL, '', ' AND r._kintone_row_id = d._kintone_row_id') || joins || '\nWHERE d._ab_cdc_deleted_at IS NOT NULL'
FROM versions WHERE $is_append AND is_deletable
UNION ALL
SELECT 2, 'CREATE VIEW ' || v.name || '_statuses"' || v.comment || '
WITH changes AS (
  SELECT _kintone_id, ' || p.actual || ' AS status, _kintone_valid_from AS valid_from, _kintone_valid_to AS valid_to,
    ' || p.actual || ' IS DISTINCT FROM LAG(' || p.actual || ') OVER (PARTITION BY _kintone_id ORDER BY _kintone_valid_from)
      OR _kintone_valid_from IS DISTINCT FROM LAG(_kintone_valid_to) OVER (PARTITION BY _kintone_id ORDER BY _kintone_valid_from) AS is_new
  FROM ' || v.text || ' r
), stays AS (
  SELECT *, SUM(IFF(is_new, 1, 0)) OVER (PARTITION BY _kintone_id ORDER BY valid_from ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS stay FROM changes
)
SELECT _kintone_id, status AS ' || c.name || ', MIN(valid_from) AS entered_at, IFF(COUNT(*) = COUNT(valid_to), MAX(valid_to), NULL) AS left_at,
  ROUND(DATEDIFF(second, MIN(valid_from), IFF(COUNT(*) = COUNT(valid_to), MAX(valid_to), CURRENT_TIMESTAMP())) / 86400, 2) AS days
FROM stays GROUP BY _kintone_id, stay, status'
FROM versions v JOIN fields f ON f.base = v.base AND f.type = 'STATUS' JOIN present p ON p.base = f.base AND p.column_name = f.column_name
  JOIN columns c ON c.base = f.base AND c.code = f.code
WHERE $is_append AND v.has_time;

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
