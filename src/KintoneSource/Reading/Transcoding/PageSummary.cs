namespace KintoneSource.Reading.Transcoding;

/// <summary>What a page came to: enough to checkpoint it and to ask for the next.</summary>
/// <param name="RecordCount">Records in the page.</param>
/// <param name="FirstId">Id of the first record as sent; 0 for an empty page.</param>
/// <param name="LastId">Id of the last record as sent; 0 for an empty page.</param>
/// <param name="TotalCount">Kintone's count of the whole condition, where it was asked for.</param>
/// <param name="NulledValues">Values that did not fit their column and were written as null, in all streams.</param>
readonly record struct PageSummary(int RecordCount, long FirstId, long LastId, long? TotalCount, int NulledValues)
{
    public static PageSummary Of(ReadOnlySpan<long> ids, long? totalCount, int nulledValues) =>
        new(ids.Length, ids.IsEmpty ? 0 : ids[0], ids.IsEmpty ? 0 : ids[^1], totalCount, nulledValues);
}
