using System.Text.Json;

namespace KintoneSource.Tests.Simulation;

/// <summary>The rows of <c>sync_audit</c> as a destination has them, and the question that they answer: does it hold what it must?</summary>
sealed class Audits
{
    public const string Stream = "sync_audit";

    readonly List<JsonElement> _pending = [];
    readonly Dictionary<string, JsonElement> _latest = new(StringComparer.Ordinal);
    readonly HashSet<(string, string)> _keys = [];

    /// <summary>Streams of which lines have come since their last row, and a STATE behind them.</summary>
    readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    /// <summary>Streams of which lines have come that no STATE stands behind so far.</summary>
    readonly HashSet<string> _open = new(StringComparer.Ordinal);

    /// <summary>Takes every message of a run, in their order; when it is over, <see cref="Forget"/>.</summary>
    public void Apply(Message message)
    {
        if (message.Stream is not { } stream) return;
        if (stream != Stream)
        {
            if (message.Type == "RECORD") _open.Add(stream);
            else if (_open.Remove(stream)) _changed.Add(stream);
            return;
        }
        if (message.Type == "RECORD") _pending.Add(message.Json.GetProperty("record").GetProperty("data"));
        if (message.Type != "STATE") return;
        foreach (var row in _pending)
        {
            Assert.True(_keys.Add((Text(row, "sync_id")!, StreamOf(row))), "a key comes twice");
            _latest[StreamOf(row)] = row;
            _changed.Remove(StreamOf(row));
        }
        _pending.Clear();
    }

    /// <summary>The run is over; what it wrote behind its last STATE comes again.</summary>
    public void Forget()
    {
        _pending.Clear();
        _open.Clear();
    }

    /// <summary>The stream's data is cleared.</summary>
    public void Clear(string stream) => _latest.Remove(stream);

    /// <summary>The last row of a stream.</summary>
    public JsonElement? Of(string stream) => _latest.TryGetValue(stream, out var row) ? row : null;

    /// <summary>What the destination holds is what the last row of each stream says, unless a line of a later sync has come since.</summary>
    /// <param name="isOneClock">Kintone's answers tell the time, and it is this machine's: then such a line tells by when it was emitted.</param>
    public void AssertHeld(Destination destination, bool isOneClock)
    {
        if (isOneClock)
            foreach (var (stream, row) in Certain)
                Assert.Equal(_changed.Contains(stream), destination.LastEmitted(stream) > row.GetProperty("finished_at").GetDateTimeOffset());
        AssertHeld(destination.Keys, destination.Newest.ToString());
    }

    /// <param name="held">The keys of the rows of a stream that are there.</param>
    public void AssertHeld(Func<string, IEnumerable<RowKey>> held, string destination)
    {
        foreach (var (stream, row) in Certain.Where(row => !_changed.Contains(row.Stream)))
        {
            RowKey[] keys = [.. held(stream)];
            var greatest = keys.Length == 0 ? default(long?) : keys.Max(static key => key.Row > 0 ? key.Row : key.Id);
            var there = (keys.Length, keys.Sum(static key => key.Id + key.Row), greatest);
            var expected = (Number(row, "rows_expected"), Number(row, "ids_sum"), Number(row, "ids_max"));
            Assert.True(there == expected, $"{destination} holds {there} of {stream}, and should: {row}");
        }
    }

    IEnumerable<(string Stream, JsonElement Row)> Certain =>
        _latest.Where(static row => Number(row.Value, "rows_expected") is not null).Select(static row => (row.Key, row.Value));

    /// <summary>
    /// Nothing is left open that a sync knew: to give no number is never wrong, and no use. And whatever stream has got lines has a row since.
    /// </summary>
    /// <param name="refused">The stream of which something was not shown in this run: it is certain with the next one.</param>
    public void AssertCertain(SyncRun run, World world, string? refused = null)
    {
        foreach (var row in Rows(run))
        {
            var isRead = Text(row, "kind") == "full_refresh" || (world.EmitDeletedRecords && Text(row, "kind") != "resumed");
            var isKnown = Text(row, "outcome") == "complete" && Text(row, "reason") != "deleted_records_wanted" && isRead;
            // A record that was listed and hid before its page came is left to the next sync.
            var leavesSome = run.Messages.LastOrDefault(m => m.Type == "STATE" && m.Stream == StreamOf(row))?.Json.GetRawText()
                .Contains("\"unseen_ids\"", StringComparison.Ordinal) == true;
            Assert.True((isKnown && !leavesSome && StreamOf(row) != refused) == (Number(row, "rows_expected") is not null), row.ToString());
        }
        if (run.ExitCode is null) return;
        Assert.DoesNotContain(world.Streams, _changed.Contains);
    }

    /// <summary>Those of one sync.</summary>
    public static IEnumerable<JsonElement> Rows(SyncRun run) =>
        run.Messages.Where(static m => m is { Type: "RECORD", Stream: Stream }).Select(static m => m.Json.GetProperty("record").GetProperty("data"));

    /// <summary>Each stream of a run with some columns of its row.</summary>
    public static string Cells(Run run, params string[] columns)
    {
        return string.Join('\n', run.Records(Stream).Select(row => $"{StreamOf(row)}: {string.Join(", ", columns.Select(c => Cell(row, c)))}"));

        static string Cell(JsonElement row, string column) => row.GetProperty(column).ToString() is { Length: > 0 } text ? text : "null";
    }

    public static string StreamOf(JsonElement row) => Text(row, "stream")!;

    public static long? Number(JsonElement row, string column) => row.GetProperty(column) is { ValueKind: JsonValueKind.Number } number ? number.GetInt64() : null;

    public static string? Text(JsonElement row, string column) => row.GetProperty(column).GetString();
}
