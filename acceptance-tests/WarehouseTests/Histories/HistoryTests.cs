using System.Globalization;
using CsCheck;

namespace WarehouseTests;

public class HistoryTests
{
    /// <summary>How many histories to run; the environment variable asks for more on demand.</summary>
    internal static int Histories { get; } = int.Parse(Environment.GetEnvironmentVariable("WAREHOUSE_HISTORIES") ?? "200", CultureInfo.InvariantCulture);

    internal static Gen<(int Seed, int Records, int Syncs)> Stories { get; } = Gen.Select(
        Gen.Int, Gen.Frequency((6, Gen.Int[0, 12]), (3, Gen.Int[0, 40]), (1, Gen.Int[0, 200])), Gen.Int[1, 4]);

    [Fact]
    public async Task After_any_history_each_table_equals_its_app() =>
        await Stories.SampleAsync(
            static async ((int Seed, int Records, int Syncs) h) =>
            {
                using var history = new History(h.Seed, h.Records);
                await history.RunAsync(h.Syncs);
            },
            iter: Histories, threads: 2);
}
