namespace WarehouseFiles;

/// <summary>What each view shows.</summary>
sealed partial class LabelPlan
{
    static IEnumerable<(int Place, string Name, string Kind, string Shape)> OwnColumns =>
    [
        (0, "_kintone_id", "", ""), (1, "_kintone_row_id", "", ""), (2, "_kintone_row_number", "", ""),
        (1, "_kintone_file_number", "", ""), (1, "_kintone_comment_id", "", ""),
        .. from name in (string[])["field", "position", "name", "contentType", "size", "fileKey"] select (10, name, "attachments", ""),
        (10, "text", "comments", ""), (11, "creator", "comments", "person"), (12, "createdAt", "comments", ""), (13, "mentions", "comments", "mentioned"),
        (99, "_kintone_updated_at", "", ""),
    ];

    /// <summary>What each view shows.</summary>
    string Shown => $$"""
        -- The ids of what lookups copy from: of no record where two have the same key.
        lookups AS (
          SELECT base, code, label, form_place, related_key, related_app, alias,
            {{sql.Text("\n  LEFT JOIN (SELECT r.{their_key} AS key, MIN(r._kintone_id) AS id FROM {latest} r WHERE {is_there} GROUP BY r.{their_key} "
                + "HAVING COUNT(*) = 1) {alias} ON ")}}
            || {{sql.LookupCondition}} AS joined
          FROM (
            SELECT {{sql.Fold("f.base")}} AS base, f.code, f.label, f.form_place, f.related_key, f.related_app, c.latest, c.is_there,
              'l' || CAST(ROW_NUMBER() OVER (PARTITION BY f.base ORDER BY f.code) AS {{sql.TextType}}) AS alias,
              'r.' || own.actual AS own_key, own.type AS own_type, their.actual AS their_key, their.type AS their_type
            FROM fields f
            JOIN present own ON own.base = {{sql.Fold("f.base")}} AND {{sql.IsColumn("own", "f")}}
            JOIN fields k ON k.app = f.related_app AND k.code = f.related_key AND k.subtable IS NULL
            JOIN present their ON their.base = {{sql.Fold("k.base")}} AND {{sql.IsColumn("their", "k")}}
            JOIN sources c ON c.base = their.base
            WHERE f.type <> 'REFERENCE_TABLE'
          ) found
        ),
        joins AS (
          SELECT base, {{sql.Joined("joined", "", "alias")}} AS joined FROM lookups GROUP BY base
        ),
        own_columns AS (
          {{string.Join("\n  UNION ALL ", OwnColumns.Select(static c =>
              $"SELECT {c.Place} AS place, '{c.Name}' AS own, '{c.Kind}' AS kind, '{c.Shape}' AS shape"))}}
        ),
        shapes AS (
          SELECT f.base, f.app, f.code, f.label, f.form_place, f.comment, p.actual,
            CASE WHEN f.form_place IS NOT NULL THEN 10 WHEN f.type = 'RECORD_NUMBER' THEN 3
              WHEN f.type IN ('STATUS', 'STATUS_ASSIGNEE', 'CATEGORY') THEN 11
              WHEN f.type IN ('CREATOR', 'CREATED_TIME', 'MODIFIER', 'UPDATED_TIME') THEN 12 ELSE 10 END AS place,
            CASE WHEN f.type IN ('CREATOR', 'MODIFIER') THEN 'person' WHEN f.type IN ('CHECK_BOX', 'MULTI_SELECT', 'CATEGORY') THEN 'items'
              WHEN f.type IN ('USER_SELECT', 'ORGANIZATION_SELECT', 'GROUP_SELECT', 'STATUS_ASSIGNEE', 'FILE') THEN 'people' ELSE '' END AS shape
          FROM fields f JOIN present p ON p.base = {{sql.Fold("f.base")}} AND {{sql.IsColumn("p", "f")}}
          LEFT JOIN views t ON f.type = 'SUBTABLE' AND t.base = {{sql.Fold("f.table_rows")}}
          WHERE t.base IS NULL
        ),
        -- The labels of the fields that files stand in.
        field_labels AS (
          SELECT app, {{sql.Joined($"'WHEN ' || {sql.Literal("code")} || ' THEN ' || {sql.Literal("label")}", " ", "code")}} AS cases FROM fields GROUP BY app
        ),
        -- What each view shows, in the order of the form, with the label that it wants.
        items AS (
          SELECT v.base, o.place, 0 AS form_place, TRUE AS is_own, o.own AS code, {{sql.OwnName("o.own")}} AS label,
            o.shape, p.actual AS shown, {{sql.NullText}} AS comment
          FROM views v JOIN present p ON p.base = v.base JOIN own_columns o ON LOWER(o.own) = LOWER(p.column_name) AND (o.kind = '' OR o.kind = v.kind)
          UNION ALL
          SELECT v.base, 10, 0, FALSE, 'field label', 'field_label', 'expression', {{sql.Text("CASE r.field {cases} END")}},
            'The label of the field that the file is in'
          FROM views v JOIN field_labels l ON l.app = v.app WHERE v.kind = 'attachments'
          UNION ALL
          SELECT {{sql.Fold("base")}}, place, COALESCE(form_place, 0), FALSE, code, {{sql.Clean("label")}}, shape, actual, comment FROM shapes
          UNION ALL
          SELECT base, 10, COALESCE(form_place, 0), FALSE, code || ' id', {{sql.Clean("label || '_id'")}}, 'expression', alias || '.id',
            {{sql.Text("The _kintone_id of the record that {code} was copied from: {related_key} of app {related_app}")}}
          FROM lookups
        ),
        -- Labels need not be unique: those that are not carry the code as well, and those that still meet a hash of it.
        labelled AS (
          SELECT i.*,
            CASE WHEN is_own OR COUNT(*) OVER (PARTITION BY base, LOWER(label)) = 1 THEN label ELSE label || '_' || {{sql.Clean("code")}} END AS wanted,
            CASE shape WHEN 'expression' THEN shown
              WHEN 'person' THEN {{Shape(sql.PersonName)}}
              WHEN 'people' THEN {{Shape(sql.Members("name"))}}
              WHEN 'mentioned' THEN {{Shape(sql.Members("code"))}}
              WHEN 'items' THEN {{Shape(sql.Items)}}
              ELSE 'r.' || shown END AS expression
          FROM items i
        ),
        named AS (
          SELECT l.*,
            {{sql.Fit("wanted", "code", $"ROW_NUMBER() OVER (PARTITION BY base, LOWER({sql.Fit("wanted", "code")}) ORDER BY is_own DESC, code) > 1")}} AS name
          FROM labelled l
        ),
        columns AS (
          SELECT n.base, v.name AS view_of, n.place, n.form_place, n.code, n.expression, n.comment, n.name, {{sql.Identifier("n.name")}} AS quoted_name
          FROM named n JOIN views v ON v.base = n.base
        ),
        lists AS (
          SELECT base, {{sql.Joined(sql.Text("\n  {expression} AS {quoted_name}"), ",", "place, form_place, code")}} AS list,
            {{sql.Joined(sql.ColumnHead, ", ", "place, form_place, code")}} AS names
          FROM columns GROUP BY base
        )
        """;

    string Shape(string piece) => sql.Text(piece.Replace("{column}", "{shown}", StringComparison.Ordinal));
}
