namespace WarehouseFiles;

/// <summary>The views.</summary>
sealed partial class LabelPlan
{
    /// <summary>Every version with the time from which and up to which it was the record's. Repeats of a version last no time.</summary>
    string Versions => $$"""
        shown_views AS (
          SELECT v.kind, v.app, v.name, v.comment, s.*, COALESCE(j.joined, '') AS joined, l.list, l.names,
            {{sql.Text("(SELECT * FROM (SELECT *, _kintone_updated_at AS _kintone_valid_from,\n"
                + "    LEAD(_kintone_updated_at) OVER (PARTITION BY _kintone_id ORDER BY _kintone_updated_at, {COALESCE(loaded_column, '_kintone_id')})"
                + " AS _kintone_valid_to FROM {loaded}) r\n"
                + "  WHERE {is_there} AND (_kintone_valid_to > _kintone_valid_from OR _kintone_valid_to IS NULL))")}} AS every_version
          FROM views v JOIN sources s ON s.base = v.base JOIN lists l ON l.base = v.base LEFT JOIN joins j ON j.base = v.base
        )
        """;

    string Statements => $$"""
        bodies AS (
          SELECT name, comment, names, {{sql.Text("SELECT{list}\nFROM {latest} r{joined}\nWHERE {is_there}")}} AS body FROM shown_views
          UNION ALL
          SELECT {{sql.Fit("name", "base", followedBy: "_history")}}, comment || ', every version', names || ', _kintone_valid_from, _kintone_valid_to',
            {{sql.Text("SELECT{list},\n  r._kintone_valid_from,\n  r._kintone_valid_to\nFROM {every_version} r{joined}")}}
          FROM shown_views WHERE {{sql.Setting("is_append")}} AND has_time AND kind = 'records'
          UNION ALL
          SELECT {{sql.Fit("name", "base", followedBy: "_deleted")}}, comment || ', what is gone', names || ', _kintone_deleted_at',
            {{sql.Text("SELECT{list},\n  d._ab_cdc_deleted_at AS _kintone_deleted_at\nFROM {latest} d\n"
                + "  JOIN (SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY {own_keys} ORDER BY {newest}) AS newest_first FROM {loaded} "
                + "WHERE _ab_cdc_deleted_at IS NULL) versions WHERE newest_first = 1) r\n"
                + "  ON r._kintone_id = d._kintone_id{COALESCE(' AND r.' || second_key || ' = d.' || second_key, '')}{joined}\n"
                + "WHERE d._ab_cdc_deleted_at IS NOT NULL")}}
          FROM shown_views WHERE {{sql.Setting("is_append")}} AND is_deletable
          UNION ALL
          SELECT {{sql.Fit("v.name", "v.base", followedBy: "_statuses")}}, v.comment || ', how long in each status', {{sql.NullText}},
            {{sql.Text($"""
                WITH changes AS (
                  SELECT _kintone_id, {"{p.actual}"} AS status, _kintone_valid_from AS valid_from, _kintone_valid_to AS valid_to,
                    CASE WHEN {"{p.actual}"} IS DISTINCT FROM LAG({"{p.actual}"}) OVER (PARTITION BY _kintone_id ORDER BY _kintone_valid_from)
                      OR _kintone_valid_from IS DISTINCT FROM LAG(_kintone_valid_to) OVER (PARTITION BY _kintone_id ORDER BY _kintone_valid_from)
                      THEN 1 ELSE 0 END AS is_new
                  FROM {"{v.every_version}"} r
                ), stays AS (
                  SELECT _kintone_id, status, valid_from, valid_to,
                    SUM(is_new) OVER (PARTITION BY _kintone_id ORDER BY valid_from ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS stay FROM changes
                ), ended AS (
                  SELECT _kintone_id, stay, status, MIN(valid_from) AS entered_at, CASE WHEN COUNT(*) = COUNT(valid_to) THEN MAX(valid_to) END AS left_at
                  FROM stays GROUP BY _kintone_id, stay, status
                )
                SELECT _kintone_id, status AS {"{c.quoted_name}"}, entered_at, left_at,
                  {sql.Days("entered_at", $"COALESCE(left_at, {sql.Now})")} AS days FROM ended
                """)}}
          FROM shown_views v JOIN fields f ON {{sql.Fold("f.base")}} = v.base AND f.type = 'STATUS'
            JOIN present p ON p.base = v.base AND {{sql.IsColumn("p", "f")}} JOIN columns c ON c.base = v.base AND c.code = f.code
          WHERE {{sql.Setting("is_append")}} AND v.has_time AND v.kind = 'records'
          UNION ALL
          {{_checks.Bodies}}
        ),
        statements AS (
          SELECT name, {{sql.Identifier(sql.Setting("view_schema"))}} || '.' || {{sql.Identifier("name")}} AS view_name, comment, names, body FROM bodies
        )
        """;
}
