namespace KintoneSource.Reading.Transcoding;

/// <summary>What a page came to.</summary>
/// <param name="RecordCount">Records in the page.</param>
/// <param name="TotalCount">Kintone's count of the whole condition, where it was asked for.</param>
readonly record struct PageSummary(int RecordCount, long? TotalCount);
