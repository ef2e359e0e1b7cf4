using WarehouseFiles.Dialects;

namespace WarehouseFiles;

/// <summary>
/// The script of docs/warehouse in one dialect: common table expressions, of which the last, <c>statements</c>, has a row for each view
/// (name, view_name, comment, names, body). What is text of a view is written as <see cref="Dialect.Text"/>.
/// </summary>
sealed partial class LabelPlan(Dialect sql)
{
    readonly CheckPlan _checks = new(sql);

    public const string Purpose = "Views with the labels that people see in Kintone, made from the stream app_fields: see README.md beside this file.";

    public const string MadeBy = "Made by tools/WarehouseFiles, as are those of the other warehouses: change it there.";

    public static string Script(Dialect dialect)
    {
        var plan = new LabelPlan(dialect);
        string[] parts = [plan.Loaded, plan.Named, plan.Shown, plan.Versions, plan._checks.Queries, plan.Statements];
        return LongLines.Wrap(dialect.Script(string.Join(",\n", parts)).ReplaceLineEndings("\n"));
    }

    static string Column(string name) => $"MAX(CASE WHEN LOWER(column_name) = '{name}' THEN 1 ELSE 0 END) = 1";

    /// <summary>What is loaded, and how its rows are told apart.</summary>
    string Loaded => $$"""
        -- Tables and columns that are there: an app that is not synced has no view, a column that was deselected is in none.
        present AS (
          {{sql.Present}}
        ),
        -- Streams of apps, by what they hold.
        streams AS (
          SELECT base, MIN(actual_table) AS actual_table, {{Column("_kintone_updated_at")}} AS has_time,
            {{Column("_ab_cdc_deleted_at")}} AS is_deletable,
            MAX(CASE WHEN LOWER(column_name) = LOWER({{sql.Setting("loaded_at")}}) THEN actual END) AS loaded_column,
            CASE WHEN {{Column("_kintone_file_number")}} THEN '_kintone_file_number'
              WHEN {{Column("_kintone_comment_id")}} THEN '_kintone_comment_id'
              WHEN {{Column("_kintone_row_id")}} THEN '_kintone_row_id' END AS second_key
          FROM present GROUP BY base HAVING {{Column("_kintone_id")}}
        ),
        keyed AS (
          SELECT base, actual_table, has_time, is_deletable, loaded_column, second_key, COALESCE('_kintone_id, ' || second_key, '_kintone_id') AS own_keys,
            CASE WHEN is_deletable THEN '_ab_cdc_deleted_at IS NULL' ELSE 'TRUE' END AS is_there,
            CASE WHEN has_time THEN '_kintone_updated_at DESC NULLS LAST, ' ELSE '' END || COALESCE(loaded_column || ' DESC, ', '') || '_kintone_id' AS newest,
            {{sql.Identifier(sql.Setting("source_schema"))}} || '.' || actual_table AS loaded
          FROM streams
        ),
        -- What is there now. Where every version is kept, that is the newest of each key.
        sources AS (
          SELECT keyed.*, CASE WHEN {{sql.Setting("is_append")}}
            THEN {{sql.Text("(SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY {own_keys} ORDER BY {newest}) AS newest_first FROM {loaded}) versions "
                + "WHERE newest_first = 1)")}}
            ELSE loaded END AS latest
          FROM keyed
        )
        """;

    /// <summary>The fields of each app, and which views there are.</summary>
    string Named => $$"""
        dictionary_rows AS (
          {{sql.Fields(sql.Dictionary, sql.Setting("label_language"), sql.LoadedAt)}}
        ),
        -- Of a form that was loaded more than once, what was read last.
        fields AS (
          SELECT d.*, CASE WHEN subtable IS NULL THEN records ELSE table_rows END AS base,
            {{sql.JoinedIfThere(
                sql.Text("{code} ({type})"), "CASE WHEN required THEN 'required' END", sql.Text("unit: {unit}"), sql.Text("choices: {choices}"),
                sql.Text("formula: {expression}"), sql.Text("from {related_key} of app {related_app}"))}} AS comment
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
          SELECT 'records' AS kind, app, records AS base, {{sql.Clean("app_name")}} AS wanted, {{sql.Text("{app_name} (app {app})")}} AS comment FROM apps
          UNION ALL
          SELECT 'table', app, table_rows, {{sql.Clean("app_name || '_' || label")}},
            {{sql.Text("{app_name} (app {app}): the rows of {comment}")}} FROM fields WHERE type = 'SUBTABLE'
          UNION ALL
          SELECT 'attachments', app, stem || 'attachments', {{sql.Clean("app_name || '_attachments'")}},
            {{sql.Text("{app_name} (app {app}): attached files")}} FROM apps
          UNION ALL
          SELECT 'comments', app, stem || 'comments', {{sql.Clean("app_name || '_comments'")}}, {{sql.Text("{app_name} (app {app}): comments")}} FROM apps
        ),
        -- Names that end like those of other views are not left to apps and tables; those that two want carry the name of the table as well.
        told_apart AS (
          SELECT w.*, CASE WHEN COUNT(*) OVER (PARTITION BY LOWER(wanted)) > 1
            OR kind IN ('records', 'table') AND (LOWER(wanted) IN ('reconciliation', 'schema_changes') OR RIGHT(LOWER(wanted), 8) IN ('_history', '_deleted')
              OR RIGHT(LOWER(wanted), 9) IN ('_statuses', '_comments') OR RIGHT(LOWER(wanted), 12) = '_attachments')
            THEN wanted || '_' || base ELSE wanted END AS told
          FROM wanted_views w
          WHERE {{sql.Fold("base")}} IN (SELECT base FROM sources)
        ),
        views AS (
          SELECT kind, app, {{sql.Fold("base")}} AS base, comment,
            {{sql.Fit("told", "base", $"ROW_NUMBER() OVER (PARTITION BY LOWER({sql.Fit("told", "base")}) ORDER BY base) > 1")}} AS name
          FROM told_apart
        )
        """;

}
