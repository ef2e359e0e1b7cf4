using WarehouseFiles.Dialects;

namespace WarehouseFiles;

/// <summary>The views that say whether what is loaded is right, and what has become of the forms.</summary>
sealed class CheckPlan(Dialect sql)
{
    /// <summary>Their parts that depend on which tables there are.</summary>
    public string Queries => $$"""
        -- What is in each table, and the query that finds which rows are not those of a second reading.
        measured AS (
          SELECT base, {{sql.Text("""
              SELECT {stream_name} AS stream, COUNT(CASE WHEN {is_there} THEN 1 END) AS row_count, SUM(CASE WHEN {is_there} THEN {key_sum} END) AS ids_sum,
                MAX(CASE WHEN {is_there} THEN {last_key} END) AS ids_max, MAX({updated_at}) AS newest_update,
                MAX({read_at}) AS loaded_until, {finds} AS find_rows
              FROM {latest} r
              """)}} AS counted
          FROM (
            SELECT s.base, s.latest, s.is_there, {{sql.Literal("s.base")}} AS stream_name,
              COALESCE('_kintone_id + ' || s.second_key, '_kintone_id') AS key_sum,
              COALESCE(s.second_key, '_kintone_id') AS last_key, COALESCE(s.loaded_column, '{{TimeOrNull}}') AS read_at,
              CASE WHEN s.has_time THEN 'CASE WHEN ' || s.is_there || ' THEN _kintone_updated_at END' ELSE '{{TimeOrNull}}' END AS updated_at,
              {{sql.Literal(sql.Text(Differing))}} AS finds
            FROM (SELECT k.*, {{sql.Identifier(sql.Setting("check_schema"))}} || '.' || k.actual_table AS second_reading FROM sources k) s
          ) m
        ),
        audited AS (
          SELECT {{sql.Joined("counted", "\nUNION ALL\n", "base")}} AS counts FROM measured
        ),
        own_streams AS (
          SELECT {{sql.Identifier(sql.Setting("source_schema"))}} || '.' || MAX(CASE WHEN base = 'sync_audit' THEN actual_table END) AS audit,
            MAX(CASE WHEN base = 'sync_audit' AND LOWER(column_name) = 'appid' THEN actual END) AS audit_app,
            MAX(CASE WHEN base = 'sync_audit' AND LOWER(column_name) = LOWER({{sql.Setting("loaded_at")}}) THEN actual END) AS audit_read_at,
            {{sql.Identifier(sql.Setting("source_schema"))}} || '.' || MAX(CASE WHEN base = 'app_fields' THEN actual_table END) AS dictionary
          FROM present
        )
        """;

    /// <summary>Of a table and a second reading of it: keys that one of them alone has, or has another number of times.</summary>
    const string Differing =
        "SELECT {own_keys}, here.n AS rows_here, there.n AS rows_in_kintone "
        + "FROM (SELECT {own_keys}, COUNT(*) AS n FROM {latest} r WHERE {is_there} GROUP BY {own_keys}) here "
        + "FULL JOIN (SELECT {own_keys}, COUNT(*) AS n FROM {second_reading} GROUP BY {own_keys}) there USING ({own_keys}) "
        + "WHERE here.n IS DISTINCT FROM there.n ORDER BY {own_keys}";

    string TimeOrNull => $"CAST(NULL AS {sql.TimeType})";

    /// <summary>The rows of <c>bodies</c>.</summary>
    public string Bodies => $$"""
        SELECT 'reconciliation', 'What must be in each table, and what is', {{sql.NullText}},
            {{sql.Text(Reconciliation)}}
          FROM audited a CROSS JOIN own_streams o WHERE o.audit IS NOT NULL AND a.counts IS NOT NULL
          UNION ALL
          SELECT 'schema_changes', 'What has become of the forms of apps', {{sql.NullText}},
            {{sql.Text(SchemaChanges)}}
          FROM own_streams o WHERE EXISTS (SELECT path FROM dictionary_rows GROUP BY app, path HAVING COUNT(*) > 1)
        """;

