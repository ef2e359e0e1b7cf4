using System.Collections.Immutable;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace KintoneSource.Tests.Simulation;

/// <summary>What one record should look like in a destination.</summary>
readonly record struct Truth(long Revision, string UpdatedAt, string Subject, string Visibility)
{
    public bool IsOpen => Visibility == History.Open;
}

/// <summary>What else happens in a history than people at work, who change records one by one.</summary>
[Flags]
enum Events
{
    None = 0,

    /// <summary>Permissions hide records and show them again; no update time tells of it.</summary>
    Hidden = 1,

    /// <summary>Changes are seen up to ten minutes after the time that they carry.</summary>
    Late = 2,

    /// <summary>Values change with neither update time nor revision: choices, display names.</summary>
    Silent = 4,

    /// <summary>All records are deleted and as many, or nearly, are created.</summary>
    Refilled = 8,

    /// <summary>Most records are hidden at once, by accident, and perhaps shown again.</summary>
    Accident = 16,
}

/// <summary>
/// What happens to an app while it is read: records are created, some of them back-dated, edited several times a minute, moved
/// out of a filter and back, deleted. Keeps books of its own about what every record is.
/// </summary>
/// <remarks>
/// A change is stamped when it begins and seen when it is done: up to a minute later, and with <see cref="Events.Late"/> up to ten.
/// </remarks>
sealed class History
{
    public const string Table = "明細", Item = "品", Drawing = "図", Attached = "添付";

    public const string Open = "公開", Closed = "非公開", Subject = "件名", Visibility = "状態", Kind = "種別", UpdatedAt = "更新日時";

    readonly Lock _lock = new();
    readonly SortedDictionary<long, Truth> _records = [];
    readonly List<(long Id, DateTimeOffset Stamp)> _unseen = [];
    readonly Random _dice;
    readonly Func<DateTimeOffset> _now;
    readonly Events _events;
    ImmutableHashSet<long> _hidden = [];
    int _subjects;
    int _kinds;

    public History(App app, Func<DateTimeOffset> now, int seed, Events events = Events.None)
    {
        (App, _now, _dice, _events) = (app, now, new(seed), events);
        app.AddField(Subject, "SINGLE_LINE_TEXT");
        app.AddChoice(Visibility, "DROP_DOWN", Open, Closed);
        app.AddChoice(Kind, "DROP_DOWN", $"{Kind}0");
        app.AddField(Attached, "FILE");
        app.AddTable(Table, Field.Create(Item, "SINGLE_LINE_TEXT"), Field.Create(Drawing, "FILE"));
        app.RecordIsVisible = events.HasFlag(Events.Hidden) || events.HasFlag(Events.Accident) ? (_, id) => !Volatile.Read(ref _hidden).Contains(id) : null;
    }

    public App App { get; }

    /// <summary>Every record that is shown, as it is now.</summary>
    public Dictionary<long, Truth> Records { get { lock (_lock) return _records.Where(r => !_hidden.Contains(r.Key)).ToDictionary(); } }

    /// <summary>It has records, and shows none of them.</summary>
    public bool HidesAll { get { lock (_lock) return _records.Count > 0 && _records.Keys.All(_hidden.Contains); } }

    /// <summary>The rows of a record's table as they should be in a destination, by their ids.</summary>
    public Dictionary<long, string> Rows(long id) => App.Domain.Read(() => Stored(id).Rows
        .Select(static (row, i) => (row.Id, Text: $"{i + 1}|{row.Item}")).ToDictionary(static r => r.Id, static r => r.Text));

    /// <summary>A record's files, by their numbers: those of its table come first, whose code does.</summary>
    public Dictionary<long, string> Files(long id) => App.Domain.Read(() =>
    {
        var (rows, attached) = Stored(id);
        var inTable = rows.SelectMany(static row => row.Drawings.Select((name, i) => $"{Drawing}|{row.Id}|{i + 1}|{name}"));
        var outside = attached.Select(static (name, i) => $"{Attached}||{i + 1}|{name}");
        var tableFirst = string.CompareOrdinal(Table, Attached) < 0;
        return (tableFirst ? inTable.Concat(outside) : outside.Concat(inTable)).Select(static (text, i) => (text, i))
            .ToDictionary(static f => f.i + 1L, static f => f.text);
    });

