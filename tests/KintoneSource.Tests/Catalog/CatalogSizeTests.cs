using KintoneSource.Catalog;

namespace KintoneSource.Tests.Catalog;

public sealed class CatalogSizeTests
{
    /// <summary>Either limit alone, each at its last number that platforms carry and at the first that they may not.</summary>
    [Theory]
    [InlineData(20_000, 4_000_000, false)]
    [InlineData(20_001, 1, true)]
    [InlineData(1, 4_000_001, true)]
    public void Is_large_beyond_either_limit(long columns, long bytes, bool isLarge) =>
        Assert.Equal(isLarge, new CatalogSize(3, columns, bytes).Warning is not null);

    [Fact]
    public void The_warning_names_the_numbers_and_the_way_out()
    {
        var warning = new CatalogSize(1_200, 20_001, 4_140_000).Warning;
        Assert.StartsWith("The catalog is large: 1,200 streams with 20,001 columns, 4.1 MB.", warning, StringComparison.Ordinal);
        Assert.All(["parts", "fewer apps", "related_streams"], way => Assert.Contains(way, warning, StringComparison.Ordinal));
    }
}
