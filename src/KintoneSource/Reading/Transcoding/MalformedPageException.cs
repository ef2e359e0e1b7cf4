using System.Text.Json;

namespace KintoneSource.Reading.Transcoding;

/// <summary>
/// A page of records that is not what Kintone sends: torn, changed on its way, or of another shape. Like
/// every unreadable body it is a <see cref="JsonException"/>: the request may be repeated. The message
/// never quotes the page, which holds a customer's data.
/// </summary>
sealed class MalformedPageException(string reason, long offset, int length, Exception? inner = null) : JsonException(
    $"A page of records from Kintone could not be read at byte {offset} of {length}: {reason}. The answer was probably cut off or changed on its way; "
        + "repeat the request.",
    inner)
{
    /// <summary>Where reading stopped, in bytes from the start of the page.</summary>
    public long Offset => offset;
}
