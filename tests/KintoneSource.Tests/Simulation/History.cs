using System.Text.Json.Nodes;
using KintoneSimulator;

namespace KintoneSource.Tests.Simulation;

/// <summary>What one record should look like in a destination.</summary>
readonly record struct Truth(long Revision, string UpdatedAt, string Subject, string Visibility)
{
    public bool IsOpen => Visibility == History.Open;
}

/// <summary>
/// What happens to an app while it is read: records are created, some of them back-dated, edited several times a minute, moved
/// out of a filter and back, deleted. Keeps books of its own about what every record is.
/// </summary>
/// <remarks>
/// A change is stamped when it begins and seen when it is done: up to a minute later, as far as this history goes. Changes
/// that move a record into the filter are seen at once: their time must not be before a tombstone that was true.
/// </remarks>
sealed class History
{
    public const string Open = "公開", Closed = "非公開", Subject = "件名", Visibility = "状態";

    readonly Lock _lock = new();
    readonly SortedDictionary<long, Truth> _records = [];
    readonly List<(long Id, DateTimeOffset Stamp)> _unseen = [];
    readonly Random _dice;
    readonly Func<DateTimeOffset> _now;
    int _subjects;

    public History(App app, Func<DateTimeOffset> now, int seed)
    {
        (App, _now, _dice) = (app, now, new(seed));
        app.AddField(Subject, "SINGLE_LINE_TEXT");
        app.AddChoice(Visibility, "DROP_DOWN", Open, Closed);
    }

    public App App { get; }

    /// <summary>Every record as it is now.</summary>
    public Dictionary<long, Truth> Records { get { lock (_lock) return new(_records); } }

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

    void Change()
    {
        foreach (var late in _unseen.Where(late => late.Stamp < _now() - TimeSpan.FromSeconds(30) || _dice.Next(2) == 0).ToArray())
        {
            _unseen.Remove(late);
            Save(late.Id, late.Stamp);
        }
        switch (_dice.Next(12))
        {
            case 0 or 1: Add(_now()); break;
            case 2: Add(_now() - TimeSpan.FromMinutes(_dice.Next(1, 5_000))); break;
            case 3: _unseen.Add((Math.Max(App.Records.LastId, _unseen.Select(static u => u.Id).DefaultIfEmpty(0).Max()) + 1, _now())); break;
            case 4 or 5: Delete(); break;
            case 6 or 7 or 8: Edit(late: TimeSpan.FromSeconds(_dice.Next(2) * _dice.Next(60)), moves: false); break;
            default: Edit(late: default, moves: true); break;
        }
    }

    void Add(DateTimeOffset stamp) => Save(Math.Max(App.Records.LastId, _unseen.Select(static u => u.Id).DefaultIfEmpty(0).Max()) + 1 + (_dice.Next(20) == 0 ? _dice.Next(300) : 0), stamp);

    void Save(long id, DateTimeOffset stamp)
    {
        var truth = new Truth(1, Minute(stamp), $"件 {++_subjects}", _dice.Next(3) == 0 ? Closed : Open);
        App.Add(Values(truth), createdTime: stamp, updatedTime: stamp, id: id);
        _records[id] = truth;
    }

    void Edit(TimeSpan late, bool moves)
    {
        if (Any() is not { } id) return;
        var old = _records[id];
        var stamp = _now() - late;
        if (string.CompareOrdinal(Minute(stamp), old.UpdatedAt) < 0) stamp = _now();
        var truth = new Truth(old.Revision + 1, Minute(stamp), $"件 {++_subjects}", moves ? (old.IsOpen ? Closed : Open) : old.Visibility);
        App.Edit(id, Values(truth), updatedTime: stamp);
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

    static JsonObject Values(Truth truth) => new() { [Subject] = truth.Subject, [Visibility] = truth.Visibility };

    static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm':00Z'", System.Globalization.CultureInfo.InvariantCulture);
}
