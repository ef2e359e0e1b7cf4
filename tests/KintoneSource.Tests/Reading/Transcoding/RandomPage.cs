using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using KintoneSource.Catalog;
using KintoneSource.Protocol;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Tests.Reading.Transcoding;

/// <summary>
/// Columns and a page for them, both drawn from a seed: values that fit and that do not, fields that are
/// missing, unknown or shared, printed as Kintone prints them or with white space,
/// escapes and another order of properties. Always valid JSON without duplicate properties.
/// </summary>
sealed class RandomPage
{
    readonly Random _random;
    readonly bool _odd;
    readonly bool _fits;

    public RandomPage(int seed, bool mayBeOdd = true)
    {
        _random = new(seed);
        _odd = mayBeOdd && _random.Next(2) == 0;
        _fits = _random.Next(2) == 0;
        Columns = [.. Draw(s_columns), .. _random.Next(6) == 0 ? Draw(s_sharing) : []];
        var fields = Draw(s_fields);
        // $id stands anywhere, at the same place in all records of a page; $revision is among the fields, which are drawn in any order.
        var idAt = _random.Next(fields.Length + 1);
        var records = Enumerable.Range(1, _random.Next(5)).Select(id =>
        {
            List<(string, string)> cells = [.. fields.Where(_ => _random.Next(20) > 0).SelectMany(Cells)];
            cells.Insert(Math.Min(idAt, cells.Count), ("$id", Object([("type", "\"__ID__\""), ("value", $"\"{id * 7}\"")])));
            return Object(Shuffle([.. cells]));
        });
        (string, string)[] tail = _random.Next(3) switch
        {
            0 => [("totalCount", "null")],
            1 => [("totalCount", $"\"{_random.Next()}\"")],
            _ => [],
        };
        Text = Object(_odd ? Shuffle([("records", Array(records)), .. tail, ("extra", Any(3))]) : [("records", Array(records)), .. tail]);
    }

    static readonly RecordEnvelope s_envelope = new(new("app_1_records"), DateTimeOffset.UnixEpoch);

    /// <summary>Of the records.</summary>
    public ImmutableArray<Column> Columns { get; }

    /// <summary>Streams that hang on the page: the records, the rows of its table, the attached files; some of them, in any order.</summary>
    public ImmutableArray<PageStream> Streams
    {
        get
        {
            var all = new PageStream[]
            {
                PageStream.OfRecords(Columns, s_envelope),
                PageStream.OfTable("明細", [.. Draw(s_tableColumns)], s_envelope),
                PageStream.OfFiles([new(null, "添付"), new("明細", "添付")], [.. Draw(s_fileColumns)], s_envelope),
                PageStream.OfFiles([new("明細", "添付")], s_fileColumns, s_envelope),
            };
            _random.Shuffle(all);
            return [.. all.Take(_random.Next(1, all.Length + 1))];
        }
    }

    public string Text { get; }

    public byte[] Bytes => Encoding.UTF8.GetBytes(Text);

    public override string ToString() => $"{string.Join(", ", Columns.Select(static c => $"{c.Name}:{c.Kind}<-{c.Source}"))}\n{Text}";

    static readonly (string Code, string Type, ColumnKind Kind)[] s_fields =
    [
        ("$revision", "__REVISION__", ColumnKind.Integer),
        ("品名", "SINGLE_LINE_TEXT", ColumnKind.Text),
        ("本文", "RICH_TEXT", ColumnKind.Text),
        ("単価", "NUMBER", ColumnKind.Number),
        ("納期", "DATE", ColumnKind.Date),
        ("時刻", "TIME", ColumnKind.Time),
        ("更新日時", "UPDATED_TIME", ColumnKind.Timestamp),
        ("分類", "CHECK_BOX", ColumnKind.TextList),
        ("作成者", "CREATOR", ColumnKind.Entity),
        ("担当", "USER_SELECT", ColumnKind.EntityList),
        ("添付", "FILE", ColumnKind.FileList),
        ("明細", "SUBTABLE", ColumnKind.Table),
        ("新型", "SOMETHING_NEW", ColumnKind.Any),
        ("無視", "MULTI_LINE_TEXT", ColumnKind.Any),
        ("状態", "STATUS", ColumnKind.Text),
        ("作業者", "STATUS_ASSIGNEE", ColumnKind.EntityList),
    ];

    static readonly ImmutableArray<Column> s_rows =
    [
        new("数量", "単価", ColumnKind.Number), new("memo", "品名", ColumnKind.Text), new("files", "添付", ColumnKind.FileList),
        new("at", "時刻", ColumnKind.Time), new("none", null, ColumnKind.Text), new("tags", "分類", ColumnKind.TextList), new("who", "担当", ColumnKind.EntityList),
    ];