    (List<(long Id, string Item, string[] Drawings)> Rows, string[] Attached) Stored(long id)
    {
        var cells = App.Records.Find(id)!.Cells;
        var table = App.Form.Field(Table)!;
        var (item, drawing) = (table.Fields.Single(static f => f.Code == Item), table.Fields.Single(static f => f.Code == Drawing));
        return (
            [.. (cells.TryGetValue(table.Uid, out var rows) ? rows.Rows! : [])
                .Select(row => (row.Id, row.Cells[item.Uid].Value.GetString()!, Names(row.Cells[drawing.Uid])))],
            cells.TryGetValue(App.Form.Field(Attached)!.Uid, out var files) ? Names(files) : []);

        static string[] Names(Cell cell) => [.. cell.Value.EnumerateArray().Select(static f => f.GetProperty("name").GetString()!)];
    }

    TimeSpan MostLate => _events.HasFlag(Events.Late) ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(60);

    /// <summary>Records that were there before anybody looked, over the days past.</summary>
    public void Begin(int records)
    {
        for (var i = 0; i < records; i++) Add(_now() - TimeSpan.FromMinutes(_dice.Next(3, 10_000)));
    }

    /// <summary>Any number of changes at this moment, mostly none.</summary>
    public void Happen(double rate)
    {
        lock (_lock)
            while (_dice.NextDouble() < rate) Change();
    }

    /// <summary>Whatever has begun is seen from now on.</summary>
    public void Settle()
    {
        lock (_lock)
        {
            foreach (var (id, stamp) in _unseen) Save(id, stamp);
            _unseen.Clear();
        }
    }

    /// <summary>The accident is noticed, and undone.</summary>
    public void Undo()
    {
        lock (_lock) Hide([]);
    }

    void Change()
    {
        foreach (var late in _unseen.Where(late => late.Stamp < _now() - (MostLate / 2) || _dice.Next(2) == 0).ToArray())
        {
            _unseen.Remove(late);
            Save(late.Id, late.Stamp);
        }
        if (_dice.Next(4) == 0 && Special()) return;
        switch (_dice.Next(12))
        {
            case 0 or 1: Add(_now()); break;
            case 2: Add(_now() - TimeSpan.FromMinutes(_dice.Next(1, 5_000))); break;
            case 3: _unseen.Add((NextId, _now())); break;
            case 4 or 5: Delete(); break;
            case 6 or 7 or 8: Edit(late: MostLate * (_dice.Next(2) * _dice.NextDouble()), moves: false); break;
            default: Edit(late: _events.HasFlag(Events.Late) ? MostLate * (_dice.Next(2) * _dice.NextDouble()) : default, moves: true); break;
        }
    }

    /// <summary>One of the special events, if the dice say so and the history has it.</summary>
    bool Special()
    {
        var kind = (Events)(1 << _dice.Next(5));
        if (!_events.HasFlag(kind)) return false;
        switch (kind)
        {
            case Events.Hidden when _hidden.Count > 0 && _dice.Next(2) == 0: Hide(_hidden.Remove(_hidden.ElementAt(_dice.Next(_hidden.Count)))); break;
            case Events.Hidden when Any() is { } id: Hide(_hidden.Add(id)); break;
            case Events.Silent when _dice.Next(6) == 0: App.RenameChoice(Kind, $"{Kind}{_kinds}", $"{Kind}{++_kinds}"); break;
            case Events.Silent when Any() is { } id:
                _records[id] = _records[id] with { Subject = $"件 {++_subjects}" };
                App.Rewrite(id, new() { [Subject] = _records[id].Subject });
                break;
            case Events.Refilled when _dice.Next(6) == 0 && _records.Count > 0: Refill(); break;
            case Events.Accident when _dice.Next(6) == 0: Hide(_hidden.Count > 3 ? [] : [.. _records.Keys.Where(_ => _dice.Next(10) > 0)]); break;
            default: return false;
        }
        return true;
    }