    /// <summary>
    /// An audit row speaks of a table that has applied everything up to it and nothing later. A table with a line that is newer than its last audit row
    /// has met a sync that was killed before it could write one. The set of rows of a stream is the same as long as its counts and sums are: since then a row
    /// that was sent, where nothing was deleted, must be there, newer than the audit row before it. Lines may carry Kintone's time and audit rows
    /// the machine's: that is judged only where an audit row's two times say that the clocks agree.
    /// </summary>
    string Reconciliation => $$"""
        WITH audits AS (
          SELECT {o.audit_app} AS app_id, app_name, stream, sync_id, outcome, kind, finished_at, rows_expected, ids_sum, ids_max, newest_update,
            rows_sent, deletions_sent,
            {COALESCE(o.audit_read_at, 'finished_at')} AS read_at,
            ROW_NUMBER() OVER (PARTITION BY stream ORDER BY finished_at DESC) AS newest_first,
            LAG({COALESCE(o.audit_read_at, 'finished_at')}) OVER (PARTITION BY stream ORDER BY finished_at) AS read_before,
            LAG(finished_at) OVER (PARTITION BY stream ORDER BY finished_at) AS finished_before,
            FIRST_VALUE(rows_expected) OVER (PARTITION BY stream ORDER BY finished_at DESC) AS last_rows,
            FIRST_VALUE(ids_sum) OVER (PARTITION BY stream ORDER BY finished_at DESC) AS last_sum
          FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY stream, sync_id ORDER BY finished_at) AS copies FROM {o.audit}) loaded WHERE copies = 1
        ), marked AS (
          SELECT stream, rows_sent,
            CASE WHEN ABS({{sql.Days("finished_at", "read_at")}}) < 0.01
              AND ABS({{sql.Days("finished_before", "read_before")}}) < 0.01 THEN read_before END AS read_before,
            SUM(CASE WHEN rows_expected = last_rows AND ids_sum = last_sum AND deletions_sent = 0 THEN 0 ELSE 1 END)
              OVER (PARTITION BY stream ORDER BY newest_first ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS changes_since
          FROM audits
        ), lasting AS (
          SELECT stream, MAX(CASE WHEN rows_sent > 0 THEN read_before END) AS must_be_newer_than FROM marked WHERE changes_since = 0 GROUP BY stream
        ), tables AS (
        {a.counts}
        ), compared AS (
          SELECT a.app_id, a.app_name, COALESCE(a.stream, t.stream) AS stream,
            CASE WHEN t.stream IS NULL THEN 'not loaded'
              WHEN a.rows_expected IS NULL OR t.loaded_until > a.read_at THEN 'not certain yet'
              WHEN t.row_count < a.rows_expected THEN 'rows missing'
              WHEN t.row_count > a.rows_expected THEN 'rows too many'
              WHEN COALESCE(t.ids_sum, 0) <> a.ids_sum OR t.ids_max IS DISTINCT FROM a.ids_max THEN 'other rows'
              WHEN t.row_count > 0 AND t.loaded_until <= l.must_be_newer_than
                THEN 'stale since ' || {{sql.Minute("t.loaded_until")}}
              ELSE 'equal' END AS verdict,
            a.rows_expected, t.row_count AS rows_here, a.ids_sum AS ids_sum_expected, t.ids_sum, a.ids_max AS ids_max_expected, t.ids_max,
            a.newest_update AS newest_update_sent, t.newest_update, a.finished_at AS audited_at, t.loaded_until, a.outcome, a.kind, t.find_rows
          FROM (SELECT * FROM audits WHERE newest_first = 1) a FULL JOIN tables t ON t.stream = a.stream LEFT JOIN lasting l ON l.stream = a.stream
        )
        SELECT app_id, app_name, stream, verdict, rows_expected, rows_here, ids_sum_expected, ids_sum, ids_max_expected, ids_max,
          newest_update_sent, newest_update,
          CASE WHEN verdict = 'rows missing' AND rows_here = rows_expected - 1 THEN ids_sum_expected - COALESCE(ids_sum, 0)
            WHEN verdict = 'rows too many' AND rows_here = rows_expected + 1 THEN ids_sum - ids_sum_expected END AS one_id,
          audited_at, loaded_until, outcome, kind,
          CASE WHEN verdict IN ('rows missing', 'rows too many', 'other rows') THEN find_rows END AS find_rows
        FROM compared
        """;

