using System.Collections.Immutable;
using System.Globalization;
using KintoneSource.Catalog;
using KintoneSource.Kintone;
using KintoneSource.Protocol;

namespace KintoneSource.Reading;

/// <summary>How one app's records are wanted, whatever the catalog says.</summary>
/// <param name="Filter">The user's condition, checked; null for all records.</param>
/// <param name="GuardPercent">So much of an app may vanish at once without a question.</param>
/// <param name="RereadDays">After so many days an incremental stream reads all records once more; 0 for never.</param>
sealed record RecordsOptions(string? Filter, DateTimeOffset? StartDate, bool EmitDeletedRecords, int GuardPercent, int RereadDays, ColumnNames Names);

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

        var question = Question(layout);
        var head = headFirst is not null && question.Condition == RecordQuery.And(options.Filter)
            ? await headFirst : await app.ReadHeadAsync(question.Condition, ct);
        var now = clock.Today(head.ServerTime);
        await WarnIfTooSoonAsync(previous, now, ct);
        var findsDeleted = question.IsIncremental && await FindsDeletedAsync(layout.Columns, ct);
        var plan = RecordsPlan.Make(question, previous, await FactsAsync(question, previous, head, now, form, findsDeleted, ct));
        await TellAsync(plan, head, ct);

        var scope = new SyncScope(
            app, question, layout.Columns, FieldsOf(layout.Columns, form), findsDeleted, options.GuardPercent, now);
        await new RecordsSync(scope, plan, head, output, limiter, clock, progress, time).RunAsync(ct);
    }

    RecordsQuestion Question(StreamLayout layout) =>
        new(stream.SyncMode == SyncMode.Incremental ? layout.UpdatedTime : null, options.Filter, options.StartDate, stream.GenerationId)
        {
            MinimumGenerationId = stream.MinimumGenerationId,
            EndsWithGeneration = stream.SyncMode == SyncMode.FullRefresh,
        };

    async Task<PlanFacts> FactsAsync(RecordsQuestion question, RecordsState? previous, RecordsHead head, DateTimeOffset now, Form form, bool findsDeleted, CancellationToken ct) =>
        question.UpdatedTime is not { } updatedTime
            ? new(now, now, head.MaxId, findsDeleted)
            : new(
                await clock.StartAsync(head.ServerTime, token => app.ReadNewestUpdateAsync(updatedTime, token), output, ct),
                now, head.MaxId, findsDeleted, await MarkAsync(form, previous?.Form, ct), options.RereadDays);

    /// <summary>What the form says of values that change unseen. The process costs a request, and only after the app's settings were changed.</summary>
    async Task<FormMark> MarkAsync(Form form, FormMark? before, CancellationToken ct)
    {
        var mark = FormMark.Of(form) with { Statuses = before?.Statuses ?? "" };
        if (mark.Revision.Length == 0 || mark.Revision == before?.Revision) return mark;
        if (!form.Fields.Any(static f => f is { Type: FieldType.Status, Enabled: true })) return mark with { Statuses = FormMark.NoProcess };
        try
        {
            return mark with { Statuses = await app.ReadResourceAsync("app/status", "app", static answer => FormMark.StatusesOf(answer.ToJson()), ct) };
        }
        catch (KintoneException e) when (e.IsOfOneResource)
        {
            return mark; // who may not see the process learns of renamed statuses by the next periodic re-read
        }
    }

    async ValueTask TellAsync(RecordsPlan plan, RecordsHead head, CancellationToken ct)
    {
        if (plan.LeavesOldValues)
        {
            await output.LogAsync(LogLevel.Warn,
                $"{stream.Name}: the choices of a field or the statuses of the process have changed. Records may show other values now without having been changed, and full_reread_days is 0: refresh the stream where that matters.", ct);
        }
        var why = plan.Reason switch
        {
            FullReadReason.ConditionChanged => "the filter or the start date is another one",
            FullReadReason.NewGeneration => "the destination starts a new generation",
            FullReadReason.KnownIdsMissing =>
                "deleted records are looked for from this sync on (of those that were deleted before, nothing is known: refresh the stream, and remove its records, where they matter)",
            FullReadReason.FormChanged => "the choices of a field or the statuses of the process have changed, which changes records without an update time",
            FullReadReason.Periodic => $"the last time was {options.RereadDays} days ago or more (full_reread_days), and not every change moves an update time",
            _ => null,
        };
        if (why is null) return;
        var cost = head.Count is { } count
            ? string.Create(CultureInfo.InvariantCulture, $", {count:N0} of them in about {(count + app.PageSize - 1) / app.PageSize:N0} requests")
            : "";
        await output.LogAsync(LogLevel.Info, $"{stream.Name}: this sync reads all records once{cost}, because {why}.", ct);
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
        if (previous is { Scan: null, SyncedAt: { } synced } && (now - synced).Duration() < s_betweenSyncs)
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
