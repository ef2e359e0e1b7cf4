using System.Collections.Immutable;
using KintoneSource.Protocol;

namespace KintoneSource.Catalog;

/// <summary>A stream as discover offers it.</summary>
/// <param name="Schema">Draft-07 schema of a row.</param>
/// <param name="Key">The columns that identify a row.</param>
/// <param name="CursorField">The column that an incremental sync goes by; null where there is only full refresh.</param>
/// <param name="IsResumable">A full refresh that was cut off goes on from its STATE.</param>
sealed record StreamDefinition(string Name, RawJson Schema, ImmutableArray<string> Key, string? CursorField = null, bool IsResumable = false)
{
    /// <summary>How many there are.</summary>
    public required int Columns { get; init; }

    /// <summary>Its rows can come with files.</summary>
    public bool IsFileBased { get; init; }

    public AirbyteStream ToAirbyteStream() => new(
        Name,
        Schema,
        CursorField is null ? [SyncMode.FullRefresh] : [SyncMode.FullRefresh, SyncMode.Incremental],
        [.. Key.Select(static k => (IReadOnlyList<string>)[k])],
        IsResumable,
        SourceDefinedCursor: CursorField is null ? null : true,
        DefaultCursorField: CursorField is null ? null : [CursorField],
        IsFileBased: IsFileBased ? true : null);
}
