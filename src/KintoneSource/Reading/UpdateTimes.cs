using System.Globalization;
using KintoneSource.Kintone;

namespace KintoneSource.Reading;

/// <summary>The <c>_kintone_updated_at</c> of RECORD lines, found where the line has it: as Kintone sends times, <c>2026-05-01T03:02:00Z</c>.</summary>
static class UpdateTimes
{
    const int Length = 20;

    /// <summary>The column's name as it stands in a line; inside a value its quotes would be escaped.</summary>
    static ReadOnlySpan<byte> Label => "\"_kintone_updated_at\":\""u8;

    /// <summary>The newest of all lines; null where no line has one.</summary>
    public static DateTimeOffset? Newest(ReadOnlySpan<byte> lines)
    {
        ReadOnlySpan<byte> newest = [];
        for (var at = 0; at < lines.Length;)
        {
            var time = Find(lines[at..], out var length);
            var text = time < 0 ? [] : lines.Slice(at + time, Length);
            if (text.SequenceCompareTo(newest) > 0) newest = text; // the format orders as time does
            at += length;
        }
        return DateTimeOffset.TryParseExact(newest.IsEmpty ? "" : System.Text.Encoding.ASCII.GetString(newest), WireTime.Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var result)
            ? result : null;
    }

    /// <summary>Moves earlier times up to <paramref name="least"/> in the lines that are marked, and takes the marks from lines that stay as they are.</summary>
    /// <param name="marked">For each line, in their order.</param>
    public static void Raise(Span<byte> lines, Span<bool> marked, DateTimeOffset least)
    {
        Span<byte> text = stackalloc byte[Length];
        var isText = least.UtcDateTime.TryFormat(text, out _, WireTime.Format, CultureInfo.InvariantCulture);
        for (var (at, line) = (0, 0); at < lines.Length && line < marked.Length; line++)
        {
            var time = Find(lines[at..], out var length);
            if (marked[line] = marked[line] && isText && time >= 0 && lines.Slice(at + time, Length).SequenceCompareTo(text) < 0)
                text.CopyTo(lines[(at + time)..]);
            at += length;
        }
    }

    /// <returns>Where the time of the first line starts; negative where it has none of the usual form.</returns>
    static int Find(ReadOnlySpan<byte> lines, out int lineLength)
    {
        var end = lines.IndexOf((byte)'\n');
        lineLength = end < 0 ? lines.Length : end + 1;
        var label = lines[..lineLength].IndexOf(Label);
        if (label < 0) return -1;
        var start = label + Label.Length;
        return start + Length < lineLength && lines[start + Length] == '"' && lines[start + Length - 1] == 'Z' ? start : -1;
    }
}
