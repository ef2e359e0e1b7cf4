using System.Globalization;
using System.Text.Json;
using KintoneSource.Kintone.Http;
using KintoneSource.Kintone.Memory;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone.Apps;

/// <summary>What one request says of an app's records that match a condition.</summary>
/// <param name="MaxId">The greatest id; 0 where nothing matches.</param>
/// <param name="Count">How many match; null where Kintone did not say.</param>
/// <param name="ServerTime">Kintone's clock when it answered; null where the header was missing.</param>
/// <param name="IsUpdatedTime">Whether the field that was asked for is the update time; null where no field was, or nothing matches.</param>
readonly record struct RecordsHead(long MaxId, long? Count, DateTimeOffset? ServerTime, bool? IsUpdatedTime = null);

/// <summary>Kintone does not show comments of an app: they are off, or the credentials may not read them.</summary>
sealed class CommentsRefusedException(string message, Exception? inner = null) : ConnectorException(message, inner)
{
    public override FailureType FailureType => FailureType.ConfigError;
}

/// <summary>One app's record endpoints, one method each. All answers obey <see cref="KintoneHttp.ReadAsync"/>.</summary>
/// <param name="priority">Apps with a lower number get free slots first.</param>
/// <param name="onRetry">Hears of every wait for this app.</param>
/// <param name="pageSize">How many records one request may ask for.</param>
sealed class KintoneApp(
    KintoneHttp http, AppAddress app, int priority = 0, Func<RetryNotice, ValueTask>? onRetry = null, int pageSize = KintoneApp.LargestPage)
{
    /// <summary>Kintone's own limit for records.json.</summary>
    public const int LargestPage = 500;

    /// <summary>No record ever had it: what Kintone says of a record that is not there.</summary>
    public const long NoRecord = int.MaxValue;

    /// <summary>No id is greater.</summary>
    const long LargestId = (1L << 53) - 1;

    /// <summary>A record may be created between two answers; an answer that contradicts the next one so often is wrong.</summary>
    const int MostContradictions = 3;

    public AppAddress Address => app;

    /// <summary>The same app, whose requests go behind others and ask for fewer records.</summary>
    public KintoneApp AfterOthers(int others, int mostRecords) => new(http, app, priority + others, onRetry, Math.Min(pageSize, mostRecords));

    public int PageSize => pageSize;

    /// <summary>Sent to this app so far, whoever sent them.</summary>
    public long Requests => http.Requests.Of(app.App);

    /// <summary>What the answers share.</summary>
    public AnswerMemory Memory => http.Memory;

    /// <summary>Bytes of a page that leave room for as many others as there may be requests under way.</summary>
    public int ComfortableBody => (int)Math.Clamp(http.Memory.Capacity / (2 * http.Limiter.Ceiling), 256 * 1024, 8 * 1024 * 1024);

    /// <summary>The newest record's id, the number of records and the time, in one request.</summary>
    /// <param name="withCount">Counting makes the request slower.</param>
    /// <param name="updatedTimeField">Shown by the record, so that its type can be looked at.</param>
    public async Task<RecordsHead> ReadHeadAsync(string? condition, CancellationToken ct, bool withCount = true, string? updatedTimeField = null)
    {
        for (var tries = 1; ; tries++)
        {
            var head = await ReadOneHeadAsync(condition, withCount, updatedTimeField, ct);
            // More records than there are ids: either some are counted that may not be seen, or there is a newer one than the newest. A list tells.
            if (!(head.Count > head.MaxId) || await ListIdsAsync(condition, new(head.MaxId, LargestId), 1, ct) is not [var newer]) return head;
            if (tries == MostContradictions)
                throw new UnexpectedResponseException($"Kintone says that record {head.MaxId} is the newest of {Name}, counts {head.Count} and shows record "
                    + $"{newer}: records would be missed. Nothing was read by that answer; the next sync tries again.");
        }
    }

    Task<RecordsHead> ReadOneHeadAsync(string? condition, bool withCount, string? updatedTimeField, CancellationToken ct)
    {
        var request = Request("records", $"looking up the newest record of {Name}")
            .With("query", Join(condition, "order by $id desc limit 1")).With("fields", updatedTimeField is null ? ["$id"] : ["$id", updatedTimeField]);
        if (withCount) request.With("totalCount", "true");
        return http.ReadAsync(
            request,
            answer =>
            {
                var (ids, count) = RecordIds.Read(answer.Bytes);
                if (ids.Length > 1) throw new UnexpectedResponseException($"Kintone answered with {ids.Length} records where the newest was asked for.");
                bool? isUpdatedTime = updatedTimeField is null || ids is [] ? null : RecordTimes.IsUpdatedTime(answer.ToJson(), updatedTimeField);
                return new RecordsHead(ids is [var newest] ? newest : 0, count, answer.ServerTime, isUpdatedTime);
            }, ct);
    }

    /// <summary>The newest update time among all records of the app that the credentials may view; null where there is none.</summary>
    /// <param name="updatedTimeField">The code of the form's field of that type.</param>
    public Task<DateTimeOffset?> ReadNewestUpdateAsync(string updatedTimeField, CancellationToken ct) =>
        http.ReadAsync(
            Request("records", $"looking up the newest change of {Name}")
                .With("query", $"order by {updatedTimeField} desc limit 1").With("fields", [updatedTimeField]),
            answer => RecordTimes.Newest(answer.ToJson(), updatedTimeField), ct);

    /// <summary>How many records match within a range. Asks for one record, because a limit of 0 is not documented.</summary>
    /// <returns>Null where Kintone did not say.</returns>
    public Task<long?> CountAsync(string? condition, IdRange range, CancellationToken ct) =>
        http.ReadAsync(
            Request("records", $"counting records of {Name}")
                .With("query", Join(RecordQuery.And(condition, RecordQuery.InRange(range)), "limit 1")).With("totalCount", "true").With("fields", ["$id"]),
            static answer => RecordIds.Read(answer.Bytes).TotalCount, ct);

    /// <summary>The ids of up to <paramref name="limit"/> matching records of a range, ascending. Fewer than the limit: there are no more.</summary>
    public Task<IReadOnlyList<long>> ListIdsAsync(string? condition, IdRange range, int limit, CancellationToken ct) =>
        http.ReadAsync<IReadOnlyList<long>>(
            Page(condition, range, limit, $"listing record ids {range.After + 1} to {range.UpTo} of {Name}").With("fields", ["$id"]),
            answer =>
            {
                var ids = RecordIds.Read(answer.Bytes).Ids;
                RecordIds.EnsurePage(ids, range, limit);
                return ids;
            }, ct);

    /// <summary>
    /// Up to <paramref name="limit"/> matching records of a range in id order, as <paramref name="read"/> makes them.
    /// </summary>
    /// <param name="fields">Only these field codes; null for all.</param>
    /// <param name="withCount">Asks for the number of all matching records of the range, too.</param>
    /// <exception cref="BodyTooLargeException">There is no memory for so many of them.</exception>
    public Task<T> ReadPageAsync<T>(
        string? condition, IdRange range, int limit, IReadOnlyList<string>? fields, bool withCount, BodyLimit body,
        Func<KintoneAnswer, T> read, CancellationToken ct)
    {
        var request = Page(condition, range, limit, $"reading records {range.After + 1} to {range.UpTo} of {Name}", body);
        if (fields is not null) request.With("fields", fields);
        if (withCount) request.With("totalCount", "true");
        return http.ReadAsync(request, read, ct);
    }

    /// <summary>One matching record, if there is any.</summary>
    public Task<T> ReadAnyAsync<T>(string condition, Func<KintoneAnswer, T> read, CancellationToken ct) =>
        http.ReadAsync(
            Request("records", $"looking for changed records of {Name}").With("query", Join(condition, "limit 1")).With("fields", ["$id"]), read, ct);

    /// <summary>The whole answer of one of the app's other resources, as <c>app/form/fields</c>.</summary>
    /// <param name="hasPage">As <see cref="BodyLimit.HasPage"/>.</param>
    public Task<T> ReadResourceAsync<T>(
        string resource, string idParameter, Func<KintoneAnswer, T> read, CancellationToken ct, bool hasPage = false) =>
        http.ReadAsync(
            Bare(resource, $"reading {resource} of {Name}", BodyLimit.Document with { HasPage = hasPage }).With(idParameter, app.App), read, ct);

    /// <summary>One attached file, piece by piece, as <see cref="KintoneHttp.DownloadAsync"/>.</summary>
    /// <param name="fileKey">As the record shows it.</param>
    public Task DownloadAsync(string fileKey, string purpose, Func<Stream, CancellationToken, Task> save, CancellationToken ct) =>
        http.DownloadAsync(
            new KintoneRequest(app.Path("file"), purpose)
            {
                App = app,
                Priority = priority,
                OnRetry = onRetry,
                Body = BodyLimit.File,
                IsFile = true,
                IsOfOneItem = true
            }.With("fileKey", fileKey),
            save, ct);

    /// <summary>Up to ten comments of a record, the newest first.</summary>
    /// <param name="offset">So many newer ones are left out.</param>
    /// <param name="keep">Hears of the answer's bytes before anything of it is kept; may refuse by an exception, and hears again when the answer is
    /// asked for again.</param>
    /// <exception cref="CommentsRefusedException">Kintone does not show the app's comments to these credentials, or to nobody.</exception>
    /// <returns>Null where there is no such record any more.</returns>
    public async Task<CommentPage?> ReadCommentsAsync(long record, int offset, Action<int> keep, CancellationToken ct)
    {
        try
        {
            return await http.ReadAsync(
                Bare("record/comments", $"reading the comments on record {record} of {Name}", BodyLimit.Document, isOfOneItem: true)
                    .With("app", app.App).With("record", record).With("order", "desc").With("offset", offset).With("limit", CommentPage.Largest),
                answer =>
                {
                    keep(answer.Bytes.Length);
                    return CommentPage.Parse(answer.ToJson());
                }, ct);
        }
        catch (KintoneException e) when (e.Code == "GAIA_RE01")
        {
            return null;
        }
        catch (KintoneException e) when (e.IsOfOneResource)
        {
            throw new CommentsRefusedException(e.Message, e);
        }
    }

    /// <summary>Whether a record exists, may it be viewed or not; password only.</summary>
    /// <returns>Null where Kintone does not say.</returns>
    public async Task<bool?> IsThereAsync(long record, CancellationToken ct)
    {
        try
        {
            return await http.ReadAsync<bool?>(
                Bare("records/acl/evaluate", $"looking whether record {record} of {Name} is there", BodyLimit.Document)
                    .With("app", app.App).With("ids", [record.ToString(CultureInfo.InvariantCulture)]),
                static answer => answer.ToJson() is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("rights", out var rights)
                    && rights.ValueKind == JsonValueKind.Array ? rights.GetArrayLength() > 0 : null, ct);
        }
        catch (KintoneException e) when (e.Code == "GAIA_RE01")
        {
            return false;
        }
        catch (KintoneException e) when (e.IsOfOneResource)
        {
            return null;
        }
    }

    /// <summary>Whether the app has comments, as its settings say; null where they may not be seen.</summary>
    public async Task<bool?> HasCommentsAsync(CancellationToken ct)
    {
        try
        {
            return await ReadResourceAsync<bool?>("app/settings", "app", static answer =>
                !(answer.ToJson() is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("enableComments", out var enabled)
                    && enabled.ValueKind == JsonValueKind.False), ct);
        }
        catch (KintoneException e) when (e.IsOfOneResource)
        {
            return null;
        }
    }

    KintoneRequest Page(string? condition, IdRange range, int limit, string purpose, BodyLimit? body = null) =>
        Request("records", purpose, body).With("query", Join(
            RecordQuery.And(condition, RecordQuery.InRange(range)), string.Create(CultureInfo.InvariantCulture, $"order by $id asc limit {limit}")));

    KintoneRequest Request(string resource, string purpose, BodyLimit? body = null) => Bare(resource, purpose, body ?? BodyLimit.Ids).With("app", app.App);

    KintoneRequest Bare(string resource, string purpose, BodyLimit body, bool isOfOneItem = false) =>
        new(app.Path(resource), purpose) { App = app, Priority = priority, OnRetry = onRetry, Body = body, IsOfOneItem = isOfOneItem };

    string Name => app.Name;

    static string Join(string? condition, string rest) => condition is null ? rest : $"{condition} {rest}";
}
