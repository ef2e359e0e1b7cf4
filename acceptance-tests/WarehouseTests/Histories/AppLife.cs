using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace WarehouseTests;

/// <summary>One app as people use it: every step changes its records as somebody might in Kintone.</summary>
sealed class AppLife
{
    /// <summary>
    /// More records than that go a few at a time: where more than half of a hundred vanish between two syncs, the connector asks a question.
    /// </summary>
    const int Guarded = 50;

    static readonly string[] s_kinds = ["A", "B", "C"];
    static readonly string[] s_texts = ["", "a", "見積", "\"引用\" と \\ と\n改行", "𠮷野家🍜", "ａ\u2028ｂ", "<b>&amp;</b>", "null"];
    static readonly (string Code, string Type)[] s_more = [("備考", "MULTI_LINE_TEXT"), ("数", "NUMBER"), ("納品日", "DATE"), ("期限", "DATETIME"), ("印", "CHECK_BOX")];

    readonly App _app;
    readonly Random _dice;
    readonly bool _isEventful;
    readonly List<long> _ids = [];
    ImmutableHashSet<long> _hidden = [];
    int _columns;
    int _choices;

    /// <param name="isEventful">
    /// Also what no update time tells of: permissions that hide records and show them, renamed choices, values that change by themselves,
    /// writes that are seen minutes late, imports that empty the app and fill it anew.
    /// </param>
    public AppLife(Domain domain, Random dice, bool isEventful)
    {
        (_dice, _app, _isEventful) = (dice, domain.AddApp($"案件 {dice.Next(100)}"), isEventful);
        _app.RecordIsVisible = isEventful ? (_, id) => !Volatile.Read(ref _hidden).Contains(id) : null;
        _app.AddField("件名", "SINGLE_LINE_TEXT");
        _app.AddField("金額", "NUMBER");
        _app.AddField("受注日", "DATE");
        _app.AddField("時刻", "TIME");
        _app.AddField("面談", "DATETIME");
        _app.AddChoice("区分", "DROP_DOWN", s_kinds);
        _app.AddChoice("色", "DROP_DOWN", "色0", "他");
        _app.AddChoice("タグ", "CHECK_BOX", "x", "y", "z");
        _app.AddField("担当", "USER_SELECT");
        _app.AddField("添付", "FILE");
        _app.AddField("計算", "CALC");
        _app.AddTable("明細", Field.Create("品名", "SINGLE_LINE_TEXT"), Field.Create("数量", "NUMBER"), Field.Create("納期", "DATE"), Field.Create("印", "CHECK_BOX", FieldDefaults.Options("x", "y")));
    }

    public App App => _app;

    public int Count => _ids.Count;

    /// <summary>Columns whose values in rows that were not edited since are not what the app shows now; a refresh mends them.</summary>
    public HashSet<string> Stale { get; } = [];

    /// <summary>A sync between two full re-reads need not show everything.</summary>
    public bool IsEventful => _isEventful;

    public bool IsShown(long id) => !_hidden.Contains(id);

    /// <summary>What filters ask for.</summary>
    public string? KindOf(StoredRecord record) =>
        record.Cells.GetValueOrDefault(_app.Form.Field("区分")!.Uid).Value is { ValueKind: JsonValueKind.String } kind ? kind.GetString() : null;

    public void Create(int records)
    {
        for (var i = 0; i < records; i++) _ids.Add(_app.Add(Values()));
    }

    /// <summary>One thing that somebody does to records.</summary>
    public void Step()
    {
        if (_isEventful && _dice.Next(3) == 0)
        {
            Surprise();
            return;
        }
        switch (_dice.Next(12))
        {
            case <= 2: Create(_dice.Next(1, 4)); break;
            case 3: // as an import by an administrator, with its own times
                var past = _app.Domain.Now.AddMinutes(-_dice.Next(40_000));
                _ids.Add(_app.Add(Values(), createdTime: past, updatedTime: past));
                break;
            case <= 7:
                if (_ids.Count == 0) break;
                var id = Any();
                for (var edits = _dice.Next(1, 4); edits > 0; edits--) _app.Edit(id, Some(Values()));
                break;
            case <= 9:
                if (_ids.Count > 0) Delete(Any());
                break;
            case 10:
                for (var some = _dice.Next(_ids.Count > Guarded ? _ids.Count / 25 : Math.Max(1, _ids.Count)); some > 0; some--) Delete(Any());
                break;
            default: // deleted by mistake, and entered again
                if (_ids.Count == 0) break;
                Delete(Any());
                Create(1);
                break;
        }
    }

    void Surprise()
    {
        switch (_dice.Next(_ids.Count == 0 ? 1 : 7))
        {
            case 0: _app.RenameChoice("色", $"色{_choices}", $"色{++_choices}"); break;
            case 1: Volatile.Write(ref _hidden, _hidden.Add(Any())); break;
            case 2: Volatile.Write(ref _hidden, _hidden.Remove(_hidden.Count == 0 ? 0 : _hidden.ElementAt(_dice.Next(_hidden.Count)))); break;
            case 3: _app.Rewrite(Any(), Some(Values())); break;
            case 4:
                var id = Any();
                var late = _app.Domain.Now.AddMinutes(-_dice.Next(10));
                _app.Edit(id, Some(Values()), updatedTime: late > _app.Records.Updated(id) ? late : null);
                break;
            case 5 when _dice.Next(4) == 0: // a nightly import
                var records = _ids.Count;
                foreach (var each in _ids.ToArray()) Delete(each);
                Create(_dice.Next(records * 3 / 4, records + 2));
                break;
            default: _app.Edit(Any(), Some(Values())); break;
        }
    }

