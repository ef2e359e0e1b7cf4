using System.Collections.Immutable;
using System.Text.Json;
using KintoneSimulator;

namespace WarehouseTests;

/// <summary>One app as people use it: every step changes its records as somebody might in Kintone.</summary>
sealed class AppLife
{
    /// <summary>
    /// More records than that go a few at a time: where more than half of a hundred vanish between two syncs, the connector asks a question.
    /// </summary>
    const int Guarded = 50;

    readonly App _app;
    readonly Random _dice;
    readonly CellValues _values;
    readonly bool _isEventful;
    readonly List<long> _ids = [];
    ImmutableHashSet<long> _hidden = [];

    /// <param name="isEventful">
    /// Also what no update time tells of: permissions that hide records and show them, renamed choices, values that change by themselves,
    /// writes that are seen minutes late, imports that empty the app and fill it anew.
    /// </param>
    public AppLife(Domain domain, Random dice, bool isEventful)
    {
        (_dice, _app, _isEventful) = (dice, domain.AddApp($"案件 {dice.Next(100)}"), isEventful);
        (_values, Form) = (new(_app, dice), new(_app, dice));
        _app.RecordIsVisible = isEventful ? (_, id) => !Volatile.Read(ref _hidden).Contains(id) : null;
        _app.AddField("件名", "SINGLE_LINE_TEXT");
        _app.AddField("金額", "NUMBER");
        _app.AddField("受注日", "DATE");
        _app.AddField("時刻", "TIME");
        _app.AddField("面談", "DATETIME");
        _app.AddChoice("区分", "DROP_DOWN", CellValues.Kinds);
        _app.AddChoice("色", "DROP_DOWN", "色0", "他");
        _app.AddChoice("タグ", "CHECK_BOX", "x", "y", "z");
        _app.AddField("担当", "USER_SELECT");
        _app.AddField("添付", "FILE");
        _app.AddField("計算", "CALC");
        _app.AddTable("明細", Field.Create("品名", "SINGLE_LINE_TEXT"), Field.Create("数量", "NUMBER"), Field.Create("納期", "DATE"),
            Field.Create("印", "CHECK_BOX", FieldDefaults.Options("x", "y")), Field.Create("証憑", "FILE"));
        if (dice.Next(3) == 0) _app.AddTable("経費", Field.Create("費目", "SINGLE_LINE_TEXT"), Field.Create("額", "NUMBER"));
    }

    public App App => _app;

    public int Count => _ids.Count;

    public FormLife Form { get; }

    /// <summary>A sync between two full re-reads need not show everything.</summary>
    public bool IsEventful => _isEventful;

    public bool IsShown(long id) => !_hidden.Contains(id);

    /// <summary>An app that hides all that it has shows it again: nothing of it is ever marked as deleted meanwhile (docs/decisions/0017).</summary>
    public void ShowWhereAllIsHidden()
    {
        if (_ids.TrueForAll(_hidden.Contains)) Volatile.Write(ref _hidden, []);
    }

    /// <summary>What filters ask for.</summary>
    public string? KindOf(StoredRecord record) =>
        record.Cells.GetValueOrDefault(_app.Form.Field("区分")!.Uid).Value is { ValueKind: JsonValueKind.String } kind ? kind.GetString() : null;

    public void Create(int records)
    {
        for (var i = 0; i < records; i++) _ids.Add(_app.Add(_values.New()));
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
                _ids.Add(_app.Add(_values.New(), createdTime: past, updatedTime: past));
                break;
            case <= 7:
                if (_ids.Count == 0) break;
                var id = Any();
                for (var edits = _dice.Next(1, 4); edits > 0; edits--) _app.Edit(id, _values.ChangeOf(id));
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
        switch (_dice.Next(_ids.Count == 0 ? 1 : 9))
        {
            case 0: _app.RenameChoice("色", $"色{_values.Renames}", $"色{++_values.Renames}"); break;
            case 1 or 2: Volatile.Write(ref _hidden, _hidden.Add(Any())); break;
            case 3 or 4: Volatile.Write(ref _hidden, _hidden.Remove(_hidden.Count == 0 ? 0 : _hidden.ElementAt(_dice.Next(_hidden.Count)))); break;
            case 5:
                var unseen = Any();
                _app.Rewrite(unseen, _values.ChangeOf(unseen));
                break;
            case 6:
                var id = Any();
                var late = _app.Domain.Now.AddMinutes(-_dice.Next(10));
                _app.Edit(id, _values.ChangeOf(id), updatedTime: late > _app.Records.Updated(id) ? late : null);
                break;
            case 7 when _dice.Next(4) == 0: // a nightly import
                var records = _ids.Count;
                foreach (var each in _ids.ToArray()) Delete(each);
                Create(_dice.Next(records * 3 / 4, records + 2));
                break;
            default:
                var edited = Any();
                _app.Edit(edited, _values.ChangeOf(edited));
                break;
        }
    }

    long Any() => _ids[_dice.Next(_ids.Count)];

    void Delete(long id)
    {
        _app.Delete(id);
        _ids.Remove(id);
    }
}
