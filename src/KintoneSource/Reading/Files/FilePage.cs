using KintoneSource.Kintone.Memory;
using KintoneSource.Reading.Scanning;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Reading.Files;

/// <summary>
/// The files of a page's records. It has no share of the answers' memory: that went back before the first file is asked for, since a page that held
/// it would wait for what other pages hold.
/// </summary>
/// <param name="held">The memory of the list and of the lines that come of it.</param>
sealed class FilePage(PageLines records, long? totalCount, AnswerMemory.Share held) : ScannedPage
{
    /// <summary>What a line takes as a file that is to be fetched, and as a line again.</summary>
    const int CostPerByte = 5;

    readonly long[] _ids = records.Ids.ToArray();

    public override ReadOnlySpan<long> Ids => _ids;

    public override long? TotalCount => totalCount;

    public IReadOnlyList<RecordVersion> Versions { get; } = [.. records.Versions];

    public IReadOnlyList<AttachedFile> Files { get; } = AttachedFile.In(records.Streams[0].Bytes.WrittenSpan);

    public static long CostOf(PageLines records) => (long)CostPerByte * records.Length;

    public override void Dispose() => held.Dispose();
}
