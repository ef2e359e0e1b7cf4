using KintoneSource.Catalog;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Forms;
using KintoneSource.Kintone.Http;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Reading.Files;

/// <summary>The files of an app's records with all that a row can say of them, as lines that <see cref="AttachedFile.In"/> reads.</summary>
/// <param name="fields">The fields to ask for; null for all.</param>
sealed class RecordFiles(KintoneApp app, Form form, IReadOnlyList<string>? fields, bool versioned)
{
    /// <summary>No line of it is written anywhere: the envelope needs no stream.</summary>
    public PageLayout Layout { get; } = PageLayout.Of(
        [PageStream.OfFiles(
            AppColumns.FileFields(form).Select(static f => new FileField(f.Table?.Code, f.Field.Code)),
            AppColumns.Attachments(form, emitDeletedRecords: false),
            new RecordEnvelope(new(""), DateTimeOffset.UnixEpoch))],
        form.UpdatedTime?.Code, versioned);

    /// <summary>Those that a record has now; none where it is not there any more.</summary>
    public Task<IReadOnlyList<AttachedFile>> ReadAsync(long record, CancellationToken ct) =>
        app.ReadPageAsync<IReadOnlyList<AttachedFile>>(null, new IdRange(record - 1, record), 1, fields, withCount: false, BodyLimit.Document, answer =>
        {
            using var lines = new PageLines(1, capacity: 4096);
            new PageTranscoder(Layout).Transcode(answer.Bytes, lines);
            RecordIds.EnsurePage(lines.Ids, new(record - 1, record), 1);
            return AttachedFile.In(lines.Streams[0].Bytes.WrittenSpan);
        }, ct);
}
