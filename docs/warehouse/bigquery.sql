-- Views with the labels that people see in Kintone, made from the stream app_fields: see README.md beside this file.
-- Run it again after a form or a selection has changed: bq query --use_legacy_sql=false < bigquery.sql, or in the console.

DECLARE source_schema STRING DEFAULT 'kintone_data';   -- the dataset that the connector's streams are loaded into
DECLARE view_schema STRING DEFAULT 'kintone';          -- of the views alone: every view in it is dropped and made anew
DECLARE label_language STRING DEFAULT '';              -- 'ja', 'en' or 'zh' (option label_languages); '' for the labels that everybody sees
DECLARE is_append BOOL DEFAULT FALSE;                  -- TRUE where the destination keeps every version ("append"): makes histories, too

-- BigQuery takes letters of every language in names, but not every sign.
CREATE TEMP FUNCTION clean(name STRING) AS (REGEXP_REPLACE(name, r'[^\p{L}\p{M}\p{N}\p{Pc}\p{Pd}\p{Zs}]', '_'));
CREATE TEMP FUNCTION quoted(name STRING) AS (CONCAT('`', name, '`'));

EXECUTE IMMEDIATE FORMAT('CREATE SCHEMA IF NOT EXISTS `%s`', view_schema);
EXECUTE IMMEDIATE FORMAT('CREATE TEMP TABLE dictionary AS SELECT * FROM `%s`.app_fields', source_schema);
EXECUTE IMMEDIATE FORMAT('CREATE TEMP TABLE old_views AS SELECT table_name AS name FROM `%s`.INFORMATION_SCHEMA.VIEWS', view_schema);
-- Tables and columns that are there: an app that is not synced has no view, a column that was deselected is in none.
EXECUTE IMMEDIATE FORMAT('CREATE TEMP TABLE present AS SELECT table_name, LOWER(column_name) AS column_name, data_type FROM `%s`.INFORMATION_SCHEMA.COLUMNS', source_schema);

FOR old IN (SELECT name FROM old_views) DO
  EXECUTE IMMEDIATE FORMAT('DROP VIEW `%s`.`%s`', view_schema, old.name);
END FOR;