    string SchemaChanges => $$"""
        WITH dictionary AS (
          {{sql.Fields("{o.dictionary}", "''", sql.LoadedAtInView)}}
        ), readings AS (
          SELECT app, revision, MIN(read_at) AS first_read_at, MAX(read_at) AS last_read_at FROM dictionary GROUP BY app, revision
        ), steps AS (
          SELECT app, revision, first_read_at AS seen_at, LAG(revision) OVER (PARTITION BY app ORDER BY revision) AS revision_before,
            LAG(last_read_at) OVER (PARTITION BY app ORDER BY revision) AS unchanged_until FROM readings
        ), forms AS (
          SELECT * FROM (
            SELECT d.*, ROW_NUMBER() OVER (PARTITION BY app, revision, path ORDER BY read_at DESC) AS newest_first FROM dictionary d
          ) d WHERE newest_first = 1
        ), paired AS (
          SELECT s.app, s.revision, s.seen_at, s.unchanged_until, n.app_name, n.path, n.label, n.type, n.choices,
            o.path AS old_path, o.label AS old_label, o.type AS old_type, o.choices AS old_choices
          FROM steps s JOIN forms n ON n.app = s.app AND n.revision = s.revision
            LEFT JOIN forms o ON o.app = s.app AND o.revision = s.revision_before AND o.path = n.path
          WHERE s.revision_before IS NOT NULL
          UNION ALL
          SELECT s.app, s.revision, s.seen_at, s.unchanged_until, o.app_name, n.path, n.label, n.type, n.choices, o.path, o.label, o.type, o.choices
          FROM steps s JOIN forms o ON o.app = s.app AND o.revision = s.revision_before
            LEFT JOIN forms n ON n.app = s.app AND n.revision = s.revision AND n.path = o.path
          WHERE n.path IS NULL
        ), comings AS (
          SELECT app, revision, MIN(path) AS new_path, MIN(old_path) AS gone_path
          FROM paired WHERE path IS NULL OR old_path IS NULL GROUP BY app, revision, COALESCE(label, old_label), COALESCE(type, old_type)
          HAVING COUNT(path) = 1 AND COUNT(old_path) = 1
        ), changes AS (
          SELECT p.*, 'added' AS change, CAST(NULL AS {{sql.TextType}}) AS was, p.type AS became FROM paired p
            LEFT JOIN comings c ON c.app = p.app AND c.revision = p.revision AND c.new_path = p.path WHERE p.old_path IS NULL AND c.app IS NULL
          UNION ALL SELECT p.*, 'removed', p.old_type, NULL FROM paired p
            LEFT JOIN comings c ON c.app = p.app AND c.revision = p.revision AND c.gone_path = p.old_path WHERE p.path IS NULL AND c.app IS NULL
          UNION ALL SELECT p.*, 'code renamed', c.gone_path, c.new_path FROM paired p
            JOIN comings c ON c.app = p.app AND c.revision = p.revision AND c.new_path = p.path WHERE p.old_path IS NULL
          UNION ALL SELECT p.*, 'label renamed', p.old_label, p.label FROM paired p WHERE p.label <> p.old_label
          UNION ALL SELECT p.*, 'type changed', p.old_type, p.type FROM paired p WHERE p.type <> p.old_type
          UNION ALL SELECT p.*, 'choices changed', p.old_choices, p.choices FROM paired p
            WHERE p.path IS NOT NULL AND p.old_path IS NOT NULL AND p.choices IS DISTINCT FROM p.old_choices
        )
        SELECT app AS app_id, app_name, COALESCE(path, old_path) AS field, COALESCE(label, old_label) AS label,
          change, was, became, unchanged_until, seen_at, revision FROM changes
        """;
}
