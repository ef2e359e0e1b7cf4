using System.Globalization;
using System.Runtime.CompilerServices;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Tests.Reading.Deletions;

/// <summary>The sizes that docs/decisions/0022-known-rows-encoding.md publishes.</summary>
[Trait("Duration", "long")]
public class KnownRowsSizeTests
{
    sealed record Sample(string Name, KnownRows Rows);

    static readonly Lazy<Sample[]> s_samples = new(static () =>
    [
        new("1 M records × 3 rows, as they were written", Table(1_000_000, static _ => 3, 1, 0)),
        new("the same, 1 % of the records edited", Table(1_000_000, static _ => 3, 1, 0.01)),
        new("the same, 10 % edited", Table(1_000_000, static _ => 3, 1, 0.1)),
        new("1 M records × 3 rows in the first of three tables, 1 % edited", Table(1_000_000, static _ => 3, 3, 0.01)),
        new("1 M records × 0 to 5 rows, 1 % edited", Table(1_000_000, static r => r.Next(6), 1, 0.01)),
        new("100,000 files, one for each record", Files(100_000, static _ => 1)),
        new("100,000 files, 0 to 3 for each record", Files(66_667, static r => r.Next(4))),
    ]);

    [Fact]
    public void Published_sizes_are_the_measured_ones()
    {
        var table = string.Concat(s_samples.Value.Select(static s =>
            string.Create(CultureInfo.InvariantCulture, $"| {s.Name} | {s.Rows.Count:N0} | {s.Rows.Encode().Length:N0} |\n")));
        var page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../../docs/decisions/0022-known-rows-encoding.md"));
        Assert.True(page.Contains(table, StringComparison.Ordinal), $"The page should hold this table:\n{table}");
    }

    [Theory]
    [InlineData("the same, 1 % of the records edited", 160)]
    [InlineData("1 M records × 3 rows in the first of three tables, 1 % edited", 160)]
    [InlineData("100,000 files, 0 to 3 for each record", 40)]
    public void A_million_records_rows_fit_into_the_state(string sample, int kilobytes) =>
        Assert.InRange(s_samples.Value.Single(s => s.Name == sample).Rows.Encode().Length, 1, kilobytes * 1_000);

    /// <summary>Rows get their numbers as records are written; an edit adds a row, removes one, or writes all of them anew.</summary>
    static KnownRows Table(int records, Func<Random, int> rows, int tables, double edited)
    {
        var (known, random, next) = (new KnownRows(), new Random(2_026), 1L);
        var ids = new List<long>[records];
        for (var record = 0; record < records; record++)
        {
            ids[record] = [.. Enumerable.Range(0, rows(random)).Select(_ => next++)];
            for (var table = 1; table < tables; table++) next += rows(random);
        }
        for (var edit = 0; edit < records * edited; edit++)
        {
            var of = ids[random.Next(records)];
            switch (random.Next(3))
            {
                case 0: of.Add(next++); break;
                case 1 when of.Count > 0: of.RemoveAt(random.Next(of.Count)); break;
                default: for (var i = 0; i < of.Count; i++) of[i] = next++; break;
            }
        }
        for (var record = 0; record < records; record++) known.Replace(record + 1, [.. ids[record]]);
        return known;
    }

    static KnownRows Files(int records, Func<Random, int> files)
    {
        var (known, random) = (new KnownRows(), new Random(2_026));
        for (var record = 1; record <= records; record++)
            known.Replace(record, [.. Enumerable.Range(1, files(random)).Select(static i => (long)i)]);
        return known;
    }

    static string ThisFile([CallerFilePath] string path = "") => path;
}