FOR statement IN (
  WITH
  fields AS (
    SELECT
      f.appId AS app, clean(IFNULL(NULLIF(f.appName, ''), CONCAT('app_', f.appId))) AS app_name, f.code, f.type,
      f.`table` AS subtable, LOWER(f.`column`) AS column_name, f.relatedApp AS related_app, f.relatedKeyField AS related_key,
      clean(COALESCE(NULLIF(CASE label_language WHEN 'ja' THEN JSON_VALUE(f.labels, '$.ja') WHEN 'en' THEN JSON_VALUE(f.labels, '$.en') WHEN 'zh' THEN JSON_VALUE(f.labels, '$.zh') END, ''), NULLIF(f.label, ''), f.code)) AS label,
      f.stream AS records, f.tableStream AS table_rows, IF(f.`table` IS NULL, f.stream, f.tableStream) AS base,
      ARRAY_TO_STRING([CONCAT(f.code, ' (', f.type, ')'), IF(f.required, 'required', NULL), CONCAT('unit: ', f.unit),
        (SELECT CONCAT('choices: ', STRING_AGG(JSON_VALUE(choice), ' | ' ORDER BY place)) FROM UNNEST(JSON_QUERY_ARRAY(f.options)) choice WITH OFFSET place),
        CONCAT('formula: ', f.expression), CONCAT('from ', f.relatedKeyField, ' of app ', f.relatedApp)], '; ') AS comment
    FROM dictionary f
    WHERE IFNULL(f.enabled, TRUE)
  ),
  -- One for each app, and one for each of its sub-tables, by the table that it is made from. Names that end like those of histories are not left to them.
  views AS (
    SELECT base, comment, subtable, IF(COUNT(*) OVER (PARTITION BY LOWER(wanted)) = 1 AND NOT REGEXP_CONTAINS(LOWER(wanted), r'_(history|deleted|statuses)$'), wanted, CONCAT(wanted, '_', base)) AS name
    FROM (
      SELECT records AS base, MIN(app_name) AS wanted, CONCAT(MIN(app_name), ' (app ', app, ')') AS comment, CAST(NULL AS STRING) AS subtable FROM fields GROUP BY app, records
      UNION ALL
      SELECT table_rows, CONCAT(app_name, '_', label), CONCAT(app_name, ' (app ', app, '): the rows of ', comment), code FROM fields WHERE type = 'SUBTABLE'
    )
    WHERE base IN (SELECT table_name FROM present)
  ),
  sources AS (
    SELECT v.*, t.has_time, t.is_deletable,
      IF(v.subtable IS NULL, '_kintone_id', '_kintone_id, _kintone_row_id') AS own_keys,
      IF(t.is_deletable, 'r._ab_cdc_deleted_at IS NULL', 'TRUE') AS is_there,
      CONCAT(IF(t.has_time, '_kintone_updated_at DESC NULLS LAST, ', ''), '_airbyte_extracted_at DESC') AS newest,
      FORMAT('`%s`.`%s`', source_schema, v.base) AS loaded
    FROM views v JOIN (
      SELECT table_name AS base, LOGICAL_OR(column_name = '_kintone_updated_at') AS has_time, LOGICAL_OR(column_name = '_ab_cdc_deleted_at') AS is_deletable FROM present GROUP BY table_name
    ) t USING (base)
  ),
  -- What is there now. Where every version is kept, that is the newest of each key.
  there_now AS (
    SELECT s.*, IF(is_append, FORMAT('(SELECT * FROM %s WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY %s ORDER BY %s) = 1)', loaded, own_keys, newest), loaded) AS now
    FROM sources s
  ),
  -- The ids of what lookups copy from: of no record where two have the same key.
  lookups AS (
    SELECT f.base, f.code, CONCAT('l', CAST(ROW_NUMBER() OVER (PARTITION BY f.base ORDER BY f.code) AS STRING)) AS alias, CONCAT('r.', quoted(f.column_name)) AS own_key,
      FORMAT('(SELECT r.%s AS key, MIN(r._kintone_id) AS id FROM %s r WHERE %s GROUP BY r.%s HAVING COUNT(*) = 1)', quoted(k.column_name), c.now, c.is_there, quoted(k.column_name)) AS ids,
      f.label, f.related_key, f.related_app,
      own.data_type = there.data_type AS is_same_type -- a number may look up a record number, which is a text
    FROM fields f
    JOIN present own ON own.table_name = f.base AND own.column_name = f.column_name
    JOIN fields k ON k.app = f.related_app AND k.code = f.related_key AND k.subtable IS NULL
    JOIN present there ON there.table_name = k.base AND there.column_name = k.column_name
    JOIN there_now c ON c.base = k.base
    WHERE f.type <> 'REFERENCE_TABLE'
  ),
  joins AS (
    SELECT base, STRING_AGG(IF(is_same_type, FORMAT('\n  LEFT JOIN %s %s ON %s.key = %s', ids, alias, alias, own_key),
      FORMAT('\n  LEFT JOIN %s %s ON SAFE_CAST(CAST(%s.key AS STRING) AS FLOAT64) = SAFE_CAST(CAST(%s AS STRING) AS FLOAT64)', ids, alias, alias, own_key)), '' ORDER BY alias) AS text
    FROM lookups
    GROUP BY base
  ),
  -- What each view shows, in this order, with the label that it wants.
  items AS (
    SELECT v.base, ours.place, TRUE AS is_own, ours.own AS code, ours.own AS label, CONCAT('r.', ours.own) AS expression, CAST(NULL AS STRING) AS comment
    FROM views v
    CROSS JOIN UNNEST([STRUCT(0 AS place, '_kintone_id' AS own), (1, '_kintone_row_id'), (2, '_kintone_row_number'), (99, '_kintone_updated_at')]) ours
    JOIN present p ON p.table_name = v.base AND p.column_name = ours.own
    UNION ALL
    SELECT f.base, CASE WHEN f.type = 'RECORD_NUMBER' THEN 3 WHEN f.type IN ('STATUS', 'STATUS_ASSIGNEE', 'CATEGORY') THEN 11
        WHEN f.type IN ('CREATOR', 'CREATED_TIME', 'MODIFIER', 'UPDATED_TIME') THEN 12 ELSE 10 END,
      FALSE, f.code, f.label,
      FORMAT(CASE WHEN f.type IN ('CREATOR', 'MODIFIER') THEN "JSON_VALUE(r.%s, '$.name')"
        WHEN f.type IN ('USER_SELECT', 'ORGANIZATION_SELECT', 'GROUP_SELECT', 'STATUS_ASSIGNEE', 'FILE') THEN
          "(SELECT STRING_AGG(JSON_VALUE(item, '$.name'), ', ' ORDER BY place) FROM UNNEST(JSON_QUERY_ARRAY(r.%s)) item WITH OFFSET place)"
        WHEN f.type IN ('CHECK_BOX', 'MULTI_SELECT', 'CATEGORY') THEN "(SELECT STRING_AGG(JSON_VALUE(item), ', ' ORDER BY place) FROM UNNEST(JSON_QUERY_ARRAY(r.%s)) item WITH OFFSET place)"
        ELSE 'r.%s' END, quoted(f.column_name)),
      f.comment
    FROM fields f
    JOIN present p ON p.table_name = f.base AND p.column_name = f.column_name
    WHERE NOT (f.type = 'SUBTABLE' AND IFNULL(f.table_rows, '') IN (SELECT base FROM views))
    UNION ALL
    SELECT base, 10, FALSE, CONCAT(code, ' id'), CONCAT(label, '_id'), CONCAT(alias, '.id'), CONCAT('The _kintone_id of the record that ', code, ' was copied from: ', related_key, ' of app ', related_app)
    FROM lookups
  ),
  -- Labels need not be unique: those that are not carry the code as well.
  labelled AS (
    SELECT i.*, IF(is_own OR COUNT(*) OVER (PARTITION BY base, LOWER(label)) = 1, label, CONCAT(label, '_', clean(code))) AS wanted FROM items i
  ),
  columns AS (
    SELECT base, place, code, expression, comment,
      IF(ROW_NUMBER() OVER (PARTITION BY base, LOWER(wanted) ORDER BY is_own DESC, code) = 1, wanted, CONCAT(wanted, '_', SUBSTR(TO_HEX(MD5(code)), 1, 8))) AS name
    FROM labelled
  ),
  lists AS (
    SELECT base, STRING_AGG(CONCAT('\n  ', expression), ',' ORDER BY place, code) AS text,
      STRING_AGG(CONCAT(quoted(name), IF(comment IS NULL, '', FORMAT(' OPTIONS (description = %T)', SUBSTR(comment, 1, 1000)))), ', ' ORDER BY place, code) AS names
    FROM columns
    GROUP BY base
  ),
  -- Every version with the time from which and up to which it was the record's. Repeats of a version last no time.
  versions AS (
    SELECT s.*, IFNULL(j.text, '') AS joins, l.text AS list, l.names, FORMAT(
      '(SELECT * FROM (SELECT *, _kintone_updated_at AS _kintone_valid_from, LEAD(_kintone_updated_at) OVER (PARTITION BY _kintone_id ORDER BY _kintone_updated_at, _airbyte_extracted_at) AS _kintone_valid_to FROM %s) r WHERE %s AND (_kintone_valid_to > _kintone_valid_from OR _kintone_valid_to IS NULL))',
      loaded, is_there) AS text
    FROM there_now s JOIN lists l USING (base) LEFT JOIN joins j USING (base)
  )
  SELECT FORMAT('CREATE VIEW `%s`.`%s` (%s) OPTIONS (description = %T) AS SELECT%s\nFROM %s r%s\nWHERE %s', view_schema, name, names, comment, list, now, joins, is_there) AS text
  FROM versions
  UNION ALL
  SELECT FORMAT('CREATE VIEW `%s`.`%s_history` (%s, _kintone_valid_from, _kintone_valid_to) OPTIONS (description = %T) AS SELECT%s,\n  r._kintone_valid_from,\n  r._kintone_valid_to\nFROM %s r%s',
    view_schema, name, names, CONCAT(comment, ', every version'), list, text, joins)
  FROM versions WHERE is_append AND has_time AND subtable IS NULL
  UNION ALL
  SELECT FORMAT(
    'CREATE VIEW `%s`.`%s_deleted` (%s, _kintone_deleted_at) OPTIONS (description = %T) AS SELECT%s,\n  d._ab_cdc_deleted_at\nFROM %s d\n  JOIN (SELECT * FROM %s WHERE _ab_cdc_deleted_at IS NULL QUALIFY ROW_NUMBER() OVER (PARTITION BY %s ORDER BY %s) = 1) r ON %s%s\nWHERE d._ab_cdc_deleted_at IS NOT NULL',
    view_schema, name, names, CONCAT(comment, ', what is gone'), list, now, loaded, own_keys, newest,
    IF(subtable IS NULL, 'r._kintone_id = d._kintone_id', 'r._kintone_id = d._kintone_id AND r._kintone_row_id = d._kintone_row_id'), joins)
  FROM versions WHERE is_append AND is_deletable
  UNION ALL
  SELECT FORMAT('''CREATE VIEW `%s`.`%s_statuses` OPTIONS (description = %T) AS
WITH changes AS (
  SELECT _kintone_id, %s AS status, _kintone_valid_from AS valid_from, _kintone_valid_to AS valid_to,
    %s IS DISTINCT FROM LAG(%s) OVER of_record OR _kintone_valid_from IS DISTINCT FROM LAG(_kintone_valid_to) OVER of_record AS is_new
  FROM %s r WINDOW of_record AS (PARTITION BY _kintone_id ORDER BY _kintone_valid_from)
), stays AS (
  SELECT *, COUNTIF(is_new) OVER (PARTITION BY _kintone_id ORDER BY valid_from) AS stay FROM changes
)
SELECT _kintone_id, status AS %s, MIN(valid_from) AS entered_at, IF(COUNT(*) = COUNT(valid_to), MAX(valid_to), NULL) AS left_at,
  ROUND(TIMESTAMP_DIFF(IF(COUNT(*) = COUNT(valid_to), MAX(valid_to), CURRENT_TIMESTAMP()), MIN(valid_from), SECOND) / 86400, 2) AS days
FROM stays GROUP BY _kintone_id, stay, status''',
    view_schema, v.name, CONCAT(v.comment, ', how long in each status'), quoted(f.column_name), quoted(f.column_name), quoted(f.column_name), v.text, quoted(c.name))
  FROM versions v JOIN fields f ON f.base = v.base AND f.type = 'STATUS' JOIN columns c ON c.base = f.base AND c.code = f.code
  WHERE is_append AND has_time
) DO
  EXECUTE IMMEDIATE statement.text;
END FOR;
