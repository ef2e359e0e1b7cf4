using System.Text;
using KintoneSimulator;
using KintoneSource.Catalog;
using KintoneSource.Commands;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;
using KintoneSource.Reading.States;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Apps;

/// <summary>A whole sync of a large app: how many requests it takes.</summary>
public class RequestCountTests
{
    [Theory]
    [InlineData(0, "full_refresh")]
    [InlineData(0.9, "incremental")]
    public async Task Takes_two_percent_more_requests_than_there_are_pages_and_twenty(double gaps, string mode)
    {
        const int Records = 100_000;
        using var simulator = new Simulator();
        simulator.Domain.AddUser("sync", "open sesame");
        simulator.Domain.AddApp("案件", source: GeneratedRecords.Of(Records, gaps > 0 ? IdPattern.Gaps(gaps) : IdPattern.Dense));
        await using var stdout = new CountingStream();
        await using var writer = new MessageWriter(stdout, new());
        var config = SourceConfig.Parse(Encoding.UTF8.GetBytes("""
            {"subdomain": "example", "base_url": "http://localhost:1", "credentials": {"auth_type": "password", "username": "sync", "password": "open sesame"},
             "app_selection": {"mode": "single_app", "app": 1}}
            """));
        using var source = Source.Over(new InMemoryHandler(simulator), config, Patience.ForSync, writer, TimeProvider.System, terminal: null);
        var catalog = ConfiguredCatalog.Parse(Encoding.UTF8.GetBytes($$"""
            {"streams": [{"sync_mode": "{{mode}}", "stream": {"name": "app_1_records", "json_schema": {"properties": {"_kintone_id": {}, "顧客名": {} } } } }]}
            """), "catalog");

        var run = new ReadCommand(source).RunAsync(catalog, InputState.Empty, CancellationToken.None);
        Assert.Equal(0, await run.WaitAsync(TimeSpan.FromMinutes(2)));

        Assert.Equal(Records, stdout.Records);
        Assert.InRange(simulator.Journal.Count, 1, (1.02 * Math.Ceiling(Records / 500.0)) + 20);
    }

    sealed class CountingStream : OutgoingStream
    {
        public int Records { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            foreach (var line in buffer.Split((byte)'\n'))
                if (buffer[line].StartsWith("{\"type\":\"RECORD\""u8)) Records++;
        }
    }
}
