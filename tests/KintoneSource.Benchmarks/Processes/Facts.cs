using System.Globalization;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>One thing that Kintone really does, and what becomes of it.</summary>
/// <param name="Play">Puts a domain and a program through it and says what came out.</param>
sealed record FactCase(string Fact, Func<FactScene, string> Play);

/// <summary>
/// What Kintone really does, before a program that did not know it and one that does: a table with a line for each case.
/// </summary>
static class Facts
{
    static IEnumerable<FactCase> Cases =>
        [.. ClosedApps.Cases, .. ListedApps.Cases, .. CredentialFacts.Cases, .. RecordFacts.Cases, .. FileFacts.Cases, .. CommentFacts.Cases];

    /// <param name="before">The natively compiled connector of earlier.</param>
    /// <param name="now">The one of today.</param>
    /// <param name="only">What a case's name contains.</param>
    public static async Task RunAsync(string before, string now, string only)
    {
        Console.WriteLine("| | before | now |\n|---|---|---|");
        foreach (var item in Cases.Where(c => c.Fact.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            var (earlier, today) = (await PlayAsync(item, before), await PlayAsync(item, now));
            Console.WriteLine($"| {item.Fact} | {earlier} | {today} |");
        }
    }

    static async Task<string> PlayAsync(FactCase item, string program)
    {
        await using var scene = await FactScene.OpenAsync(program);
        return item.Play(scene).Replace("|", "\\|", StringComparison.Ordinal);
    }

    /// <summary>A number and what it is of.</summary>
    public static string Of(int count, string thing) => $"{Number(count)} {thing}{(count == 1 ? "" : "s")}";

    public static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
