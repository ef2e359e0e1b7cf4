-- Views with the labels that people see in Kintone, made from the stream app_fields: see README.md beside this file.
-- DuckDB has no statement that runs a statement: the last query's rows, in their order, are what is to be run, all in one transaction.
--   duckdb warehouse.duckdb -noheader -list -f duckdb.sql > views.sql && duckdb warehouse.duckdb -bail -f views.sql
-- Times are in UTC. The month in Japan, which begins nine hours earlier: date_trunc('month', "_kintone_updated_at" AT TIME ZONE 'Asia/Tokyo')
-- Made by tools/WarehouseFiles, as are those of the other warehouses: change it there.

SET VARIABLE source_schema = 'main';    -- where the connector's streams are loaded
SET VARIABLE view_schema = 'kintone';   -- of the views alone: one that is not made here is dropped
SET VARIABLE check_schema = 'kintone_check';        -- where a second reading is loaded, to find which rows differ
SET VARIABLE loaded_at = '_airbyte_extracted_at';   -- the column with a line's emitted_at
SET VARIABLE label_language = '';       -- 'ja', 'en' or 'zh' (option label_languages); '' for the labels that everybody sees
SET VARIABLE is_append = false;         -- true where the destination keeps every version ("append"): makes histories, too

WITH
-- Tables and columns that are there: an app that is not synced has no view, a column that was deselected is in none.
present AS (
  SELECT table_name AS base, LOWER(column_name) AS column_name, '"' || REPLACE(table_name, '"', '""') || '"' AS actual_table,
    '"' || REPLACE(column_name, '"', '""') || '"' AS actual, data_type AS type
  FROM duckdb_columns() WHERE schema_name = getvariable('source_schema') AND database_name = CURRENT_DATABASE()
),
-- Streams of apps, by what they hold.
streams AS (
  SELECT base, MIN(actual_table) AS actual_table, MAX(CASE WHEN LOWER(column_name) = '_kintone_updated_at' THEN 1 ELSE 0 END) = 1 AS has_time,
    MAX(CASE WHEN LOWER(column_name) = '_ab_cdc_deleted_at' THEN 1 ELSE 0 END) = 1 AS is_deletable,
    MAX(CASE WHEN LOWER(column_name) = LOWER(getvariable('loaded_at')) THEN actual END) AS loaded_column,
    CASE WHEN MAX(CASE WHEN LOWER(column_name) = '_kintone_file_number' THEN 1 ELSE 0 END) = 1 THEN '_kintone_file_number'
      WHEN MAX(CASE WHEN LOWER(column_name) = '_kintone_comment_id' THEN 1 ELSE 0 END) = 1 THEN '_kintone_comment_id'
      WHEN MAX(CASE WHEN LOWER(column_name) = '_kintone_row_id' THEN 1 ELSE 0 END) = 1 THEN '_kintone_row_id' END AS second_key
  FROM present GROUP BY base HAVING MAX(CASE WHEN LOWER(column_name) = '_kintone_id' THEN 1 ELSE 0 END) = 1
),
keyed AS (
  SELECT base, actual_table, has_time, is_deletable, loaded_column, second_key, COALESCE('_kintone_id, ' || second_key, '_kintone_id') AS own_keys,
    CASE WHEN is_deletable THEN '_ab_cdc_deleted_at IS NULL' ELSE 'TRUE' END AS is_there,
    CASE WHEN has_time THEN '_kintone_updated_at DESC NULLS LAST, ' ELSE '' END || COALESCE(loaded_column || ' DESC, ', '') || '_kintone_id' AS newest,
    '"' || REPLACE(getvariable('source_schema'), '"', '""') || '"' || '.' || actual_table AS loaded
  FROM streams
),
-- What is there now. Where every version is kept, that is the newest of each key.
sources AS (
  SELECT keyed.*, CASE WHEN getvariable('is_append')
    THEN '(SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY ' || own_keys || ' ORDER BY ' || newest || ') AS newest_first FROM ' || loaded
      || ') versions WHERE newest_first = 1)'
    ELSE loaded END AS latest
  FROM keyed
),
dictionary_rows AS (
  SELECT f.appId AS app, COALESCE(NULLIF(f.appName, ''), 'app_' || f.appId) AS app_name, f.path, f.code, f.type, f."table" AS subtable,
    LOWER(f."column") AS column_name, f.relatedApp AS related_app, f.relatedKeyField AS related_key,
    COALESCE(NULLIF(json_extract_string(to_json(f.labels), '$.' || COALESCE(NULLIF(getvariable('label_language'), ''), 'none')), ''),
      NULLIF(f.label, ''), f.code) AS label,
    f.stream AS records, f.tableStream AS table_rows, COALESCE(f.required, FALSE) AS required, f.unit,
    NULLIF(CASE json_type(to_json(f.options)) WHEN 'ARRAY' THEN array_to_string(json_extract_string(to_json(f.options), '$[*]'), ' | ')
      ELSE json_extract_string(to_json(f.options), '$') END, '') AS choices,
    f.expression, f.position AS form_place, TRY_CAST(f.revision AS BIGINT) AS revision, json_extract_string(to_json(f), '$."' || getvariable('loaded_at')
      || '"')::TIMESTAMPTZ AS read_at
  FROM query_table(getvariable('source_schema') || '.app_fields') f
  WHERE COALESCE(f.enabled, TRUE)
),
-- Of a form that was loaded more than once, what was read last.
fields AS (
  SELECT d.*, CASE WHEN subtable IS NULL THEN records ELSE table_rows END AS base,
    CONCAT_WS('; ', code || ' (' || type || ')',
      CASE WHEN required THEN 'required' END,
      'unit: ' || unit,
      'choices: ' || choices,
      'formula: ' || expression,
      'from ' || related_key || ' of app ' || related_app) AS comment
  FROM (
    SELECT r.*, MAX(revision) OVER (PARTITION BY app) AS newest_revision,
      ROW_NUMBER() OVER (PARTITION BY app, path ORDER BY revision DESC, read_at DESC) AS newest_first
    FROM dictionary_rows r
  ) d
  WHERE newest_first = 1 AND (revision = newest_revision OR newest_revision IS NULL)
),
apps AS (
  SELECT app, MIN(app_name) AS app_name, MIN(records) AS records, LEFT(MIN(records), LENGTH(MIN(records)) - 7) AS stem FROM fields GROUP BY app
),
-- One for each stream of an app, by the table that it is made from.
wanted_views AS (
  SELECT 'records' AS kind, app, records AS base, app_name AS wanted, app_name || ' (app ' || app || ')' AS comment FROM apps
  UNION ALL
  SELECT 'table', app, table_rows, app_name || '_' || label,
    app_name || ' (app ' || app || '): the rows of ' || comment FROM fields WHERE type = 'SUBTABLE'
  UNION ALL
  SELECT 'attachments', app, stem || 'attachments', app_name || '_attachments',
    app_name || ' (app ' || app || '): attached files' FROM apps
  UNION ALL
  SELECT 'comments', app, stem || 'comments', app_name || '_comments', app_name || ' (app ' || app || '): comments' FROM apps
),
-- Names that end like those of other views are not left to apps and tables; those that two want carry the name of the table as well.
told_apart AS (
  SELECT w.*, CASE WHEN COUNT(*) OVER (PARTITION BY LOWER(wanted)) > 1
    OR kind IN ('records', 'table') AND (LOWER(wanted) IN ('reconciliation', 'schema_changes') OR RIGHT(LOWER(wanted), 8) IN ('_history', '_deleted')
      OR RIGHT(LOWER(wanted), 9) IN ('_statuses', '_comments') OR RIGHT(LOWER(wanted), 12) = '_attachments')
    THEN wanted || '_' || base ELSE wanted END AS told
  FROM wanted_views w
  WHERE LOWER(base) IN (SELECT base FROM sources)
),
views AS (
  SELECT kind, app, LOWER(base) AS base, comment,
    CASE WHEN ROW_NUMBER() OVER (PARTITION BY LOWER(told) ORDER BY base) > 1 THEN told || '_' || LEFT(MD5(base), 8) ELSE told END AS name
  FROM told_apart
),
-- The ids of what lookups copy from: of no record where two have the same key.
lookups AS (
  SELECT base, code, label, form_place, related_key, related_app, alias,
    E'\n' || '  LEFT JOIN (SELECT r.' || their_key || ' AS key, MIN(r._kintone_id) AS id FROM ' || latest || ' r WHERE ' || is_there || ' GROUP BY r.'
      || their_key || ' HAVING COUNT(*) = 1) ' || alias || ' ON '
    || CASE WHEN own_type = their_type THEN alias || '.key = ' || own_key
      ELSE 'TRY_CAST(' || alias || '.key AS DOUBLE) = TRY_CAST(' || own_key || ' AS DOUBLE)' END AS joined
  FROM (
    SELECT LOWER(f.base) AS base, f.code, f.label, f.form_place, f.related_key, f.related_app, c.latest, c.is_there,
      'l' || CAST(ROW_NUMBER() OVER (PARTITION BY f.base ORDER BY f.code) AS VARCHAR) AS alias,
      'r.' || own.actual AS own_key, own.type AS own_type, their.actual AS their_key, their.type AS their_type
    FROM fields f
    JOIN present own ON own.base = LOWER(f.base) AND own.column_name = f.column_name
    JOIN fields k ON k.app = f.related_app AND k.code = f.related_key AND k.subtable IS NULL
    JOIN present their ON their.base = LOWER(k.base) AND their.column_name = k.column_name
    JOIN sources c ON c.base = their.base
    WHERE f.type <> 'REFERENCE_TABLE'
  ) found
),
joins AS (
  SELECT base, STRING_AGG(joined, '' ORDER BY alias) AS joined FROM lookups GROUP BY base
),
own_columns AS (
  SELECT 0 AS place, '_kintone_id' AS own, '' AS kind, '' AS shape
  UNION ALL SELECT 1 AS place, '_kintone_row_id' AS own, '' AS kind, '' AS shape
  UNION ALL SELECT 2 AS place, '_kintone_row_number' AS own, '' AS kind, '' AS shape
  UNION ALL SELECT 1 AS place, '_kintone_file_number' AS own, '' AS kind, '' AS shape
  UNION ALL SELECT 1 AS place, '_kintone_comment_id' AS own, '' AS kind, '' AS shape
  UNION ALL SELECT 10 AS place, 'field' AS own, 'attachments' AS kind, '' AS shape
  UNION ALL SELECT 10 AS place, 'position' AS own, 'attachments' AS kind, '' AS shape
  UNION ALL SELECT 10 AS place, 'name' AS own, 'attachments' AS kind, '' AS shape
  UNION ALL SELECT 10 AS place, 'contentType' AS own, 'attachments' AS kind, '' AS shape
  UNION ALL SELECT 10 AS place, 'size' AS own, 'attachments' AS kind, '' AS shape
  UNION ALL SELECT 10 AS place, 'fileKey' AS own, 'attachments' AS kind, '' AS shape
  UNION ALL SELECT 10 AS place, 'text' AS own, 'comments' AS kind, '' AS shape
  UNION ALL SELECT 11 AS place, 'creator' AS own, 'comments' AS kind, 'person' AS shape
  UNION ALL SELECT 12 AS place, 'createdAt' AS own, 'comments' AS kind, '' AS shape
  UNION ALL SELECT 13 AS place, 'mentions' AS own, 'comments' AS kind, 'mentioned' AS shape
  UNION ALL SELECT 99 AS place, '_kintone_updated_at' AS own, '' AS kind, '' AS shape
),
shapes AS (
  SELECT f.base, f.app, f.code, f.label, f.form_place, f.comment, p.actual,
    CASE WHEN f.form_place IS NOT NULL THEN 10 WHEN f.type = 'RECORD_NUMBER' THEN 3
      WHEN f.type IN ('STATUS', 'STATUS_ASSIGNEE', 'CATEGORY') THEN 11
      WHEN f.type IN ('CREATOR', 'CREATED_TIME', 'MODIFIER', 'UPDATED_TIME') THEN 12 ELSE 10 END AS place,
    CASE WHEN f.type IN ('CREATOR', 'MODIFIER') THEN 'person' WHEN f.type IN ('CHECK_BOX', 'MULTI_SELECT', 'CATEGORY') THEN 'items'
      WHEN f.type IN ('USER_SELECT', 'ORGANIZATION_SELECT', 'GROUP_SELECT', 'STATUS_ASSIGNEE', 'FILE') THEN 'people' ELSE '' END AS shape
  FROM fields f JOIN present p ON p.base = LOWER(f.base) AND p.column_name = f.column_name
  LEFT JOIN views t ON f.type = 'SUBTABLE' AND t.base = LOWER(f.table_rows)
  WHERE t.base IS NULL
),
-- The labels of the fields that files stand in.
field_labels AS (
  SELECT app, STRING_AGG('WHEN ' || '''' || REPLACE(code, '''', '''''') || '''' || ' THEN ' || '''' || REPLACE(label, '''', '''''')
    || '''', ' ' ORDER BY code) AS cases FROM fields GROUP BY app
),
-- What each view shows, in the order of the form, with the label that it wants.
items AS (
  SELECT v.base, o.place, 0 AS form_place, TRUE AS is_own, o.own AS code, o.own AS label,
    o.shape, p.actual AS shown, CAST(NULL AS VARCHAR) AS comment
  FROM views v JOIN present p ON p.base = v.base JOIN own_columns o ON LOWER(o.own) = LOWER(p.column_name) AND (o.kind = '' OR o.kind = v.kind)
  UNION ALL
  SELECT v.base, 10, 0, FALSE, 'field label', 'field_label', 'expression', 'CASE r.field ' || cases || ' END',
    'The label of the field that the file is in'
  FROM views v JOIN field_labels l ON l.app = v.app WHERE v.kind = 'attachments'
  UNION ALL
  SELECT LOWER(base), place, COALESCE(form_place, 0), FALSE, code, label, shape, actual, comment FROM shapes
  UNION ALL
  SELECT base, 10, COALESCE(form_place, 0), FALSE, code || ' id', label || '_id', 'expression', alias || '.id',
    'The _kintone_id of the record that ' || code || ' was copied from: ' || related_key || ' of app ' || related_app
  FROM lookups
),
-- Labels need not be unique: those that are not carry the code as well, and those that still meet a hash of it.
labelled AS (
  SELECT i.*,
    CASE WHEN is_own OR COUNT(*) OVER (PARTITION BY base, LOWER(label)) = 1 THEN label ELSE label || '_' || code END AS wanted,
    CASE shape WHEN 'expression' THEN shown
      WHEN 'person' THEN 'json_extract_string(to_json(r.' || shown || '), ''$.name'')'
      WHEN 'people' THEN 'NULLIF(array_to_string(json_extract_string(to_json(r.' || shown || '), ''$[*].name''), '', ''), '''')'
      WHEN 'mentioned' THEN 'NULLIF(array_to_string(json_extract_string(to_json(r.' || shown || '), ''$[*].code''), '', ''), '''')'
      WHEN 'items' THEN 'NULLIF(array_to_string(json_extract_string(to_json(r.' || shown || '), ''$[*]''), '', ''), '''')'
      ELSE 'r.' || shown END AS expression
  FROM items i
),
named AS (
  SELECT l.*,
    CASE WHEN ROW_NUMBER() OVER (PARTITION BY base, LOWER(wanted) ORDER BY is_own DESC, code) > 1 THEN wanted || '_'
      || LEFT(MD5(code), 8) ELSE wanted END AS name
  FROM labelled l
),
columns AS (
  SELECT n.base, v.name AS view_of, n.place, n.form_place, n.code, n.expression, n.comment, n.name, '"' || REPLACE(n.name, '"', '""') || '"' AS quoted_name
  FROM named n JOIN views v ON v.base = n.base
),
lists AS (
  SELECT base, STRING_AGG(E'\n' || '  ' || expression || ' AS ' || quoted_name, ',' ORDER BY place, form_place, code) AS list,
    STRING_AGG(quoted_name, ', ' ORDER BY place, form_place, code) AS names
  FROM columns GROUP BY base
),
shown_views AS (
  SELECT v.kind, v.app, v.name, v.comment, s.*, COALESCE(j.joined, '') AS joined, l.list, l.names,
    E'(SELECT * FROM (SELECT *, _kintone_updated_at AS _kintone_valid_from,\n'
    || '    LEAD(_kintone_updated_at) OVER (PARTITION BY _kintone_id ORDER BY _kintone_updated_at, ' || COALESCE(loaded_column, '_kintone_id')
    || ') AS _kintone_valid_to FROM ' || loaded || E') r\n'
    || '  WHERE ' || is_there || ' AND (_kintone_valid_to > _kintone_valid_from OR _kintone_valid_to IS NULL))' AS every_version
  FROM views v JOIN sources s ON s.base = v.base JOIN lists l ON l.base = v.base LEFT JOIN joins j ON j.base = v.base
),
-- What is in each table, and the query that finds which rows are not those of a second reading.
measured AS (
  SELECT base, 'SELECT ' || stream_name || ' AS stream, COUNT(CASE WHEN ' || is_there || ' THEN 1 END) AS row_count, SUM(CASE WHEN ' || is_there || ' THEN '
    || key_sum || E' END) AS ids_sum,\n'
    || '  MAX(CASE WHEN ' || is_there || ' THEN ' || last_key || ' END) AS ids_max, MAX(' || updated_at || E') AS newest_update,\n'
    || '  MAX(' || read_at || ') AS loaded_until, ' || finds || E' AS find_rows\n'
    || 'FROM ' || latest || ' r' AS counted
  FROM (
    SELECT s.base, s.latest, s.is_there, '''' || REPLACE(s.base, '''', '''''') || '''' AS stream_name,
      COALESCE('_kintone_id + ' || s.second_key, '_kintone_id') AS key_sum,
      COALESCE(s.second_key, '_kintone_id') AS last_key, COALESCE(s.loaded_column, 'CAST(NULL AS TIMESTAMPTZ)') AS read_at,
      CASE WHEN s.has_time THEN 'CASE WHEN ' || s.is_there || ' THEN _kintone_updated_at END' ELSE 'CAST(NULL AS TIMESTAMPTZ)' END AS updated_at,
      '''' || REPLACE('SELECT ' || own_keys || ', here.n AS rows_here, there.n AS rows_in_kintone FROM (SELECT ' || own_keys || ', COUNT(*) AS n FROM '
        || latest || ' r WHERE ' || is_there || ' GROUP BY ' || own_keys || ') here FULL JOIN (SELECT ' || own_keys || ', COUNT(*) AS n FROM '
        || second_reading || ' GROUP BY ' || own_keys || ') there USING (' || own_keys || ') WHERE here.n IS DISTINCT FROM there.n ORDER BY '
        || own_keys, '''', '''''') || '''' AS finds
    FROM (SELECT k.*, '"' || REPLACE(getvariable('check_schema'), '"', '""') || '"' || '.' || k.actual_table AS second_reading FROM sources k) s
  ) m
),
audited AS (
  SELECT STRING_AGG(counted, E'\nUNION ALL\n' ORDER BY base) AS counts FROM measured
),
own_streams AS (
  SELECT '"' || REPLACE(getvariable('source_schema'), '"', '""') || '"' || '.' || MAX(CASE WHEN base = 'sync_audit' THEN actual_table END) AS audit,
    MAX(CASE WHEN base = 'sync_audit' AND LOWER(column_name) = 'appid' THEN actual END) AS audit_app,
    MAX(CASE WHEN base = 'sync_audit' AND LOWER(column_name) = LOWER(getvariable('loaded_at')) THEN actual END) AS audit_read_at,
    '"' || REPLACE(getvariable('source_schema'), '"', '""') || '"' || '.' || MAX(CASE WHEN base = 'app_fields' THEN actual_table END) AS dictionary
  FROM present
),
bodies AS (
  SELECT name, comment, names, 'SELECT' || list || E'\n'
    || 'FROM ' || latest || ' r' || joined || E'\n'
    || 'WHERE ' || is_there AS body FROM shown_views
  UNION ALL
  SELECT name || '_history', comment || ', every version', names || ', _kintone_valid_from, _kintone_valid_to',
    'SELECT' || list || E',\n'
    || E'  r._kintone_valid_from,\n'
    || E'  r._kintone_valid_to\n'
    || 'FROM ' || every_version || ' r' || joined
  FROM shown_views WHERE getvariable('is_append') AND has_time AND kind = 'records'
  UNION ALL
  SELECT name || '_deleted', comment || ', what is gone', names || ', _kintone_deleted_at',
    'SELECT' || list || E',\n'
    || E'  d._ab_cdc_deleted_at AS _kintone_deleted_at\n'
    || 'FROM ' || latest || E' d\n'
    || '  JOIN (SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY ' || own_keys || ' ORDER BY ' || newest || ') AS newest_first FROM ' || loaded
    || E' WHERE _ab_cdc_deleted_at IS NULL) versions WHERE newest_first = 1) r\n'
    || '  ON r._kintone_id = d._kintone_id' || COALESCE(' AND r.' || second_key || ' = d.' || second_key, '') || joined || E'\n'
    || 'WHERE d._ab_cdc_deleted_at IS NOT NULL'
  FROM shown_views WHERE getvariable('is_append') AND is_deletable
  UNION ALL
  SELECT v.name || '_statuses', v.comment || ', how long in each status', CAST(NULL AS VARCHAR),
    E'WITH changes AS (\n'
    || '  SELECT _kintone_id, ' || p.actual || E' AS status, _kintone_valid_from AS valid_from, _kintone_valid_to AS valid_to,\n'
    || '    CASE WHEN ' || p.actual || ' IS DISTINCT FROM LAG(' || p.actual || E') OVER (PARTITION BY _kintone_id ORDER BY _kintone_valid_from)\n'
    || E'      OR _kintone_valid_from IS DISTINCT FROM LAG(_kintone_valid_to) OVER (PARTITION BY _kintone_id ORDER BY _kintone_valid_from)\n'
    || E'      THEN 1 ELSE 0 END AS is_new\n'
    || '  FROM ' || v.every_version || E' r\n'
    || E'), stays AS (\n'
    || E'  SELECT _kintone_id, status, valid_from, valid_to,\n'
    || E'    SUM(is_new) OVER (PARTITION BY _kintone_id ORDER BY valid_from ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS stay FROM changes\n'
    || E'), ended AS (\n'
    || E'  SELECT _kintone_id, stay, status, MIN(valid_from) AS entered_at, CASE WHEN COUNT(*) = COUNT(valid_to) THEN MAX(valid_to) END AS left_at\n'
    || E'  FROM stays GROUP BY _kintone_id, stay, status\n'
    || E')\n'
    || 'SELECT _kintone_id, status AS ' || c.quoted_name || E', entered_at, left_at,\n'
    || '  ROUND((EPOCH(COALESCE(left_at, CURRENT_TIMESTAMP)) - EPOCH(entered_at)) / 86400, 2) AS days FROM ended'
  FROM shown_views v JOIN fields f ON LOWER(f.base) = v.base AND f.type = 'STATUS'
    JOIN present p ON p.base = v.base AND p.column_name = f.column_name JOIN columns c ON c.base = v.base AND c.code = f.code
  WHERE getvariable('is_append') AND v.has_time AND v.kind = 'records'
  UNION ALL
  SELECT 'reconciliation', 'What must be in each table, and what is', CAST(NULL AS VARCHAR),
    E'WITH audits AS (\n'
    || '  SELECT ' || o.audit_app || E' AS app_id, app_name, stream, sync_id, outcome, kind, finished_at, rows_expected, ids_sum, ids_max, newest_update,\n'
    || E'    rows_sent, deletions_sent,\n'
    || '    ' || COALESCE(o.audit_read_at, 'finished_at') || E' AS read_at,\n'
    || E'    ROW_NUMBER() OVER (PARTITION BY stream ORDER BY finished_at DESC) AS newest_first,\n'
    || '    LAG(' || COALESCE(o.audit_read_at, 'finished_at') || E') OVER (PARTITION BY stream ORDER BY finished_at) AS read_before,\n'
    || E'    LAG(finished_at) OVER (PARTITION BY stream ORDER BY finished_at) AS finished_before,\n'
    || E'    FIRST_VALUE(rows_expected) OVER (PARTITION BY stream ORDER BY finished_at DESC) AS last_rows,\n'
    || E'    FIRST_VALUE(ids_sum) OVER (PARTITION BY stream ORDER BY finished_at DESC) AS last_sum\n'
    || '  FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY stream, sync_id ORDER BY finished_at) AS copies FROM ' || o.audit || E') loaded WHERE copies = 1\n'
    || E'), marked AS (\n'
    || E'  SELECT stream, rows_sent,\n'
    || E'    CASE WHEN ABS(ROUND((EPOCH(read_at) - EPOCH(finished_at)) / 86400, 2)) < 0.01\n'
    || E'      AND ABS(ROUND((EPOCH(read_before) - EPOCH(finished_before)) / 86400, 2)) < 0.01 THEN read_before END AS read_before,\n'
    || E'    SUM(CASE WHEN rows_expected = last_rows AND ids_sum = last_sum AND deletions_sent = 0 THEN 0 ELSE 1 END)\n'
    || E'      OVER (PARTITION BY stream ORDER BY newest_first ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS changes_since\n'
    || E'  FROM audits\n'
    || E'), lasting AS (\n'
    || E'  SELECT stream, MAX(CASE WHEN rows_sent > 0 THEN read_before END) AS must_be_newer_than FROM marked WHERE changes_since = 0 GROUP BY stream\n'
    || E'), tables AS (\n'
    || a.counts || E'\n'
    || E'), compared AS (\n'
    || E'  SELECT a.app_id, a.app_name, COALESCE(a.stream, t.stream) AS stream,\n'
    || E'    CASE WHEN t.stream IS NULL THEN ''not loaded''\n'
    || E'      WHEN a.rows_expected IS NULL OR t.loaded_until > a.read_at THEN ''not certain yet''\n'
    || E'      WHEN t.row_count < a.rows_expected THEN ''rows missing''\n'
    || E'      WHEN t.row_count > a.rows_expected THEN ''rows too many''\n'
    || E'      WHEN COALESCE(t.ids_sum, 0) <> a.ids_sum OR t.ids_max IS DISTINCT FROM a.ids_max THEN ''other rows''\n'
    || E'      WHEN t.row_count > 0 AND t.loaded_until <= l.must_be_newer_than\n'
    || E'        THEN ''stale since '' || STRFTIME(t.loaded_until AT TIME ZONE ''UTC'', ''%Y-%m-%d %H:%M UTC'')\n'
    || E'      ELSE ''equal'' END AS verdict,\n'
    || E'    a.rows_expected, t.row_count AS rows_here, a.ids_sum AS ids_sum_expected, t.ids_sum, a.ids_max AS ids_max_expected, t.ids_max,\n'
    || E'    a.newest_update AS newest_update_sent, t.newest_update, a.finished_at AS audited_at, t.loaded_until, a.outcome, a.kind, t.find_rows\n'
    || E'  FROM (SELECT * FROM audits WHERE newest_first = 1) a FULL JOIN tables t ON t.stream = a.stream LEFT JOIN lasting l ON l.stream = a.stream\n'
    || E')\n'
    || E'SELECT app_id, app_name, stream, verdict, rows_expected, rows_here, ids_sum_expected, ids_sum, ids_max_expected, ids_max,\n'
    || E'  newest_update_sent, newest_update,\n'
    || E'  CASE WHEN verdict = ''rows missing'' AND rows_here = rows_expected - 1 THEN ids_sum_expected - COALESCE(ids_sum, 0)\n'
    || E'    WHEN verdict = ''rows too many'' AND rows_here = rows_expected + 1 THEN ids_sum - ids_sum_expected END AS one_id,\n'
    || E'  audited_at, loaded_until, outcome, kind,\n'
    || E'  CASE WHEN verdict IN (''rows missing'', ''rows too many'', ''other rows'') THEN find_rows END AS find_rows\n'
    || 'FROM compared'
  FROM audited a CROSS JOIN own_streams o WHERE o.audit IS NOT NULL AND a.counts IS NOT NULL
  UNION ALL
  SELECT 'schema_changes', 'What has become of the forms of apps', CAST(NULL AS VARCHAR),
    E'WITH dictionary AS (\n'
    || E'  SELECT f.appId AS app, COALESCE(NULLIF(f.appName, ''''), ''app_'' || f.appId) AS app_name, f.path, f.code, f.type, f."table" AS subtable,\n'
    || E'    LOWER(f."column") AS column_name, f.relatedApp AS related_app, f.relatedKeyField AS related_key,\n'
    || E'    COALESCE(NULLIF(json_extract_string(to_json(f.labels), ''$.'' || COALESCE(NULLIF('''', ''''), ''none'')), ''''),\n'
    || E'      NULLIF(f.label, ''''), f.code) AS label,\n'
    || E'    f.stream AS records, f.tableStream AS table_rows, COALESCE(f.required, FALSE) AS required, f.unit,\n'
    || E'    NULLIF(CASE json_type(to_json(f.options)) WHEN ''ARRAY'' THEN array_to_string(json_extract_string(to_json(f.options), ''$[*]''), '' | '')\n'
    || E'      ELSE json_extract_string(to_json(f.options), ''$'') END, '''') AS choices,\n'
    || '    f.expression, f.position AS form_place, TRY_CAST(f.revision AS BIGINT) AS revision, f.' || '"' || REPLACE(getvariable('loaded_at'), '"', '""')
    || '"' || E' AS read_at\n'
    || '  FROM ' || o.dictionary || E' f\n'
    || E'  WHERE COALESCE(f.enabled, TRUE)\n'
    || E'), readings AS (\n'
    || E'  SELECT app, revision, MIN(read_at) AS first_read_at, MAX(read_at) AS last_read_at FROM dictionary GROUP BY app, revision\n'
    || E'), steps AS (\n'
    || E'  SELECT app, revision, first_read_at AS seen_at, LAG(revision) OVER (PARTITION BY app ORDER BY revision) AS revision_before,\n'
    || E'    LAG(last_read_at) OVER (PARTITION BY app ORDER BY revision) AS unchanged_until FROM readings\n'
    || E'), forms AS (\n'
    || E'  SELECT * FROM (\n'
    || E'    SELECT d.*, ROW_NUMBER() OVER (PARTITION BY app, revision, path ORDER BY read_at DESC) AS newest_first FROM dictionary d\n'
    || E'  ) d WHERE newest_first = 1\n'
    || E'), paired AS (\n'
    || E'  SELECT s.app, s.revision, s.seen_at, s.unchanged_until, n.app_name, n.path, n.label, n.type, n.choices,\n'
    || E'    o.path AS old_path, o.label AS old_label, o.type AS old_type, o.choices AS old_choices\n'
    || E'  FROM steps s JOIN forms n ON n.app = s.app AND n.revision = s.revision\n'
    || E'    LEFT JOIN forms o ON o.app = s.app AND o.revision = s.revision_before AND o.path = n.path\n'
    || E'  WHERE s.revision_before IS NOT NULL\n'
    || E'  UNION ALL\n'
    || E'  SELECT s.app, s.revision, s.seen_at, s.unchanged_until, o.app_name, n.path, n.label, n.type, n.choices, o.path, o.label, o.type, o.choices\n'
    || E'  FROM steps s JOIN forms o ON o.app = s.app AND o.revision = s.revision_before\n'
    || E'    LEFT JOIN forms n ON n.app = s.app AND n.revision = s.revision AND n.path = o.path\n'
    || E'  WHERE n.path IS NULL\n'
    || E'), comings AS (\n'
    || E'  SELECT app, revision, MIN(path) AS new_path, MIN(old_path) AS gone_path\n'
    || E'  FROM paired WHERE path IS NULL OR old_path IS NULL GROUP BY app, revision, COALESCE(label, old_label), COALESCE(type, old_type)\n'
    || E'  HAVING COUNT(path) = 1 AND COUNT(old_path) = 1\n'
    || E'), changes AS (\n'
    || E'  SELECT p.*, ''added'' AS change, CAST(NULL AS VARCHAR) AS was, p.type AS became FROM paired p\n'
    || E'    LEFT JOIN comings c ON c.app = p.app AND c.revision = p.revision AND c.new_path = p.path WHERE p.old_path IS NULL AND c.app IS NULL\n'
    || E'  UNION ALL SELECT p.*, ''removed'', p.old_type, NULL FROM paired p\n'
    || E'    LEFT JOIN comings c ON c.app = p.app AND c.revision = p.revision AND c.gone_path = p.old_path WHERE p.path IS NULL AND c.app IS NULL\n'
    || E'  UNION ALL SELECT p.*, ''code renamed'', c.gone_path, c.new_path FROM paired p\n'
    || E'    JOIN comings c ON c.app = p.app AND c.revision = p.revision AND c.new_path = p.path WHERE p.old_path IS NULL\n'
    || E'  UNION ALL SELECT p.*, ''label renamed'', p.old_label, p.label FROM paired p WHERE p.label <> p.old_label\n'
    || E'  UNION ALL SELECT p.*, ''type changed'', p.old_type, p.type FROM paired p WHERE p.type <> p.old_type\n'
    || E'  UNION ALL SELECT p.*, ''choices changed'', p.old_choices, p.choices FROM paired p\n'
    || E'    WHERE p.path IS NOT NULL AND p.old_path IS NOT NULL AND p.choices IS DISTINCT FROM p.old_choices\n'
    || E')\n'
    || E'SELECT app AS app_id, app_name, COALESCE(path, old_path) AS field, COALESCE(label, old_label) AS label,\n'
    || '  change, was, became, unchanged_until, seen_at, revision FROM changes'
  FROM own_streams o WHERE EXISTS (SELECT path FROM dictionary_rows GROUP BY app, path HAVING COUNT(*) > 1)
),
statements AS (
  SELECT name, '"' || REPLACE(getvariable('view_schema'), '"', '""') || '"' || '.' || '"' || REPLACE(name, '"', '""')
    || '"' AS view_name, comment, names, body FROM bodies
),
steps AS (
  SELECT 0 AS step, 'BEGIN TRANSACTION' AS text
  UNION ALL SELECT 1, 'CREATE SCHEMA IF NOT EXISTS ' || '"' || REPLACE(getvariable('view_schema'), '"', '""') || '"'
  UNION ALL SELECT 2, 'DROP VIEW ' || '"' || REPLACE(schema_name, '"', '""') || '"' || '.' || '"' || REPLACE(view_name, '"', '""') || '"' FROM duckdb_views()
    WHERE schema_name = getvariable('view_schema') AND database_name = CURRENT_DATABASE()
      AND LOWER(view_name) NOT IN (SELECT LOWER(name) FROM statements)
  UNION ALL SELECT 3, 'CREATE OR REPLACE VIEW ' || view_name || ' AS ' || body FROM statements
  UNION ALL SELECT 4, 'COMMENT ON VIEW ' || view_name || ' IS ' || '''' || REPLACE(comment, '''', '''''') || '''' FROM statements
  UNION ALL SELECT 5, 'COMMENT ON COLUMN ' || s.view_name || '.' || c.quoted_name || ' IS ' || '''' || REPLACE(c.comment, '''', '''''') || ''''
    FROM columns c JOIN statements s ON s.name = c.view_of WHERE c.comment IS NOT NULL
  UNION ALL SELECT 6, 'COMMIT'
)
SELECT text || ';' AS statement FROM steps ORDER BY step;
