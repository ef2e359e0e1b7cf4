using KintoneSimulator;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Commands;

/// <summary>How a sync ends, some of whose streams could not be read.</summary>
public sealed class ReadOutcomeTests : IDisposable
{
    const string Config =
        """{"subdomain": "example", "base_url": "http://localhost:1", "credentials": {"auth_type": "password", "username": "sync", "password": "open sesame"}, "app_selection": {"mode": "single_app", "app": 1} }""";

    readonly Simulator _simulator = new(new() { Time = InProcess.Clock() });

    public ReadOutcomeTests()
    {
        _simulator.Domain.AddUser("sync", "open sesame");
        _simulator.Domain.AddApp("案件").Add(new());
    }

    [Theory]
    [InlineData("app_1_records", ""","sync_mode":"incrementel" """, "\"incrementel\" (probably incremental)")]
    [InlineData("users", "", "missing")]
    public async Task A_stream_whose_sync_mode_is_none_fails_and_the_others_are_read(string stream, string mode, string found)
    {
        var run = await _simulator.ReadAsync(Config, $$$"""{"streams":[{"stream":{"name":"{{{stream}}}"}{{{mode}}}},{"stream":{"name":"apps"},"sync_mode":"full_refresh"}]}""");
        Assert.Equal(1, run.ExitCode);
        var error = Assert.Single(run.Errors);
        Assert.Equal(("config_error", stream),
            (error.GetProperty("failure_type").GetString(), error.GetProperty("stream_descriptor").GetProperty("name").GetString()));
        Assert.Contains($"streams[0].sync_mode should be \"full_refresh\" or \"incremental\", but is {found}", error.GetProperty("message").GetString(),
            StringComparison.Ordinal);
        Assert.Empty(run.Records(stream));
        Assert.Single(run.Records("apps"));
        Assert.StartsWith("Ended with failures: 1 of 2 streams read whole, 1 failed; 1 row in ", LastLog(run), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sync_that_read_everything_says_finished()
    {
        var run = await _simulator.ReadAsync(Config, """{"streams":[{"stream":{"name":"app_1_records"},"sync_mode":"incremental"},{"stream":{"name":"apps"},"sync_mode":"incremental"}]}""");
        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("Finished: 2 streams read whole; 2 rows in ", LastLog(run), StringComparison.Ordinal);
    }

    static string? LastLog(Run run) => run.Of("LOG", "log").Last().GetProperty("message").GetString();

    public void Dispose() => _simulator.Dispose();
}
