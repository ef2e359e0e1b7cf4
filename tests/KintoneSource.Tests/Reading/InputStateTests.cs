using System.Text;
using System.Text.Json;
using KintoneSource.Protocol;
using KintoneSource.Reading;

namespace KintoneSource.Tests.Reading;

/// <summary>The shapes in which runners pass states (Airbyte, PyAirbyte, tap-airbyte-wrapper, Estuary, Faros, older platforms).</summary>
public class InputStateTests
{
    [Theory]
    [InlineData("""[{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"},"stream_state":{"max_id":7}}}]""")]
    [InlineData("""[{"type":"STREAM","stream":{"stream_descriptor":{"name":"s","namespace":null},"stream_state":{"max_id":7}},"sourceStats":{"recordCount":3.0}},{"type":"STREAM","stream":{"stream_descriptor":{"name":"t"},"stream_state":null}}]""")]
    [InlineData("""[{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"},"stream_state":{"max_id":7}}}}]""")]
    [InlineData("""{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"},"stream_state":{"max_id":7}}}""")]
    [InlineData("""[{"type":"GLOBAL","global":{"shared_state":{},"stream_states":[{"stream_descriptor":{"name":"s"},"stream_state":{"max_id":7}}]}}]""")]
    [InlineData("""{"type":"GLOBAL","global":{"stream_states":[{"stream_descriptor":{"name":"s"},"stream_state":{"max_id":7}}]}}""")]
    [InlineData("""[{"type":"LEGACY","data":{"s":{"max_id":7}}}]""")]
    [InlineData("""{"s":{"max_id":7}}""")]
    [InlineData("""{"bookmarks":{"s":{"max_id":7}}}""")]
    [InlineData("\r\n {\"s\":{\"max_id\":7}} \n")]
    [InlineData("""[{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"},"stream_state":{"max_id":6}}},{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"},"stream_state":{"max_id":7}}}]""")] // the later one
    public void Every_runner_s_shape_says_the_same(string file)
    {
        var states = InputState.Parse(Encoding.UTF8.GetBytes(file), "state.json");
        Assert.Equal(7, RecordsState.Parse("s", states.Of("s"))!.MaxId);
        Assert.Null(RecordsState.Parse("t", states.Of("t")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"bookmarks":{}}""")]
    [InlineData("""[{"type":"GLOBAL","global":{}}]""")]
    [InlineData("""[{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"}}}]""")]
    public void Nothing_saved_is_a_start_from_nothing(string file) =>
        Assert.True(InputState.Parse(Encoding.UTF8.GetBytes(file), "state.json").Of("s").ValueKind is JsonValueKind.Undefined or JsonValueKind.Null);

    [Theory]
    [InlineData("{", "not valid JSON")]
    [InlineData("5", "no shape")]
    [InlineData("[5]", "no shape")]
    [InlineData("""[{"type":"STREAM","stream":{}}]""", "no shape")]
    [InlineData("""[{"type":"STREAM"}]""", "no shape")]
    public void Anything_else_is_said(string file, string why)
    {
        var failure = Assert.Throws<ConfigurationException>(() => InputState.Parse(Encoding.UTF8.GetBytes(file), "state.json"));
        Assert.Contains("state.json", failure.Message, StringComparison.Ordinal);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }
}
