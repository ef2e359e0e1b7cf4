using System.Globalization;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Forms;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Reading.Files;

/// <summary>What the first records of an app say of its files.</summary>
/// <param name="Records">How many were looked at.</param>
/// <param name="Bytes">Of their files.</param>
readonly record struct FileForecast(long Records, long Files, long Bytes)
{
    /// <summary>One page, as the first of a scan would be.</summary>
    /// <param name="maxId">The greatest id of the records that match.</param>
    public static Task<FileForecast> ReadAsync(KintoneApp app, Form form, IReadOnlyList<string> fields, string? condition, long maxId, FileLimits limits,
        CancellationToken ct)
    {
        var layout = new RecordFiles(app, form, fields, versioned: false).Layout;
        return app.ReadPageAsync(condition, new IdRange(0, maxId), app.PageSize, fields, withCount: false, new(256 * 1024, 16 * 1024 * 1024, IsPage: true),
            answer =>
        {
            using var lines = new PageLines(1);
            new PageTranscoder(layout).Transcode(answer.Bytes, lines);
            var wanted = AttachedFile.In(lines.Streams[0].Bytes.WrittenSpan).FindAll(file => limits.Wants(file.Name) && !(file.Size > limits.MaxBytes));
            return new FileForecast(lines.Ids.Length, wanted.Count, wanted.Sum(static file => file.Size ?? 0));
        }, ct);
    }

    /// <summary>As <c>of the first 500 records, 120 files (340.0 MB); if the others of the 10,000 are like them, about 2,400 files (6,800.0 MB)</c>.</summary>
    /// <param name="all">How many records there are; null where nobody counted them.</param>
    public string Text(long? all)
    {
        if (all <= Records) return Count(Files, Bytes);
        var found = $"of the first {Quantity.Of(Records, "record")}, {Count(Files, Bytes)}";
        if (all is not { } known || Records == 0) return found;
        var share = known / (double)Records;
        return string.Create(CultureInfo.InvariantCulture,
            $"{found}; if the others of the {known:#,0} are like them, about {Count((long)(Files * share), (long)(Bytes * share))}");
    }

    public static string Count(long files, long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{Quantity.Of(files, "file")} ({bytes / 1_000_000.0:#,0.0} MB)");
}
