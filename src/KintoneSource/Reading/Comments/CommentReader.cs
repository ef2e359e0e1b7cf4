using System.Globalization;
using System.Net;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Comments;

/// <summary>
/// Reads the comments of records, and decides what an answer is worth: a record that shows none where some are known, and a record whose comments
/// Kintone does not give while it gives others'.
/// </summary>
/// <param name="tell">Hears of a record that was not read.</param>
sealed class CommentReader(KintoneApp app, CommentQuestion question, Func<string, CancellationToken, ValueTask> tell)
{
    /// <summary>More records than that are no exceptions; and each of them stands in the state.</summary>
    const int MostUnread = 200;

    long _witness;
    long _answered;
    int _unread;

    /// <summary>The first failure of a record that was not read; null where all were.</summary>
    public ConnectorException? Failure { get; private set; }

    /// <param name="keep">As in <see cref="RecordComments.ReadAsync"/>.</param>
    /// <returns>What was read, or why not.</returns>
    /// <exception cref="ConnectorException">Not this record is the trouble.</exception>
    public async Task<RecordComments> ReadAsync(long record, Action<int> keep, CancellationToken ct)
    {
        try
        {
            var comments = await RecordComments.ReadAsync(app, record, question, keep, ct);
            Interlocked.Increment(ref _answered);
            if (comments.HasAny) Volatile.Write(ref _witness, record);
            return comments;
        }
        catch (ConnectorException e) when (e is CommentsRefusedException or UnexpectedResponseException || (e is KintoneException refusal && IsOfOneRecord(refusal)))
        {
            return Unread(record, e);
        }
        catch (TransientException e) when (e.InnerException is KintoneException { Status: HttpStatusCode.OK })
        {
            await app.CountAsync(null, new(record - 1, record), ct); // whether Kintone answers other requests
            return Unread(record, e);
        }
    }

    /// <summary>A record whose comments were not read.</summary>
    public RecordComments Unread(long record, ConnectorException why) => RecordComments.Unread(question.KnownOf(record), question.Now(), why);

    static bool IsOfOneRecord(KintoneException refusal) =>
        !refusal.IsOfCredentials && (int)refusal.Status is (>= 400 and < 500 and not (int)HttpStatusCode.TooManyRequests) or 520;

    /// <summary>Looks at a page's records once more whose comments are in doubt.</summary>
    public async Task SettleAsync(long[] ids, RecordComments[] comments, Action<int> keep, CancellationToken ct)
    {
        await SettleUnreadAsync(ids, comments, ct);
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

    async Task SettleUnreadAsync(long[] ids, RecordComments[] comments, CancellationToken ct)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            if (comments[i].Failure is not { } failure) continue;
            // Where no record at all was answered, it is the app.
            if (Interlocked.Read(ref _answered) == 0) throw failure;
            if (Interlocked.Increment(ref _unread) > MostUnread) throw failure;
            Failure ??= failure;
            await tell(string.Create(CultureInfo.InvariantCulture, $"the comments on record {ids[i]} of {app.Address.Name} were not read, and are asked for again in the next sync. {failure.Message}"), ct);
        }
    }

    /// <summary>Whether the app shows comments right now: its settings say so, or, where those may not be read, a record that has shown some still does.</summary>
    /// <exception cref="CommentsRefusedException">They are switched off.</exception>
    async Task<bool> AreShownAsync(CancellationToken ct)
    {
        if (await app.HasCommentsAsync(ct) is { } has) return has ? true : throw new CommentsRefusedException($"Comments are switched off in {app.Address.Name}.");
        var witness = Volatile.Read(ref _witness);
        return witness != 0 && await app.ReadCommentsAsync(witness, 0, static _ => { }, ct) is { Comments.Count: > 0 };
    }
}
