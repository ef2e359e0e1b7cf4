using System.Globalization;
using Xunit.Abstractions;

namespace AcceptanceTests;

/// <summary>Many connections of one company, scheduled for the same minute, while people work.</summary>
public sealed class BusyDomainTests(ITestOutputHelper output)
{
    const int Processes = 20, Records = 5_000;

    /// <param name="headers">Kintone says with each answer how much is under way in the domain. Where a proxy takes that out, refusals alone can tell.</param>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Twenty_processes_at_once_all_succeed_and_Kintone_refuses_next_to_nothing(bool headers)
    {
        await using var kintone = await SimulatedKintone.StartAsync(
            new() { BackgroundRequests = 30, Latency = TimeSpan.FromMilliseconds(100), ConcurrencyHeaders = headers });
        var apps = Enumerable.Range(0, Processes).Select(_ => kintone.AddGenerated(Records)).ToArray();
        var connectors = apps.Select(app => new Connector(kintone.Config(app))).ToArray();
        try
        {
            var runs = await Task.WhenAll(connectors.Zip(apps, static (connector, app) =>
                connector.ReadAsync(ConfiguredCatalogs.OnlyKeys("incremental", $"app_{app.Id}_records"))));

            foreach (var (app, run) in apps.Zip(runs)) Assert.Equal(Records, run.MustSucceed().IdsOf($"app_{app.Id}_records").Distinct().Count());
            var journal = kintone.Simulator.Journal;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{journal.Count} requests, {journal.PeakConcurrency} at once at most, "
                + $"{journal.Refused} refused ({100.0 * journal.Refused / journal.Count:0.0} %)"));
            Assert.InRange(journal.PeakConcurrency, 10, 100); // else this would not be the case that the test is about
            Assert.InRange(journal.Refused / (double)journal.Count, 0, 0.03);
            Assert.InRange(journal.Count, Processes * Records / 500, Processes * (Records / 500 + 10));
        }
        finally
        {
            foreach (var connector in connectors) connector.Dispose();
        }
    }
}
