using KintoneSource.Catalog;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Forms;
using KintoneSource.Kintone.Http;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;
using KintoneSource.Reading.Files;
using KintoneSource.Reading.Output;
using KintoneSource.Reading.States;

namespace KintoneSource.Reading.Apps;

/// <summary>How one app is wanted, whatever the catalog says.</summary>
/// <param name="Filter">The user's condition, checked; null for all records.</param>
/// <param name="GuardPercent">So much of an app may vanish at once without a question.</param>
/// <param name="RereadDays">After so many days incremental streams read all records once more; 0 for never.</param>
/// <param name="Files">Which files' contents are wanted, of streams that bring them.</param>
/// <param name="Staging">Opens the folder for them.</param>
/// <param name="CommentWindow">Comments of records that were changed within so long are looked at in every incremental sync.</param>
sealed record AppOptions(
    string? Filter, DateTimeOffset? StartDate, bool EmitDeletedRecords, int GuardPercent, int RereadDays, TimeSpan CommentWindow, ColumnNames Names,
    FileLimits Files, Func<StagingFolder> Staging)
{
    /// <summary>The credentials may ask what may be viewed of a record.</summary>
    public bool MayEvaluate { get; init; }
}

/// <summary>
/// Syncs the streams of one app that hang on its records: what is to be read, one scan for all that start from the same point, what was deleted,
/// the final states. However it ends, the last STATE of each stream says what is left.
/// </summary>
/// <param name="ended">Hears of each stream that has come to its end, with what went wrong: the others go on.</param>
sealed class AppReader(
    KintoneApp app, AppOptions options, MessageWriter writer, AdaptiveLimiter limiter, SyncClock clock, TimeProvider time, Func<AppStreamRun, Exception?,
    ValueTask> ended)
{
    static readonly TimeSpan s_betweenSyncs = TimeSpan.FromMinutes(15);

    readonly AppPlanner _planner = new(app, options, writer, clock);

    /// <summary>Before the records: the form, and the newest record with the count.</summary>
    const int RequestsBefore = 2;

    /// <param name="streams">At least one; comments and files have a reader of their own.</param>
    /// <param name="counted">Gives the newest record and the count under the filter alone, where somebody has asked for them already.</param>
    /// <exception cref="ConnectorException">Nothing can be read of the app: no stream has ended.</exception>
    public async Task ReadAsync(IReadOnlyList<AppStreamRun> streams, Func<Task<RecordsHead>>? counted, CancellationToken ct)
    {
        foreach (var stream in streams)
            if (stream.Previous?.NewestUpdate is { } newest) clock.ObserveUpdate(newest);
        var askedAt = clock.Known;
        var learned = _planner.FinishedGroup(streams) is { } group ? await IdleCheck.RunAsync(app, group, ct) : null;
        if (learned is not null) learned = learned with { AskedAt = askedAt ?? learned.Group.Plan.Previous!.Cursor };
        try
        {
            if (learned is { IsIdle: true } && await TryFinishIdleAsync(learned, ct)) return;
            var (form, heads) = await ReadFormAsync(streams, learned, counted, ct);
            var groups = ScanGroup.Of(await _planner.PlanAsync(streams, form, heads, learned?.AskedAt, ended, ct));
            var portion = streams[0].Output.Portion;
            portion.Expect(RequestsBefore + groups.Sum(g => RequestsOf(AppScan.Estimate(g.Plan, heads[g.Question.Condition ?? ""].Result) ?? 0,
                app.PageSize)));
            portion.Reach(RequestsBefore);
            await Task.WhenAll(groups.Select(g => RunAsync(g, form, heads[g.Question.Condition ?? ""].Result, learned, ct)));
        }
        finally { learned?.Page?.Dispose(); }
    }

    /// <summary>What a scan of so many records takes, about.</summary>
    static long RequestsOf(long records, int pageSize) => Math.Max(1, (records + pageSize - 1) / pageSize);

    /// <summary>What an app takes that is read from the start.</summary>
    public static long RequestsFor(long records, int pageSize) => RequestsBefore + RequestsOf(records, pageSize);

    /// <summary>Moves the states on; false where there is something to do after all.</summary>
    async ValueTask<bool> TryFinishIdleAsync(IdleCheckResult idle, CancellationToken ct)
    {
        var (group, head) = (idle.Group, idle.Head);
        var output = Share(group);
        if (await _planner.PlanIdleAsync(group, head, idle.AskedAt, ct) is not { } plan) return false;
        await WarnIfTooSoonAsync(output, plan.Previous, head.ServerTime, ct);
        var now = clock.Today(head.ServerTime);
        var before = RequestUse.Latest(group.Streams.Select(static s => s.Run.Previous?.Requests));
        var state = plan.IdleState(group.Question, head.MaxId, now, isCounted: group.FindsDeleted) with
        {
            Requests = RequestUse.After(before, now, app.Requests, readsAll: false, isResumed: false),
        };
        ScanAudit.NoteIdle(group, state, head);
        await output.CheckpointAsync(() => [.. group.Streams.Select(s => s.StateOf(state).ToJson())], ct);
        foreach (var stream in group.Streams) await ended(stream.Run, null);
        return true;
    }

    async Task<(Form Form, Dictionary<string, Task<RecordsHead>> Heads)> ReadFormAsync(
        IReadOnlyList<AppStreamRun> streams, IdleCheckResult? learned, Func<Task<RecordsHead>>? counted, CancellationToken ct)
    {
        var heads = new Dictionary<string, Task<RecordsHead>>(StringComparer.Ordinal);
        if (learned is not null) heads[learned.Group.Question.Condition ?? ""] = Task.FromResult(learned.Head);
        // Without a start date the condition does not need the form: one round trip less.
        else if (options.StartDate is null) heads[RecordQuery.And(options.Filter) ?? ""] = counted?.Invoke() ?? HeadAsync(RecordQuery.And(options.Filter), ct);
        Form form;
        try { form = await FormWitness.ReadFormAsync(app, ct); }
        catch
        {
            foreach (var head in heads.Values) await ((Task)head).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        foreach (var stream in streams)
        {
            var condition = _planner.QuestionOf(stream, form.UpdatedTime?.Code).Condition;
            if (!heads.ContainsKey(condition ?? "")) heads[condition ?? ""] = HeadAsync(condition, ct);
        }
        await Task.WhenAll(heads.Values);
        return (form, heads);

        // Counting is slow: only where somebody looks at the count.
        Task<RecordsHead> HeadAsync(string? condition, CancellationToken token) => app.ReadHeadAsync(
            condition, token, withCount: options.EmitDeletedRecords
                || streams.Any(static s => s.Stream.SyncMode == SyncMode.FullRefresh || s.Previous?.Cursor is null));
    }

    /// <summary>One scan, or what is left of it, for all streams of a group.</summary>
    async Task RunAsync(ScanGroup group, Form form, RecordsHead head, IdleCheckResult? learned, CancellationToken ct)
    {
        ScanStream[] scanned = [];
        ConnectorException? refused = null;
        ScanAudit.NotePlan(group);
        try
        {
            var output = Share(group);
            await WarnIfTooSoonAsync(output, group.Plan.Previous, head.ServerTime, ct);
            var witness = WitnessOf(group, head);
            if (head.MaxId == 0 && HasSeenRecords(group) && await witness.AskAsync(ct) == AppContents.Doubtful)
            {
                await KeepAsync(output, group, witness, head, ct);
                return;
            }
            if (head.MaxId == 0 && MayEmptyTable(group)) await witness.EnsureEmptyAsync(app.Address.Name, ct);
            await TellAsync(output, group, head, ct);
            var scope = new ScanScope(
                app, form, group.Question, RequestedFields.Of(group.Streams.Select(static s => (s.Run.Name, s.Columns)), form), group.FindsDeleted,
                options.GuardPercent,
                clock.Today(head.ServerTime), witness);
            var early = group.Plan is { Scan.Since: not null, IsResumed: false } && group.Plan.Scan.Since == learned?.Group.Plan.Scan.Since ? learned?.Page
                : null;
            scanned = [.. group.Streams.Select(s => new ScanStream(s, group.Plan))];
            await new AppScan(
                scope, group.Plan, head, scanned, output, limiter, clock, time, early,
                scanned[0].Files is { } fetched ? new(options.Staging(), options.Files, fetched) : null).RunAsync(ct);
        }
        catch (CommentsRefusedException e)
        {
            // Nothing counts as deleted, and the state says what is left: the stream goes on from there when comments may be read.
            foreach (var stream in group.Streams)
            {
                var why = $"{stream.Run.Stream.Name}: comments are not read, because Kintone does not show them. {e.Message}";
                stream.Run.Audit?.Refuse(why);
                await stream.Run.Output.NoteAsync(LogLevel.Warn, "comments are not read", why, ct);
                // Of a full refresh that has brought some of them, a destination would keep those alone.
                if (!group.Question.IsIncremental && (group.Plan.IsResumed || stream.Run.Output.Records > 0)) refused = e;
            }
        }
#pragma warning disable CA1031 // whatever it is, the app's other streams go on; who hears of it says what it was
        catch (Exception e) when (e is not OutputException && !ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            foreach (var stream in group.Streams) await ended(stream.Run, e);
            return;
        }
        foreach (var stream in group.Streams) await ended(stream.Run, refused ?? scanned.FirstOrDefault(s => s.Run == stream.Run)?.Failure);
    }

    EmptyAppWitness WitnessOf(ScanGroup group, RecordsHead head)
    {
        var previous = group.Plan.Previous;
        return new(
            new AppEvidence(app, options.MayEvaluate),
            () => previous is not null && KnownIn(previous) is { Count: > 0 } known ? [known.Min, known[known.Count / 2], known.Max]
                : head.MaxId > 0 ? [head.MaxId]
                : LastSeen(group.Plan) is > 0 and var last ? [last] : [], // of a stream that keeps no ids: the newest record of its scan
            previous?.EmptySince, clock.Today(head.ServerTime), EmptyAppWitness.Patience(options.RereadDays));
    }

    /// <summary>A full refresh is not kept where it stands: it would end as if it had been read whole.</summary>
    static bool HasSeenRecords(ScanGroup group) =>
        group.Plan.Previous is { } previous && (KnownIn(previous).Count > 0 || (group.Question.IsIncremental && LastSeen(group.Plan) > 0));

    /// <summary>What this sync brings takes the place of what was there: a full refresh, or one that a platform makes of an incremental stream.</summary>
    static bool MayEmptyTable(ScanGroup group) =>
        group.Plan.Previous is null && (!group.Question.IsIncremental || group.Streams.Any(static s => s.Run.Stream.StartsEmpty));

    /// <summary>The greatest id that any of the streams has seen: states that are joined go on from the least, and read what lies between.</summary>
    static long LastSeen(RecordsPlan plan) => plan.Scan.Ranges.Select(static r => r.UpTo).Append(plan.Previous?.MaxId ?? 0).Max();

    static IdSet KnownIn(RecordsState state) => state.KnownIds is { } known ? IdSet.Decode(known) : new();

    /// <summary>The app may be closed for now: the states stay as they are, so that what changes meanwhile is read when it opens.</summary>
    async Task KeepAsync(SharedOutput output, ScanGroup group, EmptyAppWitness witness, RecordsHead head, CancellationToken ct)
    {
        var why = witness.Explain(output.Name);
        foreach (var stream in group.Streams) stream.Run.Audit?.Refuse(why);
        await output.NoteAsync(LogLevel.Warn, "an app shows no records any more", why, ct);
        var now = clock.Today(head.ServerTime);
        await output.CheckpointAsync(
            () => [.. group.Streams.Select(s => (s.Run.Previous! with { EmptySince = s.Run.Previous.EmptySince ?? now }).ToJson())], ct);
        foreach (var stream in group.Streams) await ended(stream.Run, null);
    }

    SharedOutput Share(ScanGroup group) => new(
        [.. group.Streams.Select(static s => s.Run.Output)], writer, time,
        group.Streams.Sum(static s => s.Run.Previous is { } state ? (state.KnownIds?.Length ?? 0) + (long)(state.KnownRows?.Length ?? 0)
            + (state.FetchedFiles?.Length ?? 0) : 0));

    async ValueTask TellAsync(SharedOutput output, ScanGroup group, RecordsHead head, CancellationToken ct)
    {
        var plan = group.Plan;
        if (plan.LeavesOldValues)
        {
            await output.NoteAsync(LogLevel.Warn, "choices or statuses have changed and full_reread_days is 0",
                $"{output.Name}: the choices of a field or the statuses of the process have changed. Records may show other values now without having been "
                    + "changed, and full_reread_days is 0: refresh the stream where that matters.", ct);
        }
        var why = plan.Reason switch
        {
            FullReadReason.ConditionChanged => "the filter or the start date is another one",
            FullReadReason.NewGeneration => "the destination starts a new generation",
            FullReadReason.KnownIdsMissing =>
                "deleted records are looked for from this sync on (of those that were deleted before, nothing is known: refresh the stream, and remove its "
                    + "records, where they matter)",
            FullReadReason.FilesWanted => "the contents of files are wanted that no sync so far has fetched",
            FullReadReason.FormChanged => "the choices of a field or the statuses of the process have changed, which changes records without an update time",
            FullReadReason.Periodic =>
                $"the last time was {Quantity.Of(options.RereadDays, "day")} ago or more (full_reread_days), and not every change moves an update time",
            _ => null,
        };
        if (why is null) return;
        var cost = head.Count is { } count
            ? $", {Quantity.Number(count)} of them in about "
                + Quantity.Of(((count + app.PageSize - 1) / app.PageSize) + (group.HasComments ? count : 0), "request")
            : "";
        await output.NoteAsync(LogLevel.Info, "this sync reads all records of an app once",
            $"{output.Name}: this sync reads all records once{cost}, because {why}.", ct);
    }

    /// <summary>Kintone asks for at most one sync in 15 minutes; a scan that goes on from where it was cut off is the same sync.</summary>
    async ValueTask WarnIfTooSoonAsync(SharedOutput output, RecordsState? previous, DateTimeOffset? serverTime, CancellationToken ct)
    {
        var now = clock.Today(serverTime);
        if (previous is { Scan: null, SyncedAt: { } synced } && (now - synced).Duration() < s_betweenSyncs)
        {
            var minutes = Quantity.Of((long)Math.Max(0, (now - synced).TotalMinutes), "minute");
            await output.NoteAsync(LogLevel.Warn, "the previous sync started less than 15 minutes ago",
                $"{output.Name}: the previous sync started {minutes} ago. Schedule syncs 15 minutes apart or more: Kintone limits requests per app and day, "
                    + "and people share them.", ct);
        }
    }
}
