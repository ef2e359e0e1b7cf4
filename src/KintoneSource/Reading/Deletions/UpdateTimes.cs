using System.Globalization;
using KintoneSource.Kintone.Queries;

namespace KintoneSource.Reading.Deletions;

/// <summary>The <c>_kintone_updated_at</c> of RECORD lines, found where the line has it: as Kintone sends times, <c>2026-05-01T03:02:00Z</c>.</summary>
static class UpdateTimes
{
    const int Length = 20;

    /// <summary>The column's name as it stands in a line; inside a value its quotes would be escaped.</summary>
    static ReadOnlySpan<byte> Label => "\"_kintone_updated_at\":\""u8;

    /// <summary>Moves earlier times up to <paramref name="least"/>.</summary>
    /// <param name="lines">Whole lines; changed in place.</param>
    public static void Raise(Span<byte> lines, DateTimeOffset least)
    {
        Span<byte> text = stackalloc byte[Length];
        if (!least.UtcDateTime.TryFormat(text, out _, WireTime.Format, CultureInfo.InvariantCulture)) return;
        for (var at = 0; at < lines.Length;)
        {
            var time = Find(lines[at..], out var length);
            if (time >= 0 && lines.Slice(at + time, Length).SequenceCompareTo(text) < 0) text.CopyTo(lines[(at + time)..]);
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
