using System.Buffers;
using System.Collections.Concurrent;
using KintoneSource.Catalog;
using KintoneSource.Protocol;
using KintoneSource.Reading.Output;
using KintoneSource.Reading.States;

namespace KintoneSource.Reading.Audit;

/// <summary>
/// The stream <c>sync_audit</c>: gathers what there is to say of each stream of an app, and writes it when all the others have ended. It asks Kintone
/// for nothing. A sync that is killed has no rows; one that is asked to stop has those of the streams that were begun.
/// </summary>
sealed class SyncAudit
{
    readonly ConcurrentDictionary<StreamOutput, StreamAudit> _streams = new();
    readonly string _syncId;
    readonly string _version;
    readonly TimeProvider _time;
    readonly Func<DateTimeOffset> _clock;
    readonly DateTimeOffset _now;
    readonly AuditState _before = AuditState.Empty;
    readonly ConfigurationException? _problem;
    readonly HashSet<string> _all;
    readonly string _selection;

    SyncAudit(ConfiguredCatalog catalog, ConfiguredStream stream, InputState states, string version, TimeProvider time, Func<DateTimeOffset> clock)
    {
        (Stream, _version, _time, _clock, _now) = (stream, version, time, clock, clock());
        _syncId = Guid.CreateVersion7(_now).ToString();
        _all = catalog.Streams.Where(static s => AppStreamName.Parse(s.Name) is not null).Select(static s => s.Name).ToHashSet(StringComparer.Ordinal);
        _selection = AuditState.SelectionOf(_all);
        try
        {
            if (stream.Problem is { } problem) throw new ConfigurationException(problem);
            // A full refresh holds a row of every stream: the destination keeps none of an earlier sync.
            if (stream.SyncMode == SyncMode.Incremental) _before = AuditState.Parse(states.Of(stream.Name)).For(_selection);
        }
        catch (ConfigurationException e)
        {
            _problem = e; // told when it is its turn: the other streams go on
        }
    }

    /// <summary>Null where the catalog does not ask for it.</summary>
    /// <param name="clock">By which records get the time when they were emitted.</param>
    public static SyncAudit? Of(ConfiguredCatalog catalog, InputState states, string version, TimeProvider time, Func<DateTimeOffset> clock) =>
        catalog.Streams.FirstOrDefault(IsOf) is { } stream ? new(catalog, stream, states, version, time, clock) : null;

    public static bool IsOf(ConfiguredStream stream) => stream.Name == ResourceStreams.SyncAudit.Name;

    public ConfiguredStream Stream { get; }

    /// <summary>A stream of an app is about to be read.</summary>
    public StreamAudit Begin(StreamOutput output, long app) =>
        _streams[output] = new(output, app, _time, _before, _now);

    /// <summary>It has ended, however it did; nothing where it is no stream of an app.</summary>
    public void End(StreamOutput output, TraceError? failure)
    {
        if (_streams.TryGetValue(output, out var stream)) stream.End(Ending(), failure);
    }

    /// <summary>Not before any line of what has ended; tombstones are a millisecond later than rows.</summary>
    DateTimeOffset Ending() => _clock().AddMilliseconds(1);

    /// <param name="output">Of this stream alone.</param>
    /// <param name="use">What is known of an app.</param>
    /// <param name="mask">Rows are no messages, which the writer masks.</param>
    /// <exception cref="ConfigurationException">The catalog or the state is no good.</exception>
    public async Task WriteAsync(SharedOutput output, Func<long, AppUse> use, SecretMask mask, CancellationToken ct)
    {
        if (_problem is not null) throw _problem;
        var (envelope, lines, selected) = (new RecordEnvelope(Stream.Descriptor, Ending()), new ArrayBufferWriter<byte>(), Stream.SelectedColumns);
        var now = Ending();
        var rows = _streams.Values.Where(static s => s.Kind != SyncKind.NothingChanged || s.Outcome != SyncOutcome.Complete || s.IsIdleWanted)
            .Select(s => new AuditRow(_syncId, _version, s, use(s.App), s.FinishedAt ?? now, s.Message is { } message ? mask.Apply(message) : null))
            .OrderBy(static r => r.FinishedAt).ThenBy(static r => r.Of.Output.Stream.Name, StringComparer.Ordinal).ToArray();
        foreach (var row in rows) envelope.Write(lines, row.ToJson(selected).Utf8.Span, []);
        var after = After(rows).ToJson();
        if (rows.Length > 0)
        {
            await output.RunAsync(ct);
            await output.CommitAsync(() => new([new(output.Streams[0], lines.WrittenMemory, rows.Length)], static () => { }), () => [after], ct);
        }
        await output.CheckpointAsync(() => [after], ct);
    }

    AuditState After(AuditRow[] rows)
    {
        var unsettled = _before.Unsettled.Where(_all.Contains).ToHashSet(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (row.Of.IsUnsettled) unsettled.Add(row.Of.Output.Stream.Name);
            else unsettled.Remove(row.Of.Output.Stream.Name);
        }
        // Where the sync was stopped, streams may be left that had no turn.
        var isWhole = _streams.Count == _all.Count && _streams.Values.All(static s => s.FinishedAt is not null);
        var cursor = rows.Length > 0 ? rows[^1].FinishedAt : _before.Cursor;
        var synced = _streams.Values.Select(static s => s.SyncedAt).Append(_before.SyncedAt).Max();
        return new(
            cursor, isWhole ? RequestUse.DayOf(_now) : _before.IdleRowsOn, isWhole ? _selection : _before.Selection, synced, unsettled);
    }
}
