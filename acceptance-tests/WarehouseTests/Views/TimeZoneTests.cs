using System.Text.RegularExpressions;
using AcceptanceTests;

namespace WarehouseTests.Views;

/// <summary>What the guide says of months in Japan is what the databases say.</summary>
[Collection(PostgresServerCollection.Name)]
public sealed partial class TimeZoneTests(PostgresServer postgres)
{
    /// <summary>The last moment of April in Japan, and half an hour into May.</summary>
    [SkippableTheory]
    [InlineData("DuckDB", "2026-04-30T14:59:59Z", "2026-04-01")]
    [InlineData("DuckDB", "2026-04-30T15:30:00Z", "2026-05-01")]
    [InlineData("PostgreSQL", "2026-04-30T14:59:59Z", "2026-04-01")]
    [InlineData("PostgreSQL", "2026-04-30T15:30:00Z", "2026-05-01")]
    public void A_month_in_Japan_begins_when_it_does_there(string warehouse, string updated, string month)
    {
        using var database = LabelDatabase.Open(warehouse, postgres);
        foreach (var guide in (string[])["docs/kintone.md", "docs/kintone.ja.md"])
        {
            var expression = Row.Matches(File.ReadAllText(Repository.File(guide))).Single(row => row.Groups[1].Value == warehouse).Groups[2].Value;
            var (answer, plain) = (
                database.Rows($"SELECT CAST(CAST({expression} AS date) AS varchar) FROM (SELECT CAST('{updated}' AS timestamptz) AS "
                    + $"\"_kintone_updated_at\") r")[0][0],
                database.Rows($"SELECT CAST(CAST(date_trunc('month', CAST('{updated}' AS timestamptz)) AS date) AS varchar)")[0][0]);
            Assert.Equal(month, answer);
            // Without the zone, both are April.
            Assert.Equal("2026-04-01", plain);
        }
    }

    [Fact]
    public void Each_script_says_it_as_the_guide_does()
    {
        var months = Row.Matches(File.ReadAllText(Repository.File("docs/kintone.md")));
        Assert.Equal(4, months.Count);
        Assert.All(months, month => Assert.Contains(
            $" {month.Groups[2].Value}\n", File.ReadAllText(Repository.File($"docs/warehouse/{month.Groups[1].Value.ToLowerInvariant()}.sql")), StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\| (\w+) \| `([^`]*_kintone_updated_at[^`]*)` \|")]
    static partial Regex Row { get; }
}
