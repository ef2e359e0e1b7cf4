using System.Text;
using System.Text.Json;
using KintoneSource.Protocol;
using KintoneSource.Reading.States;

namespace KintoneSource.Tests.Reading.States;

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
    [InlineData("""[{"stream":{"stream_descriptor":{"name":"s"},"stream_state":{"max_id":7}}}]""")]
    [InlineData("""{"stream":{"stream_descriptor":{"name":"s"},"stream_state":{"max_id":7}}}""")] // without its type
    [InlineData("""{"global":{"stream_states":[{"stream_descriptor":{"name":"s"},"stream_state":{"max_id":7}}]}}""")]
    [InlineData("""{"data":{"s":{"max_id":7}}}""")]
    [InlineData("\uFEFF{\"s\":{\"max_id\":7}}")] // as editors save it
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
    [InlineData("""{"bookmarks":null}""")]
    [InlineData("""[{"type":"GLOBAL","global":{}}]""")]
    [InlineData("""[{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"}}}]""")]
    public void Nothing_saved_is_a_start_from_nothing(string file) =>
        Assert.True(InputState.Parse(Encoding.UTF8.GetBytes(file), "state.json").Of("s").ValueKind is JsonValueKind.Undefined or JsonValueKind.Null);

    [Theory]
    [InlineData("app_12_record")]
    [InlineData("app_12_recrods")]
    [InlineData("App_12_records")]
    public void A_stream_s_name_that_is_mistyped_is_said_and_never_a_silent_restart(string name)
    {
        var states = InputState.Parse(Encoding.UTF8.GetBytes($$"""{"{{name}}":{"max_id":7},"app_13_records":{"max_id":7} }"""), "state.json");
        var failure = Assert.Throws<ConfigurationException>(() => states.Of("app_12_records"));
        Assert.Contains($"a state for \"{name}\", and none for the stream app_12_records", failure.Message, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Undefined, states.Of("app_14_records").ValueKind); // another app's is no misspelling
    }

    [Fact] // 8,000 streams took a minute, each compared with every name
    public void Thousands_of_streams_are_looked_up_in_a_moment()
    {
        string[] kept = [.. Enumerable.Range(10_000, 4_000).SelectMany(static app => (string[])[$"app_{app}_records", $"my_app_{app}_records"])];
        var states = InputState.Parse(JsonSerializer.SerializeToUtf8Bytes(kept.ToDictionary(static n => n, static _ => new { max_id = 7 })), "state.json");
        string[] asked = [.. Enumerable.Range(20_000, 8_000).Select(static app => $"app_{app}_records")];
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var name in asked) Assert.Equal(JsonValueKind.Undefined, states.Of(name).ValueKind);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000_000); // a comparison allocates its distances
    }

    [Theory]
    [InlineData("{", "not valid JSON")]
    [InlineData("5", "no shape")]
    [InlineData("[5]", "no shape")]
    [InlineData("""[{"type":"STREAM","stream":{}}]""", "no shape")]
    [InlineData("""[{"type":"STREAM"}]""", "no shape")]
    [InlineData("""[{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"},"stream_sate":{"max_id":7}}}]""", "\"stream_sate\" should probably be \"stream_state\"")]
    [InlineData("""[{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"},"streamState":{"max_id":7}}}]""", "\"streamState\" should probably be \"stream_state\"")]
    [InlineData("""{"type":"GLOBAL","global":{"stream_sates":[]}}""", "\"stream_sates\" should probably be \"stream_states\"")]
    [InlineData("""{"bookmraks":{"s":{"max_id":7}}}""", "\"bookmraks\" should probably be \"bookmarks\"")]
    [InlineData("""{"tpye":"STREAM","stream":{"stream_descriptr":{"name":"s"},"stream_state":{"max_id":7}}}""", "\"tpye\" should probably be \"type\"")]
    [InlineData("""{"stream_descriptor":{"name":"s"},"stream_state":{"max_id":7}}""", "\"stream_descriptor\" stands where a stream's name should")]
    [InlineData("{\"s\":\"\\ud800\"}", "incomplete")]
    [InlineData("""{"cursor_field":"_kintone_updated_at","cursor":"2026-05-01T03:00:00Z","max_id":7}""", "\"cursor_field\" is of one stream's state, and nothing says which stream's. Put the state under the stream's name")]
    [InlineData("""{"max_id":7}""", "\"max_id\" is of one stream's state")]
    [InlineData("""{"cursr":"2026-05-01T03:00:00Z","maxid":7}""", "\"cursr\", probably \"cursor\", is of one stream's state")]
    [InlineData("""{"type":"LEGACY","data":{"max_id":7}}""", "\"max_id\" is of one stream's state")]
    [InlineData("""{"bookmarks":{"known-ids":"1:"}}""", "\"known-ids\", probably \"known_ids\", is of one stream's state")]
    public void Anything_else_is_said(string file, string why)
    {
        var failure = Assert.Throws<ConfigurationException>(() => InputState.Parse(Encoding.UTF8.GetBytes(file), "state.json"));
        Assert.Contains("state.json", failure.Message, StringComparison.Ordinal);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }
}
