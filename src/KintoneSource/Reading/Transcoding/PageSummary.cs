namespace KintoneSource.Reading.Transcoding;

/// <summary>What a page came to: enough to checkpoint it and to ask for the next.</summary>
/// <param name="RecordCount">Records in the page, which is RECORD lines written.</param>
/// <param name="FirstId">Id of the first record as sent; 0 for an empty page.</param>
/// <param name="LastId">Id of the last record as sent; 0 for an empty page.</param>
/// <param name="TotalCount">Kintone's count of the whole condition, where it was asked for.</param>
/// <param name="NulledValues">Values that did not fit their column and were written as null.</param>
readonly record struct PageSummary(int RecordCount, long FirstId, long LastId, long? TotalCount, int NulledValues);