    /// <summary>Somebody changes the form or who may see a field. Values are lost or come anew without any record being edited.</summary>
    public void ChangeForm()
    {
        var field = _app.Form.Fields.Where(static f => f.TypeName is not ("RECORD_NUMBER" or "UPDATED_TIME" or "DROP_DOWN" or "STATUS" or "STATUS_ASSIGNEE" or "CATEGORY")).ElementAt(
            _dice.Next(_app.Form.Fields.Count - 7));
        var (code, type) = s_more[_dice.Next(s_more.Length)];
        switch (_dice.Next(6))
        {
            case 0: _app.AddField(Stained($"{code}{++_columns}"), type); break;
            case 1 when IsOwn(field): _app.RemoveField(Stained(field.Code)); break;
            case 2 when IsOwn(field): _app.RenameField(Stained(field.Code), Stained($"{field.Code}{++_columns}")); break;
            case 3 when IsOwn(field): _app.ChangeType(Stained(field.Code), type); break;
            case 4: _app.HideField(Stained(field.Code)); break;
            default:
                foreach (var hidden in _app.Form.Fields.Where(f => !_app.IsVisible(f, Connector.User))) _app.ShowField(Stained(hidden.Code));
                break;
        }
    }

    static bool IsOwn(Field field) => field.TypeName is not ("CREATOR" or "CREATED_TIME" or "MODIFIER");

    string Stained(string code)
    {
        Stale.Add(code);
        return code;
    }

    long Any() => _ids[_dice.Next(_ids.Count)];

    void Delete(long id)
    {
        _app.Delete(id);
        _ids.Remove(id);
    }

    JsonObject Values() => new(_app.Form.Fields.Select(f => KeyValuePair.Create(f.Code, f.TypeName == "SUBTABLE" ? Rows(f) : Value(f))).Where(static v => v.Value is not null));

    JsonObject Some(JsonObject values)
    {
        foreach (var code in values.Select(static v => v.Key).ToArray())
            if (_dice.Next(3) > 0) values.Remove(code);
        return values;
    }

    JsonArray Rows(Field table) => new([.. Enumerable.Range(0, _dice.Next(3)).Select(_ => (JsonNode)new JsonObject(
        table.Fields.Select(f => KeyValuePair.Create(f.Code, Value(f))).Where(static v => v.Value is not null)))]);

    JsonNode? Value(Field field) => field.TypeName switch
    {
        "SINGLE_LINE_TEXT" or "MULTI_LINE_TEXT" => s_texts[_dice.Next(s_texts.Length)],
        "NUMBER" or "CALC" => Number(),
        "DATE" => _dice.Next(3) == 0 ? "" : new DateOnly(2020, 1, 1).AddDays(_dice.Next(5000)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        "TIME" => _dice.Next(3) == 0 ? "" : new TimeOnly(_dice.Next(24), _dice.Next(60)).ToString("HH:mm", CultureInfo.InvariantCulture),
        "DATETIME" => _dice.Next(3) == 0 ? "" : new DateTime(2020, 1, 1).AddMinutes(_dice.Next(5_000_000)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        "DROP_DOWN" when field.Code == "色" => _dice.Next(2) == 0 ? $"色{_choices}" : "他",
        "DROP_DOWN" => s_kinds[_dice.Next(s_kinds.Length)],
        "CHECK_BOX" => new JsonArray([.. new[] { "x", "y", "z" }.Where(_ => _dice.Next(2) == 0).Select(static t => (JsonNode)t)]),
        "USER_SELECT" => new JsonArray([.. Enumerable.Range(0, _dice.Next(3)).Select(i => (JsonNode)new JsonObject { ["code"] = $"u{i}", ["name"] = s_texts[_dice.Next(s_texts.Length)] })]),
        "FILE" => new JsonArray([.. Enumerable.Range(0, _dice.Next(2)).Select(i => (JsonNode)new JsonObject
        {
            ["contentType"] = "text/plain", ["fileKey"] = $"key-{_dice.Next(1000)}", ["name"] = $"契約{i}.txt", ["size"] = $"{_dice.NextInt64(5_000_000_000)}",
        })]),
        _ => null,
    };

    /// <summary>Empty, short, long in both directions; sometimes what a calculation shows when it fails.</summary>
    string Number() => _dice.Next(8) switch
    {
        0 => "",
        1 => "0",
        2 => "-0.0000000001",
        3 => "9007199254740993",
        4 => $"1{_dice.NextInt64(1_000_000_000_000):D27}.{_dice.NextInt64(10_000_000_000):D10}",
        5 => _dice.Next(10) == 0 ? "#VALUE!" : "12.50",
        _ => $"{_dice.Next(-100_000, 100_000)}.{_dice.Next(100):D2}",
    };
}
