using KintoneSource.Catalog;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Forms;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;
using KintoneSource.Reading.Files;
using KintoneSource.Reading.States;

namespace KintoneSource.Reading.Apps;

/// <summary>
/// What the streams of an app are to read: from the catalog, their states, and what Kintone says now. The same with the form and without it.
/// </summary>
sealed class AppPlanner(KintoneApp app, AppOptions options, MessageWriter writer, SyncClock clock)
{
    /// <summary>
    /// All the streams as one group that goes on from a finished state without the form; null where they do not. Comments are asked for in any case.
    /// </summary>
    public ScanGroup? FinishedGroup(IReadOnlyList<AppStreamRun> streams)
    {
        if (streams[0].IsComments) return null;
        var now = clock.Today(null);
        List<PlannedStream> planned = [];
        foreach (var stream in streams)
        {
            if (stream is not
                {
                    Stream.SyncMode: SyncMode.Incremental,
                    Previous: { Scan: null, Cursor: not null, MaxId: { } maxId, UpdatedTimeField: { } updatedTime } state,
                }) return null;
            // What the form is to be compared with must be the same for all of them: nobody compares it for the one and not for the other.
            if (streams[0].Previous!.Form is var form && (state.Form is null != form is null || (form is not null && state.Form!.Differs(form)))) return null;
            var question = QuestionOf(stream, updatedTime);
            var findsDeleted = options.EmitDeletedRecords && HasDeletedAt(stream);
            var facts = new PlanFacts(now, now, maxId, findsDeleted, null, options.RereadDays);
            planned.Add(new(stream, [], question, RecordsPlan.Make(question, StartOf(stream, findsDeleted), facts), findsDeleted));
        }
        try
        {
            return ScanGroup.Of(planned) is [{ Plan: { Reason: FullReadReason.None, Scan.Since: not null } plan } only]
                && (plan.Previous!.Suspects is null || !only.FindsDeleted) && IdSet.IsReadable(plan.Previous.KnownIds) ? only : null;
        }
        catch (ConfigurationException)
        {
            return null; // a state that cannot be read: whose it is comes to light when each is planned for itself
        }
    }

    /// <summary>What a group whose scans are done does now; null where it has to read everything.</summary>
    public async ValueTask<RecordsPlan?> PlanIdleAsync(ScanGroup group, RecordsHead head, DateTimeOffset? askedAt, CancellationToken ct)
    {
        var facts = await FactsAsync(group.Question, head, null, askedAt, ct);
        var plan = RecordsPlan.Make(group.Question, group.Plan.Previous, facts with { FindsDeleted = group.FindsDeleted });
        if (plan.Reason != FullReadReason.None) return null;
        foreach (var stream in group.Streams) await FindsDeletedAsync(stream.Run, HasDeletedAt(stream.Run), ct);
        return plan;
    }

    /// <summary>A plan of each stream. One whose schema or state is no good ends here, and the others know nothing of it.</summary>
    /// <param name="heads">The newest record, by condition.</param>
    /// <param name="askedAt">Where questions were asked before: how far Kintone's clock was known to be by then.</param>
    public async Task<IReadOnlyList<PlannedStream>> PlanAsync(
        IReadOnlyList<AppStreamRun> streams, Form form, Dictionary<string, Task<RecordsHead>> heads, DateTimeOffset? askedAt,
        Func<AppStreamRun, Exception?, ValueTask> ended, CancellationToken ct)
    {
        // No choice or status shows in a comment.
        var before = streams.Select(static s => s.Previous?.Form).FirstOrDefault(static f => f is not null);
        var mark = streams[0].IsComments ? null : await MarkAsync(form, before, ct);
        // A full refresh goes by another clock than an incremental sync, where answers carry no time.
        var facts = new Dictionary<(string Condition, bool IsIncremental), PlanFacts>();
        var planned = new List<PlannedStream>(streams.Count);
        foreach (var stream in streams)
        {
            try
            {
                EnsureReadable(stream);
                var wanted = StreamColumns.Of(stream.Stream, form, options.Names, options.EmitDeletedRecords, stream.Previous?.Columns);
                if (wanted.Relabelled is { } relabelled)
                    await stream.Output.NoteAsync(LogLevel.Info, "columns keep names that a refresh of the schema would change", relabelled, ct);
                foreach (var warning in wanted.Warnings)
                    await stream.Output.NoteAsync(LogLevel.Warn, "the form of an app and its catalog differ", warning, ct);
                var question = QuestionOf(stream, wanted.UpdatedTime);
                var key = (question.Condition ?? "", question.IsIncremental);
                if (!facts.TryGetValue(key, out var known)) facts[key] = known = await FactsAsync(question, await heads[key.Item1], mark, askedAt, ct);
                var findsDeleted = question.IsIncremental && await FindsDeletedAsync(stream, wanted.Columns.Any(static c => c.Name == Column.DeletedAt), ct);
                var plan = RecordsPlan.Make(question, StartOf(stream, findsDeleted), known with { FindsDeleted = findsDeleted });
                planned.Add(new(stream, wanted.Columns, question, plan, findsDeleted, wanted.Remembered));
            }
            catch (ConnectorException e) when (e is not KintoneException)
            {
                await ended(stream, e);
            }
        }
        return planned;
    }

