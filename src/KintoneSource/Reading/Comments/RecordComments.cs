using KintoneSource.Kintone.Apps;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Comments;

/// <summary>What was read of one record's comments.</summary>
/// <param name="New">To be delivered, the oldest first.</param>
/// <param name="Kept">Known ones that are still there, or that were not looked at.</param>
/// <param name="AskedAt">Kintone's clock before the first request, or an earlier time.</param>
readonly record struct RecordComments(IReadOnlyList<Comment> New, IReadOnlyList<long> Kept, DateTimeOffset AskedAt)
{
    const int MostTries = 20;

    /// <summary>Of one record, some 18,000 comments; an answer that always says there are more ends here.</summary>
    const int MostPages = 2_000;

    /// <summary>Kintone showed comments of the record.</summary>
    public bool HasAny { get; private init; }

    /// <summary>Kintone said that the record has none, where some are known.</summary>
    public bool IsEmptied { get; private init; }

    /// <summary>Why they could not be read; the known ones stay known.</summary>
    public ConnectorException? Failure { get; private init; }

    /// <summary>Nothing is known of the record's comments but what was known before.</summary>
    public static RecordComments Unread(IReadOnlyList<long> known, DateTimeOffset askedAt, ConnectorException? failure) =>
        new([], known, askedAt) { Failure = failure };

    /// <summary>
    /// Reads a record's comments from the newest on, until the end or a page that holds one which is known. Comments have no cursor but an
    /// offset, and one that is deleted meanwhile moves all older ones: so each page begins with the last comment of the one before, and if
    /// it does not, the record is read again.
    /// </summary>
    /// <param name="keep">Hears, before a page is kept, of its bytes; throws where there is no memory for it.</param>
    public static async Task<RecordComments> ReadAsync(KintoneApp app, long record, CommentQuestion question, Action<int> keep, CancellationToken ct)
    {
        var (known, pages) = (question.KnownOf(record), 0);
        for (var tries = 0; tries < MostTries; tries++)
        {
            var (read, offset, askedAt) = (new List<Comment>(), 0, question.Now());
            while (true)
            {
                if (++pages > MostPages) throw new UnexpectedResponseException($"Kintone says again and again that record {record} of "
                    + $"{app.Address.Name} has older comments: {pages} requests did not come to their end.");
                // the search for deleted records says so
                if (await app.ReadCommentsAsync(record, offset, keep, ct) is not { } page) return Unread(known, askedAt, null);
                var next = read.Count == 0 ? 0 : 1 + IndexOf(page.Comments, read[^1].Id);
                if (read.Count > 0 && (next == 0 || (next == page.Comments.Count && next > 1))) break; // as many were deleted, or written, as moved the page
                if (page.HasOlder && page.Comments.Count <= 1 && next == page.Comments.Count)
                    throw new UnexpectedResponseException(
                        $"Kintone says that record {record} of {app.Address.Name} has older comments, and answers with none of them.");
                read.AddRange(page.Comments.Skip(next));
                if (page.HasOlder && !page.Comments.Skip(next).Any(IsDelivered))
                {
                    offset += page.Comments.Count - 1;
                    continue;
                }
                return Of(read, page.HasOlder ? read[^1].Id : 0, askedAt);
            }
        }
        throw new UnexpectedResponseException($"The comments on record {record} of {app.Address.Name} changed each time while they were read.");

        // Where a number was given again, the comment that has it now was written after the one that was delivered.
        bool IsDelivered(Comment comment) => comment.CreatedAt < question.DeliveredBefore && Array.BinarySearch(known, comment.Id) >= 0;

        RecordComments Of(List<Comment> read, long from, DateTimeOffset askedAt) =>
            new([.. read.Where(c => !IsDelivered(c)).Reverse()], [.. known.Where(id => id < from), .. read.Where(IsDelivered).Select(static c => c.Id)],
                askedAt)
            {
                HasAny = read.Count > 0,
                IsEmptied = read.Count == 0 && known.Length > 0,
            };
    }

    static int IndexOf(IReadOnlyList<Comment> comments, long id)
    {
        for (var i = 0; i < comments.Count; i++)
            if (comments[i].Id == id) return i;
        return -1;
    }
}
