using System.Text.Json;

namespace KintoneSource.Tests.Simulation;

/// <summary>The rows of <c>sync_audit</c> as a destination has them, and the question that they answer: does it hold what it must?</summary>
sealed class Audits
{
    public const string Stream = "sync_audit";

    readonly List<JsonElement> _pending = [];
    readonly Dictionary<string, JsonElement> _latest = new(StringComparer.Ordinal);
    readonly HashSet<(string, string)> _keys = [];

    /// <summary>Streams of which lines have come since their last row.</summary>
    readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    public void Apply(Message message)
    {
        if (message.Stream != Stream) return;
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

    /// <summary>The destination takes lines of a stream.</summary>
    public void Take(string stream) => _changed.Add(stream);

    /// <summary>The run is over; what it wrote behind its last STATE comes again.</summary>
    public void Forget() => _pending.Clear();

    /// <summary>The stream's data is cleared.</summary>
    public void Clear(string stream) => _latest.Remove(stream);

    /// <summary>The last row of a stream.</summary>
    public JsonElement? Of(string stream) => _latest.TryGetValue(stream, out var row) ? row : null;

    /// <summary>What the destination holds is what the last row of each stream says, unless a line of a later sync has come since.</summary>
    /// <param name="isOneClock">Kintone's answers tell the time, and it is this machine's: then such a line tells by when it was emitted.</param>
    public void AssertHeld(Destination destination, bool isOneClock)
    {
        foreach (var (stream, row) in _latest)
        {
            if (Number(row, "rows_expected") is not { } expected) continue;
            if (isOneClock)
                Assert.Equal(_changed.Contains(stream), destination.LastEmitted(stream) > row.GetProperty("finished_at").GetDateTimeOffset());
            if (_changed.Contains(stream)) continue;
            RowKey[] keys = [.. destination.Keys(stream)];
            var greatest = keys.Length == 0 ? default(long?) : keys.Max(static key => key.Row > 0 ? key.Row : key.Id);
            var held = (keys.Length, keys.Sum(static key => key.Id + key.Row), greatest);
            Assert.True(held == (expected, Number(row, "ids_sum"), Number(row, "ids_max")), $"{destination.Newest} holds {held} of {stream}, and should: {row}");
        }
    }

    /// <summary>
    /// Nothing is left open that a sync knew: to give no number is never wrong, and no use. And whatever stream has got lines has a row since.
    /// </summary>
    public void AssertCertain(SyncRun run, World world)
    {
        foreach (var row in Rows(run))
        {
            var isRead = Text(row, "kind") == "full_refresh" || (world.EmitDeletedRecords && Text(row, "kind") != "resumed");
            var isKnown = Text(row, "outcome") == "complete" && Text(row, "reason") != "deleted_records_wanted" && isRead;
            Assert.True(isKnown == (Number(row, "rows_expected") is not null), row.ToString());
        }
        if (run.ExitCode is null) return;
        Assert.DoesNotContain(world.Streams, _changed.Contains);
    }

    /// <summary>Those of one sync.</summary>
    public static IEnumerable<JsonElement> Rows(SyncRun run) =>
        run.Messages.Where(static m => m is { Type: "RECORD", Stream: Stream }).Select(static m => m.Json.GetProperty("record").GetProperty("data"));

    public static string StreamOf(JsonElement row) => Text(row, "stream")!;

    public static long? Number(JsonElement row, string column) => row.GetProperty(column) is { ValueKind: JsonValueKind.Number } number ? number.GetInt64() : null;

    public static string? Text(JsonElement row, string column) => row.GetProperty(column).GetString();
}
