using System.Globalization;
using System.Net;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Comments;

/// <summary>What a scan has learned of an app's comments, whatever walk asked for them. Thread-safe.</summary>
sealed class CommentEvidence
{
    /// <summary>More records than that are no exceptions; and each of them stands in the state.</summary>
    const int MostUnread = 200;

    long _witness;
    long _latest;
    long _answered;
    int _unread;

    /// <summary>A record that has shown comments; 0 for none.</summary>
    public long Witness => Volatile.Read(ref _witness);

    /// <summary>The record that was answered last, whatever it has; 0 for none.</summary>
    public long Latest => Volatile.Read(ref _latest);

    /// <summary>The first failure of a record that was not read; null where all were.</summary>
    public ConnectorException? Failure { get; private set; }

    /// <summary>Others than those that are not read are answered; or there was none to read.</summary>
    public void NoteOthers() => Interlocked.Increment(ref _answered);

    public void NoteAnswer(long record, bool hasComments)
    {
        Interlocked.Increment(ref _answered);
        Volatile.Write(ref _latest, record);
        if (hasComments) Volatile.Write(ref _witness, record);
    }

    /// <summary>A record was not read. Where no record at all was answered, or very many were not, it is the app: throws.</summary>
    public void NoteUnread(ConnectorException failure)
    {
        if (Interlocked.Read(ref _answered) == 0 || Interlocked.Increment(ref _unread) > MostUnread) throw failure;
        Failure ??= failure;
    }
}

/// <summary>
/// Reads the comments of records, and decides what an answer is worth: a record that shows none where some are known, and a record whose comments
/// Kintone does not give while it gives others'.
/// </summary>
/// <param name="ensureShown">Throws where the app shows no records any more: then an empty list says nothing of comments.</param>
/// <param name="tell">Hears of a record that was not read.</param>
sealed class CommentReader(
    KintoneApp app, CommentQuestion question, CommentEvidence evidence, Func<CancellationToken, Task> ensureShown,
    Func<string, CancellationToken, ValueTask> tell)
{
    /// <param name="keep">As in <see cref="RecordComments.ReadAsync"/>.</param>
    /// <returns>What was read, or why not.</returns>
    /// <exception cref="ConnectorException">Not this record is the trouble.</exception>
    public async Task<RecordComments> ReadAsync(long record, Action<int> keep, CancellationToken ct)
    {
        try
        {
            var comments = await RecordComments.ReadAsync(app, record, question, keep, ct);
            evidence.NoteAnswer(record, comments.HasAny);
            return comments;
        }
        catch (ConnectorException e) when (e is CommentsRefusedException || (e is KintoneException refusal && IsOfOneRecord(refusal)))
        {
            return Unread(record, e);
        }
        catch (ConnectorException e) when (e is UnexpectedResponseException
            || (e is TransientException && e.InnerException is not KintoneException { Status: HttpStatusCode.TooManyRequests }))
        {
            await EnsureOthersAreAnsweredAsync(record, e, ct);
            return Unread(record, e);
        }
    }

    /// <summary>A record whose answer was wrong or none, for as long as there was patience, is the trouble only if Kintone answers other requests, and about
    /// the comments of another record.</summary>
    async Task EnsureOthersAreAnsweredAsync(long record, ConnectorException failure, CancellationToken ct)
    {
        await app.CountAsync(null, new(record - 1, record), ct);
        // Of one that there never was Kintone may speak while it speaks of no other: enough where each fails at once, and not where each takes ten minutes.
        var other = evidence.Witness is > 0 and var witness ? witness
            : evidence.Latest is > 0 and var latest ? latest
            : failure is UnexpectedResponseException ? KintoneApp.NoRecord : throw failure;
        try
        {
            await app.ReadCommentsAsync(other, 0, static _ => { }, ct);
        }
        catch (CommentsRefusedException)
        {
            throw failure;
        }
        evidence.NoteOthers();
    }

    /// <summary>A record whose comments were not read.</summary>
    public RecordComments Unread(long record, ConnectorException why) => RecordComments.Unread(question.KnownOf(record), question.Now(), why);

    static bool IsOfOneRecord(KintoneException refusal) =>
        !refusal.IsOfCredentials && (int)refusal.Status is (>= 400 and < 500 and not (int)HttpStatusCode.TooManyRequests) or 520;

    /// <summary>Looks at a page's records once more whose comments are in doubt.</summary>
    public async Task ReviewAsync(long[] ids, RecordComments[] comments, Action<int> keep, CancellationToken ct)
    {
        await ReviewUnreadAsync(ids, comments, ct);
        // A scan of all comments comes by no second time for those that an app in maintenance mode did not show.
        if (question.DeliveredBefore is null && comments.Any(static c => c is { HasAny: false, Failure: null })) await ensureShown(ct);
        if (!question.FindsDeleted || !comments.Any(static c => c.IsEmptied)) return;
        // Nothing is buried on the word of one empty answer: comments must be there for others before and after it was asked for again.
        if (await AreShownAsync(ct))
        {
            var again = comments.ToArray();
            for (var i = 0; i < ids.Length; i++)
                if (comments[i].IsEmptied) again[i] = await ReadAsync(ids[i], keep, ct);
            if (await AreShownAsync(ct))
            {
                again.CopyTo(comments, 0);
                return;
            }
        }
        for (var i = 0; i < ids.Length; i++)
            if (comments[i].IsEmptied) comments[i] = RecordComments.Unread(question.KnownOf(ids[i]), comments[i].AskedAt, null);
    }

    async Task ReviewUnreadAsync(long[] ids, RecordComments[] comments, CancellationToken ct)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            if (comments[i].Failure is not { } failure) continue;
            evidence.NoteUnread(failure);
            await tell(
                string.Create(CultureInfo.InvariantCulture,
                $"the comments on record {ids[i]} of {app.Address.Name} were not read, and are asked for again in the next sync. ")
                + failure.Message, ct);
        }
    }

    /// <summary>Whether the app shows comments right now: it shows records, and its settings say so, or, where those may not be read, a record that has
    /// shown some still does.</summary>
    /// <exception cref="CommentsRefusedException">They are switched off.</exception>
    async Task<bool> AreShownAsync(CancellationToken ct)
    {
        await ensureShown(ct);
        if (await app.HasCommentsAsync(ct) is { } has) return has ? true
            : throw new CommentsRefusedException($"Comments are switched off in {app.Address.Name}.");
        return evidence.Witness is > 0 and var witness && await app.ReadCommentsAsync(witness, 0, static _ => { }, ct) is { Comments.Count: > 0 };
    }
}
