using System.Globalization;

namespace KintoneSource.Kintone.Queries;

/// <summary>Builds conditions of Kintone's query language. Field codes stand unquoted and are taken as they are.</summary>
static class RecordQuery
{
    /// <summary>Joins what is there by <c>and</c>, each part in its own parentheses; null where nothing is there.</summary>
    /// <remarks>Without the parentheses an <c>or</c> in a user's filter would swallow the range and loop for ever.</remarks>
    public static string? And(params ReadOnlySpan<string?> conditions)
    {
        List<string> parts = [];
        foreach (var condition in conditions)
            if (!string.IsNullOrWhiteSpace(condition)) parts.Add($"({condition})");
        return parts.Count == 0 ? null : string.Join(" and ", parts);
    }

    /// <summary>Kintone's times have whole minutes: how a literal with seconds compares is not documented, so none is sent.</summary>
    public static string UpdatedSince(string updatedTimeField, DateTimeOffset since) =>
        $"{updatedTimeField} >= \"{WireTime.Text(WireTime.Minute(since))}\"";

    /// <summary>Changed since, or created after the newest record that was known then, whatever its update time claims.</summary>
    /// <remarks>Kintone's advice on performance warns of several <c>or</c> joined by <c>and</c>: never join this one to anything.</remarks>
    public static string ChangedSince(string updatedTimeField, DateTimeOffset since, long maxIdBefore) =>
        string.Create(CultureInfo.InvariantCulture, $"{UpdatedSince(updatedTimeField, since)} or $id > {maxIdBefore}");

    public static string InRange(IdRange range) =>
        string.Create(CultureInfo.InvariantCulture, $"$id > {range.After} and $id <= {range.UpTo}");

    public static string IdIn(IEnumerable<long> ids) => $"$id in ({string.Join(", ", ids)})";
}
