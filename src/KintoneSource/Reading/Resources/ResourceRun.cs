using System.Buffers;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;
using KintoneSource.Reading.Output;

namespace KintoneSource.Reading.Resources;

/// <summary>
/// One stream of <see cref="ResourceStreams"/> in this sync: how it asks, and where its rows go. Requests run side by side, rows come in the order of
/// what was asked about. What the credentials may not read is missing, and told in one WARN for each cause with the apps in it; what is wrong with
/// the credentials as such fails the stream.
/// </summary>
/// <param name="output">Of this stream alone.</param>
/// <param name="priority">Streams with a lower number get free slots first.</param>
/// <param name="onRetry">Hears of every wait of this stream.</param>
sealed class ResourceRun(
    KintoneHttp http, ConfiguredStream configured, ResourceStream stream, SharedOutput output, int priority, Func<RetryNotice, ValueTask> onRetry,
    Func<DateTimeOffset> emittedAt)
{
    /// <summary>A stream that is read in one go has nothing to resume from: its one STATE, at its end, says that it was read.</summary>
    static readonly Func<IReadOnlyList<RawJson?>> s_noState = static () => [null], s_read = static () => [new RawJson("{}"u8.ToArray())];

    RecordEnvelope? _envelope;

    public KintoneHttp Http => http;

    public ResourceStream Stream => stream;

    public SharedOutput Output => output;

    /// <summary>Names of the columns to write; null for all.</summary>
    public IReadOnlyCollection<string>? Selected { get; } = configured.SelectedColumns?.Keys.ToHashSet(StringComparer.Ordinal);

    /// <summary>The slots decide what runs at once; twice as many answers may wait for one that is slow.</summary>
    public int Ahead { get; } = 2 * http.Limiter.Ceiling;

    public bool IsSelected(string column) => Selected?.Contains(column) ?? true;

    public KintoneRequest Request(string path, string purpose, AppAddress? app = null) =>
        new(path, purpose) { App = app, Priority = priority, OnRetry = onRetry };

    public KintoneRequest OneApp(AppAddress app) => Request(app.Path(ResourceStreams.OneApp.Path), $"looking up {app.Name}", app).With("id", app.App);

    /// <summary>How an app is set up.</summary>
    public KintoneRequest Setting(AppAddress app, string path) => Request(app.Path(path), $"reading {path} of {app.Name}", app).With("app", app.App);

    /// <summary>Writes the rows of all answers to questions of one kind, and the stream's STATE.</summary>
    /// <param name="noun">What is asked about.</param>
    /// <param name="number">Which one it is.</param>
    public async Task AskAllAsync<T>(
        IReadOnlyCollection<T> questions, string noun, Func<T, long> number, Func<T, CancellationToken, Task<ResourceRow[]>> ask, CancellationToken ct)
    {
        KintoneException? refused = null;
        var isAnyRead = false;
        var refusals = new SameCauses();
        await foreach (var rows in InOrder.SelectAsync(questions, Ahead, AskAsync, ct))
        {
            if (rows is not null) await WriteAsync(rows, ct);
            output.Streams[0].Portion.Do(1);
            isAnyRead |= rows is not null;
        }
        if (!isAnyRead && refused is not null) throw refused; // not one token is any good
        var all = questions.Select(number).Distinct().Count();
        foreach (var cause in refusals.All) await TellAsync(cause, noun, all, ct);
        await CompleteAsync(ct);

        async Task<ResourceRow[]?> AskAsync(T question, CancellationToken token)
        {
            try
            {
                return await ask(question, token);
            }
            catch (KintoneException e) when (e.IsOfOneResource)
            {
                if (e.IsOfTokens) refused = e;
                var told = stream.ForManagers && e.IsOfPrivilege
                    ? e.WithAdvice("This is for those who may manage the app: give the user or token that permission, or leave the stream out.") : e;
                refusals.Add(e.Code ?? $"{e.Status}", number(question), told.Message);
                return null;
            }
        }
    }

    public async Task WriteAsync(IReadOnlyList<ResourceRow> rows, CancellationToken ct)
    {
        if (rows.Count == 0) return;
        await output.RunAsync(ct);
        var lines = new ArrayBufferWriter<byte>();
        _envelope ??= new(output.Streams[0].Stream, emittedAt()); // not earlier: Kintone's first answer tells its clock
        foreach (var row in rows) _envelope.Write(lines, row.Json.Utf8.Span, row.Nulled);
        await output.CommitAsync(() => new([new(output.Streams[0], lines.WrittenMemory, rows.Count)], static () => { }), s_noState, ct);
    }

    /// <summary>Writes the stream's STATE.</summary>
    public ValueTask CompleteAsync(CancellationToken ct) => output.CheckpointAsync(s_read, ct);

    async ValueTask TellAsync(SameCause cause, string noun, int all, CancellationToken ct)
    {
        var isOne = cause.Numbers.Count == 1;
        await output.LogAsync(LogLevel.Warn,
            $"{stream.Name}: rows are missing. {(isOne ? "" : $"{SameCause.Capital(cause.Subjects(noun, all))} are not shown. ")}{cause.Example}", ct);
        if (!isOne) await output.LogAsync(LogLevel.Debug, $"{stream.Name}: not shown ({cause.Key}): {cause.Everyone(noun)}.", ct);
    }
}
