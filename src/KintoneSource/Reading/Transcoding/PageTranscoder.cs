using System.Collections.Immutable;
using KintoneSource.Catalog;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Transcoding;

/// <summary>
/// Turns the body of one <c>records.json</c> answer into RECORD lines, without objects on the way. Cheap to
/// make and reusable; keeps scratch space, so that each worker has its own.
/// </summary>
/// <param name="columns">What a line's data holds, in this order whatever order Kintone sent.</param>
sealed class PageTranscoder(ImmutableArray<Column> columns, RecordEnvelope envelope)
{
    readonly ModelTranscoder _model = new(RecordLayout.Of(columns), envelope);

    /// <summary>
    /// Appends a line per record to <paramref name="output"/> and each record's <c>$id</c> to
    /// <paramref name="ids"/>, in the order they came. What does not fit its column is null, with a change in
    /// the record's <c>meta</c>. A line is valid JSON, holds no raw U+0085, U+2028 or U+2029, and is the same
    /// whatever order of properties and white space Kintone sent.
    /// </summary>
    /// <exception cref="MalformedPageException">
    /// Not valid UTF-8 or JSON anywhere in the page, no records, a record without a valid <c>$id</c>, or a
    /// property we rely on comes twice. Output and ids are as they were before.
    /// </exception>
    public PageSummary Transcode(ReadOnlySpan<byte> page, PageBuffer output, List<long> ids)
    {
        var (length, count) = (output.Length, ids.Count);
        try
        {
            PageText.Check(page);
            return _model.Transcode(page, output, ids);
        }
        catch (MalformedPageException)
        {
            output.Truncate(length);
            ids.RemoveRange(count, ids.Count - count);
            throw;
        }
    }
}
