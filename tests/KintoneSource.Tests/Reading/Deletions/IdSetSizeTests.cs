using System.Globalization;
using System.Runtime.CompilerServices;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Tests.Reading.Deletions;

/// <summary>The sizes that docs/decisions/0003-known-ids-encoding.md publishes.</summary>
[Trait("Duration", "long")]
public class IdSetSizeTests
{
    sealed record Sample(string Name, IdSet Ids);

    static readonly Lazy<Sample[]> s_samples = new(() =>
    [
        new("1 M, no gaps", Where(1_000_000, static _ => true)),
        new("1 M, 1 % random gaps", Where(1_000_000, static r => r.NextDouble() >= 0.01)),
        new("1 M, 10 % random gaps", Where(1_000_000, static r => r.NextDouble() >= 0.1)),
        new("1 M, 50 % random gaps", Where(1_000_000, static r => r.NextDouble() >= 0.5)),
        new("1 M, 90 % random gaps", Where(1_000_000, static r => r.NextDouble() < 0.1)),
        new("1 M, 99 % random gaps", Where(1_000_000, static r => r.NextDouble() < 0.01)),
        new("1 M, deleted in bursts of about 100", Where(1_000_000, Bursts(1_000, 100))),
        new("10 M, no gaps", Where(10_000_000, static _ => true)),
        new("10 M, 1 % random gaps", Where(10_000_000, static r => r.NextDouble() >= 0.01)),
        new("10 M, 10 % random gaps", Where(10_000_000, static r => r.NextDouble() >= 0.1)),
    ]);

    [Fact]
    public void Published_sizes_are_the_measured_ones()
    {
        var table = string.Concat(s_samples.Value.Select(static s =>
            string.Create(CultureInfo.InvariantCulture, $"| {s.Name} | {s.Ids.Encode().Length:N0} |\n")));
        var page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../../docs/decisions/0003-known-ids-encoding.md"));
        Assert.True(page.Contains(table, StringComparison.Ordinal), $"The page should hold this table:\n{table}");
    }

    [Theory]
    [InlineData("1 M, no gaps", 1)]
    [InlineData("1 M, 1 % random gaps", 25)]
    [InlineData("1 M, 10 % random gaps", 130)]
    public void A_million_ids_fit_into_the_state(string sample, int kilobytes) =>
        Assert.InRange(s_samples.Value.Single(s => s.Name == sample).Ids.Encode().Length, 1, kilobytes * 1_000);

    static IdSet Where(int count, Func<Random, bool> present)
    {
        var (set, random) = (new IdSet(), new Random(2_026));
        for (var id = 1L; set.Count < count; id++)
            if (present(random)) set.Add(id);
        return set;
    }

    static Func<Random, bool> Bursts(int kept, int deleted)
    {
        var (present, left) = (false, 0);
        return random =>
        {
            if (left-- > 0) return present;
            present = !present;
            left = random.Next(2 * (present ? kept : deleted));
            return present;
        };
    }

    static string ThisFile([CallerFilePath] string path = "") => path;
}
