using System.Globalization;
using System.Text.Json;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone.Apps;

/// <summary>One comment on a record. It is written once, and may be deleted: Kintone has no way to change it.</summary>
/// <param name="Id">Its number within the record; whether a deleted one's is given again is not documented.</param>
/// <param name="Json">As Kintone sent it, with a <c>text</c> and a <c>createdAt</c>.</param>
readonly record struct Comment(long Id, DateTimeOffset CreatedAt, JsonElement Json);

/// <summary>An answer of record/comments.json: up to ten comments, the newest first.</summary>
/// <param name="HasOlder">There are more behind them.</param>
sealed record CommentPage(IReadOnlyList<Comment> Comments, bool HasOlder)
{
    /// <summary>Kintone's own limit.</summary>
    public const int Largest = 10;

    /// <exception cref="UnexpectedResponseException">It is not what was asked for.</exception>
    public static CommentPage Parse(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("comments", out var comments) || comments.ValueKind != JsonValueKind.Array)
            throw Unexpected("\"comments\" is missing");
        if (!answer.TryGetProperty("older", out var older) || older.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            throw Unexpected("\"older\" is missing");
        Comment[] read = [.. comments.EnumerateArray().Select(One)];
        if (read.Length > Largest) throw Unexpected($"there are {read.Length} where {Largest} were asked for");
        for (var i = 1; i < read.Length; i++)
            if (read[i].Id >= read[i - 1].Id) throw Unexpected($"comment {read[i].Id} comes after {read[i - 1].Id} where the newest were asked for first");
        return new(read, older.GetBoolean());
    }

    static Comment One(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("id", out var id)
            || !long.TryParse(id.ValueKind switch { JsonValueKind.String => id.GetString(), JsonValueKind.Number => id.GetRawText(), _ => null },
            NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number is <= 0 or > 1L << 60) throw Unexpected("a comment has no valid \"id\"");
        if (!json.TryGetProperty("text", out var text) || text.ValueKind != JsonValueKind.String) throw Unexpected($"comment {number} has no \"text\"");
        if (!json.TryGetProperty("createdAt", out var created) || created.ValueKind != JsonValueKind.String || !created.TryGetDateTimeOffset(out var at))
            throw Unexpected($"comment {number} has no valid \"createdAt\"");
        return new(number, at, json);
    }

    static UnexpectedResponseException Unexpected(string what) => new($"Kintone's answer to record/comments is not what its documentation says: {what}.");
}