    static readonly Column[] s_columns =
    [
        new(Column.Id, "$id", ColumnKind.Integer), new(Column.Revision, "$revision", ColumnKind.Integer),
        new(Column.UpdatedAt, "更新日時", ColumnKind.Timestamp), new("更新日時", "更新日時", ColumnKind.Timestamp), new(Column.DeletedAt, null, ColumnKind.Timestamp),
        new("品名", "品名", ColumnKind.Text), new("body", "本文", ColumnKind.Text), new("単価", "単価", ColumnKind.Number),
        new("a \"name\"\u2028", "本文", ColumnKind.Text),
        new("納期", "納期", ColumnKind.Date), new("時刻", "時刻", ColumnKind.Time), new("分類", "分類", ColumnKind.TextList), new("作成者", "作成者", ColumnKind.Entity),
        new("担当", "担当", ColumnKind.EntityList), new("添付", "添付", ColumnKind.FileList), new("明細", "明細", ColumnKind.Table, s_rows),
        new("新型", "新型", ColumnKind.Any), new("状態", "状態", ColumnKind.Text) { CellType = "STATUS" },
            new("who", "作業者", ColumnKind.EntityList) { CellType = "STATUS_ASSIGNEE" },
    ];

    /// <summary>Columns of another kind than others that share their field.</summary>
    static readonly Column[] s_sharing =
        [new("id_text", "$id", ColumnKind.Text), new("as_sent", "単価", ColumnKind.Any), new("同じ明細", "明細", ColumnKind.Table, [s_rows[1]])];

    static readonly ImmutableArray<Column> s_tableColumns =
    [
        new(Column.Id, "$id", ColumnKind.Integer), new(Column.RowId, null, ColumnKind.Integer) { Origin = ColumnOrigin.RowId },
        new(Column.RowNumber, null, ColumnKind.Integer) { Origin = ColumnOrigin.RowNumber }, new(Column.UpdatedAt, "更新日時", ColumnKind.Timestamp),
        .. s_rows.Select(static c => c with { Origin = ColumnOrigin.RowField }), new("gone", null, ColumnKind.Table),
            new(Column.DeletedAt, null, ColumnKind.Timestamp),
    ];

    static readonly ImmutableArray<Column> s_fileColumns = AppColumns.Attachments(new("1", [new("更新日時", "", "UPDATED_TIME")]), emitDeletedRecords: true);

    T[] Draw<T>(IReadOnlyList<T> from) => _random.Next(3) == 0 ? [.. from.Where(_ => _random.Next(2) == 0)] : [.. from];

    T[] Shuffle<T>(IEnumerable<T> items)
    {
        var array = items.ToArray();
        if (_odd && _random.Next(3) == 0) _random.Shuffle(array);
        return array;
    }

    /// <summary>A field whose type tells it, under its code, under another, rarely under both or under two others.</summary>
    IEnumerable<(string, string)> Cells((string Code, string Type, ColumnKind Kind) field)
    {
        if (!field.Type.StartsWith("STATUS", StringComparison.Ordinal)) return [(field.Code, Field(field))];
        (string, string)[] cells = [(field.Code, Field(field)), (field.Type, Field(field)), ($"{field.Code} 2", Field(field))];
        return _random.Next(_fits ? 400 : 40) switch
        {
            0 => cells[..2],
            1 => [cells[1], cells[0]],
            2 => cells[1..],
            < 20 => cells[1..2],
            _ => cells[..1],
        };
    }

    string Field((string Code, string Type, ColumnKind Kind) field)
    {
        var value = _random.Next(_fits ? 25_000 : 25) switch
        {
            0 => "null",
            1 => Any(2),
            2 => Value((ColumnKind)_random.Next(12)),
            _ => Value(field.Kind),
        };
        return _random.Next(_fits ? 20_000 : _odd ? 20 : 500) switch
        {
            0 => Any(2), // no object of a value
            1 => Object([("type", String(field.Type))]),
            2 => Object([("value", value), ("type", String(field.Type)), ("more", Any(1))]),
            _ => Object(Shuffle([("type", String(field.Type)), ("value", value)])),
        };
    }

    string Value(ColumnKind kind) => kind switch
    {
        ColumnKind.Text => String(Words()),
        ColumnKind.Number => Pick(String(Number()), "\"\"", "\"007\"", "\"1.\"", "\"+12.50\"", "\"-.5\"", "\"+00.e1\"", "\".\"", "\"-\"", "\"1e5\"",
            "\"-0.50E-07\"", "12.50"),
        ColumnKind.Integer => Pick($"\"{_random.Next()}\"", "\"\"", "\"1.5\"", "\"-12\"", "99999999999999999999", "\"01\"", "\"+7\"", "\"7.\""),
        ColumnKind.Date => Pick($"\"{Moment():yyyy-MM-dd}\"", "\"\"", "\"2023-02-29\"", "\"2024-02-29\"", "\"2024-1-1\""),
        ColumnKind.Time => Pick($"\"{Moment():HH:mm}\"", $"\"{Moment():HH:mm:ss}\"", "\"\"", "\"24:00\"", "\"9:30\""),
        ColumnKind.Timestamp => Pick($"\"{Moment():yyyy-MM-ddTHH:mm:ssZ}\"", $"\"{Moment():yyyy-MM-ddTHH:mm:ss.fff+09:00}\"", "\"\"", "\"2024-01-02T03:04Z\""),
        ColumnKind.TextList => Array(Some(() => !_fits && _random.Next(30) == 0 ? Any(1) : String(Words()))),
        ColumnKind.Entity => Entity(),
        ColumnKind.EntityList => Array(Some(() => !_fits && _random.Next(30) == 0 ? Any(1) : Entity())),
        ColumnKind.FileList => Array(Some(File)),
        ColumnKind.Table => Array(Some(Row)),
        _ => Any(3),
    };

