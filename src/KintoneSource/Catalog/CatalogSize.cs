using System.Globalization;
using KintoneSource.Configuration;

namespace KintoneSource.Catalog;

/// <summary>How large what discover offers is for those who must carry it.</summary>
/// <param name="Bytes">Of the schemas, which are nearly all of it.</param>
readonly record struct CatalogSize(int Streams, long Columns, long Bytes)
{
    /// <summary>Airbyte takes no connection in which more are selected (its application.yml, 2026-08).</summary>
    const long MostColumns = 20_000;

    /// <summary>Larger ones meet limits of platforms between the connector and the screen (4 MB is what Temporal and gRPC carry).</summary>
    const long MostBytes = 4_000_000;

    public static CatalogSize Of(IReadOnlyCollection<StreamDefinition> streams) =>
        new(streams.Count, streams.Sum(static s => (long)s.Columns), streams.Sum(static s => (long)s.Schema.Utf8.Length));

    /// <summary>Null where it is not large.</summary>
    public string? Warning => Columns <= MostColumns && Bytes <= MostBytes ? null : string.Create(CultureInfo.InvariantCulture,
        $"The catalog is large: {Streams:N0} streams with {Columns:N0} columns, {Bytes / 1_000_000.0:N1} MB. Platforms may not take more than "
            + $"{MostColumns:N0} columns or {MostBytes / 1_000_000} MB. Share the apps among several connections ({Option.Parts.Name}), name fewer apps, or "
            + $"offer fewer related streams ({Option.RelatedStreams.Name}).");
}
