using System.Text;
using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Commands;

/// <summary>
/// Half a surrogate pair and NUL, which a JSON text can carry and no string or database can hold, in what people name: they cost nobody anything.
/// </summary>
public sealed class OddTextsTests : IDisposable
{
    readonly Simulator _simulator = new(new() { Time = InProcess.Clock() });

    public OddTextsTests()
    {
        _simulator.Domain.AddUser("sync", "open sesame", "ODDuser");
        _simulator.Domain.AddGroup("team", "ODDgroup", "sync");
        var app = _simulator.Domain.AddApp("ODDname", _simulator.Domain.AddSpace("ODDspace"));
        app.AddField("amount", "NUMBER", new() { ["label"] = "ODDlabel", ["unit"] = "ODDunit" });
        var choice = new JsonObject { ["label"] = "ODDchoice", ["index"] = "0" };
        app.AddField("rank", "DROP_DOWN", new() { ["options"] = new JsonObject { ["ODDchoice"] = choice } });
        app.Add();
        app.AddComment(1, "ODDcomment", new("sync", "ODDwriter"));
    }

    [Theory]
    [InlineData("\\ud83c")]
    [InlineData("\\udf4e")]
    [InlineData("\\u0000")]
    public async Task They_become_the_replacement_character_wherever_they_stand(string odd)
    {
        _simulator.Faults.Always(
            new Fault("odd texts")
            {
                Garble = body => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body.Span).Replace("ODD", odd, StringComparison.Ordinal)),
            },
            static entry => entry.Resource != "records");
        var config = TestConfig.Of(TestConfig.Password("sync", "open sesame"), TestConfig.AllApps(), "ascii", relatedStreams: ["comments"]);
        Assert.Equal(("SUCCEEDED", null), (await _simulator.CheckAsync(config)).Check);
        var found = await _simulator.DiscoverAsync(config);
        Assert.Empty(found.Warnings);
        Assert.Equal(0, found.ExitCode);
        var run = await _simulator.ReadAsync(config, found.Configure());
        Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
        Assert.Empty(run.Warnings);
        Assert.Equal("\ufffdname", run.Records("apps")[0].GetProperty("name").GetString());
        Assert.Equal("\ufffdspace", run.Records("spaces")[0].GetProperty("name").GetString());
        Assert.Equal("\ufffduser", run.Records("users")[0].GetProperty("name").GetString());
        Assert.Equal("\ufffduser", run.Records("groups")[0].GetProperty("users")[0].GetProperty("name").GetString());
        Assert.Equal("\ufffdcomment", run.Records("app_1_comments")[0].GetProperty("text").GetString());
        var fields = run.Records("app_fields").ToDictionary(static r => r.GetProperty("code").GetString()!);
        Assert.Equal(("\ufffdlabel", "\ufffdunit"), (fields["amount"].GetProperty("label").GetString(), fields["amount"].GetProperty("unit").GetString()));
        Assert.Equal(["\ufffdchoice"], fields["rank"].GetProperty("options").EnumerateArray().Select(static o => o.GetString()));
    }

    public void Dispose() => _simulator.Dispose();
}
