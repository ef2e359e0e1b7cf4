using System.Collections.Immutable;
using KintoneSource.Catalog;
using KintoneSource.Kintone;
using KintoneSource.Protocol;

namespace KintoneSource.Reading;

/// <summary>How one app's records are wanted, whatever the catalog says.</summary>
/// <param name="Filter">The user's condition, checked; null for all records.</param>
sealed record RecordsOptions(string? Filter, DateTimeOffset? StartDate, bool EmitDeletedRecords, ColumnNames Names);

/// <summary>
/// Syncs the records stream of one app: form and newest record, the scan, what was deleted, the final state. However it
/// ends, the last STATE says what is left.
/// </summary>
sealed class RecordsReader(
    KintoneApp app, ConfiguredStream stream, RecordsOptions options, StreamOutput output, AdaptiveLimiter limiter, SyncClock clock, Progress progress, TimeProvider time)
{
    /// <summary>Kintone's limit of the field list in a query string; more columns than that are read whole.</summary>
    const int MostFields = 99;

    static readonly TimeSpan s_betweenSyncs = TimeSpan.FromMinutes(15);

    public async Task ReadAsync(RecordsState? previous, CancellationToken ct)
    {
        var headFirst = options.StartDate is null ? app.ReadHeadAsync(options.Filter, ct) : null; // one round trip less
        Form form;
        try { form = await app.ReadResourceAsync("app/form/fields", "app", static answer => Form.Parse(answer.Body.Memory), ct); }
        catch
        {
            if (headFirst is not null) await ((Task)headFirst).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        var layout = StreamLayout.Of(stream, form, options.Names, options.EmitDeletedRecords);
        foreach (var warning in layout.Warnings) await output.LogAsync(LogLevel.Warn, warning, ct);

        var question = new RecordsQuestion(
            stream.SyncMode == SyncMode.Incremental ? layout.UpdatedTime : null, options.Filter, options.StartDate, stream.GenerationId);
        var head = headFirst is not null && question.Condition == RecordQuery.And(options.Filter)
            ? await headFirst : await app.ReadHeadAsync(question.Condition, ct);
        await WarnIfTooSoonAsync(previous, head.ServerTime ?? time.GetUtcNow(), ct);
        var started = await clock.StartAsync(head.ServerTime, output, ct);
        var findsDeleted = question.IsIncremental && await FindsDeletedAsync(layout.Columns, ct);
        var plan = RecordsPlan.Make(question, previous, started, head.MaxId, findsDeleted);
        if (plan.LacksKnownIds)
        {
            await output.LogAsync(LogLevel.Info,
                $"{stream.Name}: deleted records are looked for from this sync on, which therefore reads all records once. Of those that were deleted before, nothing is known: refresh the stream (and remove its records) where they matter.", ct);
        }

        var sync = new RecordsSync(app, question, plan, head, layout.Columns, FieldsOf(layout.Columns, form), findsDeleted, output, limiter, clock, progress, time);
        await sync.RunAsync(ct);
    }

    /// <summary>A tombstone without its mark would be a record of nulls: without that column there are none.</summary>
    async ValueTask<bool> FindsDeletedAsync(ImmutableArray<Column> columns, CancellationToken ct)
    {
        if (!options.EmitDeletedRecords) return false;
        if (columns.Any(static c => c.Name == Column.DeletedAt)) return true;
        await output.LogAsync(LogLevel.Warn,
            $"{stream.Name}: deleted records are not looked for, because the column {Column.DeletedAt} is not selected. Select it (refresh the schema if it is not offered), or set emit_deleted_records to false.", ct);
        return false;
    }

    /// <summary>Kintone asks for at most one sync in 15 minutes; a scan that goes on from where it was cut off is the same sync.</summary>
    async ValueTask WarnIfTooSoonAsync(RecordsState? previous, DateTimeOffset now, CancellationToken ct)
    {
        if (previous is { Scan: null, SyncedAt: { } synced } && now - synced < s_betweenSyncs)
        {
            await output.LogAsync(LogLevel.Warn,
                $"{stream.Name}: the previous sync started {Math.Max(0, (now - synced).TotalMinutes):0} minutes ago. Schedule syncs 15 minutes apart or more: Kintone limits requests per app and day, and people share them.", ct);
        }
    }

    /// <summary>The fields to ask for when the user left columns out; null where that would be all of them anyway.</summary>
    static string[]? FieldsOf(ImmutableArray<Column> columns, Form form)
    {
        var wanted = columns.Select(static c => c.Source).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var inRecords = form.Fields.Where(static f => f.Enabled && FieldSchema.KindOf(f) is not null).Select(static f => f.Code).ToArray();
        if (inRecords.All(wanted.Contains)) return null;
        string[] fields = ["$id", "$revision", .. inRecords.Where(wanted.Contains)];
        return fields.Length <= MostFields ? fields : null;
    }
}