    string Entity() => Object(Shuffle(Without([("code", String(Words())), ("name", String(Words()))])));

    string File() => Object(Shuffle(Without(
        [("contentType", "\"text/plain\""), ("fileKey", $"\"{_random.NextInt64():x}\""), ("name", String(Words())), ("size", Value(ColumnKind.Integer))])));

    string Row() => Object(Shuffle(Without(
        [("id", Value(ColumnKind.Integer)),
            ("value", Object(s_fields.Where(static f => f.Kind != ColumnKind.Table).Where(_ => _random.Next(3) > 0).Select(f => (f.Code, Field(f)))))])));

    /// <summary>Rarely: one property less, one of another kind, or one too many.</summary>
    (string, string)[] Without((string, string)[] properties)
    {
        var i = _random.Next(properties.Length);
        return _random.Next(_fits ? 40_000 : 40) switch
        {
            0 => [.. properties[..i], .. properties[(i + 1)..]],
            1 => [.. properties[..i], (properties[i].Item1, Any(1)), .. properties[(i + 1)..]],
            2 => [.. properties, ("more", Any(1))],
            3 => [.. properties[..i], (properties[i].Item1, "null"), .. properties[(i + 1)..]],
            _ => properties,
        };
    }

    string Any(int depth) => _random.Next(depth > 0 ? 8 : 6) switch
    {
        0 => "null",
        1 => "true",
        2 => "false",
        3 => Number(),
        4 or 5 => String(Words()),
        6 => Array(Some(() => Any(depth - 1))),
        _ => Object(Some(() => Any(depth - 1)).Select((v, i) => ($"{Words()}{i}", v))),
    };

    IEnumerable<string> Some(Func<string> one) => [.. Enumerable.Range(0, _random.Next(4)).Select(_ => one())];

    string Number() => _random.Next(3) switch
    {
        0 => _random.Next(-1000, 1000).ToString(CultureInfo.InvariantCulture),
        1 => $"{_random.Next(1000)}.{_random.Next(10000):D4}",
        _ => $"{_random.NextInt64()}{_random.NextInt64(1_000_000_000)}.{_random.NextInt64()}",
    };

    DateTime Moment() => new(_random.NextInt64(DateTime.MaxValue.Ticks));

    string Pick(params string[] usualThenOdd) => _fits || _random.Next(4) > 0 ? usualThenOdd[0] : usualThenOdd[_random.Next(usualThenOdd.Length)];

    string Words() => string.Concat(Enumerable.Range(0, _random.Next(4) * _random.Next(6))
        .Select(_ => s_words[_random.Next(_random.Next(_fits ? 60 : 15) == 0 ? s_words.Length : 6)]));

    static readonly string[] s_words =
        ["株式会社", "見積書を送付", "kintone ", "のご確認、", "2024年", "/", "“引用”…", "\"", "\\", "\n", "\t", "🍎", "\u2028", "\u2029", "\u0085", "é", "\u007f", "\0"];

    string Object(IEnumerable<(string Name, string Value)> properties) =>
        $"{{{Space()}{string.Join($"{Space()},{Space()}", properties.Select(p => $"{String(p.Name)}{Space()}:{Space()}{p.Value}"))}{Space()}}}";

    string Array(IEnumerable<string> items) => $"[{Space()}{string.Join($"{Space()},{Space()}", items)}{Space()}]";

    string Space() => _odd && _random.Next(20) == 0 ? _random.Next(4) switch { 0 => "\n", 1 => "\r\n  ", 2 => "\t", _ => " " } : "";

    string String(string text)
    {
        var escapeMore = _odd && _random.Next(10) == 0;
        var json = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (escapeMore && (char.IsSurrogate(c) || _random.Next(3) == 0)) json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else if (c == '/' && escapeMore) json.Append("\\/");
            else if (c is '"' or '\\') json.Append('\\').Append(c);
            else if (c == '\n') json.Append("\\n");
            else if (c == '\t') json.Append("\\t");
            else if (c < ' ') json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else json.Append(c);
        }
        return json.Append('"').ToString();
    }
}