    public RecordsQuestion QuestionOf(AppStreamRun run, string? updatedTime) =>
        new(run.Stream.SyncMode == SyncMode.Incremental ? updatedTime : null, options.Filter, options.StartDate, run.Stream.GenerationId)
        {
            MinimumGenerationId = run.Stream.MinimumGenerationId,
            EndsWithGeneration = run.Stream.SyncMode == SyncMode.FullRefresh,
            Window = run.IsComments ? options.CommentWindow : default,
            Files = run.BringsFiles ? options.Files.ToString() : null,
        };

    /// <summary>Whether the catalog, without a look at the form, has the column.</summary>
    static bool HasDeletedAt(AppStreamRun stream) => !stream.BringsFiles && stream.Stream.SelectedColumns?.ContainsKey(Column.DeletedAt) != false;

    /// <summary>A stream of rows whose rows nobody knows is in the place of one whose ids nobody knows.</summary>
    static RecordsState? StartOf(AppStreamRun stream, bool findsDeleted) =>
        findsDeleted && stream is { HasRows: true, Previous: { KnownRows: null } state } ? state with { KnownIds = null } : stream.Previous;

    /// <exception cref="ConfigurationException">What the stream's own state holds as text is damaged; the message names the stream.</exception>
    static void EnsureReadable(AppStreamRun stream)
    {
        if (stream.Previous is not { } state) return;
        try
        {
            foreach (var ids in (string?[])[state.KnownIds, state.Suspects, state.Reappeared])
                if (ids is not null) IdSet.Decode(ids);
            if (state.KnownRows is { } rows) KnownRows.Decode(rows);
            if (state.FetchedFiles is { } files) FetchedFiles.Decode(files);
        }
        catch (ConfigurationException e)
        {
            throw new ConfigurationException(string.Concat(stream.Stream.Name, ": ", e.Message), e);
        }
    }

    async Task<PlanFacts> FactsAsync(RecordsQuestion question, RecordsHead head, FormMark? mark, DateTimeOffset? askedAt, CancellationToken ct)
    {
        var now = clock.Today(head.ServerTime);
        var started = question.UpdatedTime is { } updatedTime
            ? await clock.StartAsync(
                head.ServerTime, token => askedAt is null ? app.ReadNewestUpdateAsync(updatedTime, token) : Task.FromResult(askedAt), writer, ct)
            : now;
        // Where answers carry no time, no scan started later than what was known before its first question.
        if (question.IsIncremental && !clock.IsUsable(head.ServerTime) && askedAt < started) started = askedAt.Value;
        return new(started, now, head.MaxId, FindsDeleted: false, mark, options.RereadDays);
    }

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

    /// <summary>A tombstone without its mark would be a record of nulls: without that column there are none.</summary>
    async ValueTask<bool> FindsDeletedAsync(AppStreamRun stream, bool hasDeletedAt, CancellationToken ct)
    {
        if (!options.EmitDeletedRecords || stream.BringsFiles) return false;
        if (hasDeletedAt) return true;
        await stream.Output.NoteAsync(LogLevel.Warn, $"deleted records are not looked for without the column {Column.DeletedAt}",
            $"{stream.Stream.Name}: deleted records are not looked for, because the column {Column.DeletedAt} is not selected. Select it (refresh the "
                + "schema if it is not offered), or set emit_deleted_records to false.", ct);
        return false;
    }
}
