using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using KintoneSource.Kintone.Memory;

namespace KintoneSource.Reading.Transcoding;

/// <summary>
/// The lines that a page became, stream by stream, and where each record's lines end, so that a part of the page can be
/// delivered. For one thread at a time; keeps its memory for the next page.
/// </summary>
sealed class PageLines : IDisposable
{
    readonly List<long> _ids = [];
    readonly StreamLines[] _streams;

    /// <param name="capacity">Bytes to begin with, of each stream.</param>
    /// <param name="memory">Where they come from and go back to.</param>
    public PageLines(int streams, int capacity = 64 * 1024, AnswerMemory? memory = null) =>
        _streams = [.. Enumerable.Range(0, streams).Select(_ => new StreamLines(new(capacity, memory)))];

    /// <summary>Each record's <c>$id</c>, in the order they came.</summary>
    public ReadOnlySpan<long> Ids => CollectionsMarshal.AsSpan(_ids);

    /// <summary>Each record's version, where the layout wants them; else empty.</summary>
    public List<RecordVersion> Versions { get; } = [];

    public ReadOnlySpan<StreamLines> Streams => _streams;

    /// <summary>Bytes of all lines.</summary>
    public int Length => _streams.Sum(static s => s.Bytes.Length);

    /// <summary>The record's lines are all written.</summary>
    public void End(long id)
    {
        _ids.Add(id);
        foreach (var stream in _streams) stream.EndRecord();
    }

    public void Clear()
    {
        foreach (var stream in _streams) stream.Bytes.Clear();
        Truncate(0);
    }

    /// <summary>Drops what was written after the first <paramref name="records"/>, of an unfinished one too.</summary>
    public void Truncate(int records)
    {
        _ids.RemoveRange(records, _ids.Count - records);
        if (Versions.Count > records) Versions.RemoveRange(records, Versions.Count - records);
        foreach (var stream in _streams) stream.Truncate(records);
    }

    /// <summary>Gives the memory back. The lines are empty and may be used again.</summary>
    public void Dispose()
    {
        Clear();
        foreach (var stream in _streams) stream.Bytes.Dispose();
    }
}

/// <summary>The lines of one stream.</summary>
sealed class StreamLines(PageBuffer bytes)
{
    readonly List<int> _ends = [];
    readonly List<int> _counts = [];
    readonly List<long> _rows = [];
    readonly List<int> _rowEnds = [];

    /// <summary>The place of the record of each value that did not fit: hardly ever one.</summary>
    readonly List<int> _nulled = [];
    int _count;

    public PageBuffer Bytes => bytes;

    /// <summary>A line is written.</summary>
    /// <param name="row">The id of the table's row; the number of the file; 0 where it is the record's only line.</param>
    /// <param name="nulled">How many of its values did not fit and are null.</param>
    public void EndLine(long row, int nulled = 0)
    {
        _count++;
        for (; nulled > 0; nulled--) _nulled.Add(_ends.Count);
        if (row != 0) Keep(row);
    }

    /// <summary>The record has a row for which no line is needed.</summary>
    public void Keep(long row) => _rows.Add(row);

    public void EndRecord()
    {
        _ends.Add(Bytes.Length);
        _counts.Add(_count);
        _rowEnds.Add(_rows.Count);
    }

    /// <summary>The lines of some records that follow each other.</summary>
    public ReadOnlyMemory<byte> Of(int from, int upTo) => Bytes.WrittenMemory[End(from)..End(upTo)];

    /// <summary>How many they are.</summary>
    public int CountOf(int from, int upTo) => CountOf(upTo) - CountOf(from);

    /// <summary>How many of their values did not fit and are null.</summary>
    public int NulledOf(int from, int upTo) => NulledBefore(upTo) - NulledBefore(from);

    /// <summary>The lines of one record, to be changed in place.</summary>
    public Span<byte> Written(int record) => Bytes.Written(End(record + 1))[End(record)..];

    public int CountOf(int records) => records == 0 ? 0 : _counts[records - 1];

    /// <summary>The rows, or the numbers of the files or the comments, of one record.</summary>
    public ReadOnlySpan<long> RowsOf(int record) => CollectionsMarshal.AsSpan(_rows)[RowEnd(record)..RowEnd(record + 1)];

    public void Truncate(int records)
    {
        Bytes.Truncate(End(records));
        _count = CountOf(records);
        _rows.RemoveRange(RowEnd(records), _rows.Count - RowEnd(records));
        _rowEnds.RemoveRange(records, _rowEnds.Count - records);
        _nulled.RemoveRange(NulledBefore(records), _nulled.Count - NulledBefore(records));
        _ends.RemoveRange(records, _ends.Count - records);
        _counts.RemoveRange(records, _counts.Count - records);
    }

    int NulledBefore(int record)
    {
        var before = _nulled.Count;
        while (before > 0 && _nulled[before - 1] >= record) before--;
        return before;
    }

    int RowEnd(int records) => records == 0 ? 0 : _rowEnds[records - 1];

    int End(int records) => records == 0 ? 0 : _ends[records - 1];
}

/// <summary>What tells one state of a record from a later one.</summary>
/// <param name="Revision">0 where it does not show.</param>
/// <param name="UpdatedAt">Null where it does not show.</param>
readonly record struct RecordVersion(long Revision, DateTimeOffset? UpdatedAt)
{
    /// <param name="revision">Digits, with or without quotes; empty for none.</param>
    /// <param name="updatedAt">A timestamp, with or without quotes; empty for none.</param>
    public static RecordVersion Read(ReadOnlySpan<byte> revision, ReadOnlySpan<byte> updatedAt)
    {
        revision = Unquoted(revision);
        var number = Utf8Parser.TryParse(revision, out long value, out var length) && length == revision.Length ? value : 0;
        return new(number, ReadTime(Unquoted(updatedAt)));
    }

    static ReadOnlySpan<byte> Unquoted(ReadOnlySpan<byte> text) => text is [(byte)'"', .., (byte)'"'] ? text[1..^1] : text;

    static DateTimeOffset? ReadTime(ReadOnlySpan<byte> text)
    {
        // As Kintone prints it: no text is made of it.
        if (text.Length == "2026-05-01T03:02:00Z".Length && TextShape.IsTimestamp(text))
        {
            return new DateTimeOffset(new DateTime(
                (Two(text, 0) * 100) + Two(text, 2), Two(text, 5), Two(text, 8), Two(text, 11), Two(text, 14), Two(text, 17), DateTimeKind.Utc));
        }
        return DateTimeOffset.TryParse(Encoding.UTF8.GetString(text), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUniversalTime() : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Two(ReadOnlySpan<byte> text, int at) => ((text[at] - '0') * 10) + (text[at + 1] - '0');
}