    void Refill()
    {
        var before = _records.Count;
        App.Delete(_records.Keys.ToArray());
        _records.Clear();
        for (var i = _dice.Next(before * 3 / 4, before + 3); i > 0; i--) Add(_now());
    }

    void Hide(ImmutableHashSet<long> ids) => Volatile.Write(ref _hidden, ids);

    long NextId => Math.Max(App.Records.LastId, _unseen.Select(static u => u.Id).DefaultIfEmpty(0).Max()) + 1;

    void Add(DateTimeOffset stamp) => Save(NextId + (_dice.Next(20) == 0 ? _dice.Next(300) : 0), stamp);

    void Save(long id, DateTimeOffset stamp)
    {
        var truth = new Truth(1, Minute(stamp), $"件 {++_subjects}", _dice.Next(3) == 0 ? Closed : Open);
        App.Add(Values(truth, []), createdTime: stamp, updatedTime: stamp, id: id);
        _records[id] = truth;
    }

    void Edit(TimeSpan late, bool moves)
    {
        if (Any() is not { } id) return;
        var old = _records[id];
        var stamp = _now() - late;
        if (string.CompareOrdinal(Minute(stamp), old.UpdatedAt) < 0) stamp = _now();
        var truth = new Truth(old.Revision + 1, Minute(stamp), $"件 {++_subjects}", moves ? (old.IsOpen ? Closed : Open) : old.Visibility);
        App.Edit(id, Values(truth, App.Domain.Read(() => Stored(id).Rows)), updatedTime: stamp);
        _records[id] = truth;
    }

    void Delete()
    {
        if (Any() is not { } id) return;
        App.Delete(id);
        _records.Remove(id);
    }

    /// <summary>The newest one often: its id is the one that scans go by.</summary>
    long? Any() => _records.Count == 0 ? null : _dice.Next(5) == 0 ? _records.Keys.Last() : _records.Keys.ElementAt(_dice.Next(_records.Count));

    /// <summary>What a person saves: rows added, changed, moved and removed, the table emptied or written anew, files the same.</summary>
    JsonObject Values(Truth truth, List<(long Id, string Item, string[] Drawings)> before)
    {
        var values = new JsonObject { [Subject] = truth.Subject, [Visibility] = truth.Visibility };
        if (_dice.Next(3) > 0)
        {
            var rows = new List<JsonNode>();
            var kind = _dice.Next(8);
            foreach (var (id, item, _) in kind == 0 ? [] : before.Where(_ => _dice.Next(4) > 0))
            {
                var row = new JsonObject { ["value"] = Row(_dice.Next(2) == 0 ? item : null) };
                if (kind != 1) row["id"] = $"{id}";
                rows.Add(row);
            }
            for (var i = kind == 0 ? 0 : _dice.Next(3); i > 0; i--) rows.Add(new JsonObject { ["value"] = Row(null) });
            if (_dice.Next(4) == 0) rows = [.. rows.OrderBy(_ => _dice.Next())];
            values[Table] = new JsonArray([.. rows]);
        }
        if (_dice.Next(3) == 0) values[Attached] = Some();
        return values;
    }

    JsonObject Row(string? item) => new() { [Item] = item ?? $"品 {++_subjects}", [Drawing] = Some() };

    JsonArray Some() => new([.. Enumerable.Range(0, _dice.Next(3))
        .Select(i => App.Domain.AddFile($"{++_subjects}-{i}.txt", new byte[_dice.Next(20)], "text/plain"))]);

    static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm':00Z'", System.Globalization.CultureInfo.InvariantCulture);
}
