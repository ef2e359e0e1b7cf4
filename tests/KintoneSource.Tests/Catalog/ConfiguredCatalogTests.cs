using System.Text;
using CsCheck;
using KintoneSource.Catalog;
using KintoneSource.Protocol;

namespace KintoneSource.Tests.Catalog;

public class ConfiguredCatalogTests
{
    [Fact]
    public void Reads_what_the_platform_passes()
    {
        var stream = Single("""
            {"stream":{"name":"app_1_records","namespace":"sales","json_schema":{"properties":{"a":{"type":"string"},"b":{}}},"supported_sync_modes":["full_refresh"]},
             "sync_mode":"incremental","destination_sync_mode":"append_dedup","cursor_field":["_kintone_updated_at"],"primary_key":[["_kintone_id"]],
             "generation_id":4,"minimum_generation_id":2,"sync_id":9,"include_files":true}
            """);

        Assert.Equal(("app_1_records", "sales", SyncMode.Incremental), (stream.Name, stream.Namespace, stream.SyncMode));
        Assert.Equal((4L, 2L, 9L, true), (stream.GenerationId, stream.MinimumGenerationId, stream.SyncId, stream.IncludeFiles));
        Assert.Equal(["a", "b"], stream.SelectedColumns!.Keys);
    }

    [Theory] // nulls, an empty schema, no schema, unknown keys: each is how some runner writes it
    [InlineData("""{"stream":{"name":"s"},"sync_mode":"full_refresh"}""")]
    [InlineData("""{"stream":{"name":"s","namespace":null,"json_schema":null},"sync_mode":"full_refresh","generation_id":null,"include_files":null,"cursor_field":null}""")]
    [InlineData("""{"stream":{"name":"s","namespace":"","json_schema":{}},"sync_mode":"full_refresh","estuary.dev/backfill":1}""")]
    [InlineData("""{"stream":{"name":"s","json_schema":{"type":"object","properties":{}}},"sync_mode":"full_refresh","generation_id":"x"}""")]
    [InlineData("""{"stream":{"name":"s","json_schema":[]},"sync_mode":"full_refresh"}""")]
    public void What_is_left_out_means_all_columns_and_no_generation(string configured)
    {
        var stream = Single(configured);

        Assert.Equal(("s", null, SyncMode.FullRefresh, null, false),
            (stream.Name, stream.Namespace, stream.SyncMode, stream.GenerationId, stream.IncludeFiles));
        Assert.Null(stream.SelectedColumns);
        Assert.Null(stream.Problem);
    }

    [Theory]
    [InlineData("", "missing.")]
    [InlineData(""","sync_mode":null""", "missing.")]
    [InlineData(""","sync_mode":7""", "7.")]
    [InlineData(""","sync_mode":"INVALID" """, "\"INVALID\".")]
    [InlineData(""","sync_mode":"incrementel" """, "\"incrementel\" (probably incremental).")]
    [InlineData(""","sync_mode":"Full-Refresh" """, "\"Full-Refresh\" (probably full_refresh).")]
    public void A_sync_mode_that_there_is_not_fails_its_stream_and_no_other(string member, string found)
    {
        var streams = Parse($$$"""{"streams":[{"stream":{"name":"s"}{{{member}}}},{"stream":{"name":"t"},"sync_mode":"incremental"}]}""").Streams;
        Assert.StartsWith($"s is not read: in the catalog file /in/catalog.json, streams[0].sync_mode should be \"full_refresh\" or \"incremental\", but is "
            + $"{found}", streams[0].Problem, StringComparison.Ordinal);
        Assert.Null(streams[1].Problem);
    }

    [Fact]
    public void A_byte_order_mark_does_no_harm() => Assert.Empty(Parse("\uFEFF{\"streams\":[]}").Streams);

    [Fact]
    public void A_stream_listed_twice_is_read_once() => Assert.Single(Parse("""{"streams":[{"stream":{"name":"s"}},{"stream":{"name":"s"}}]}""").Streams);

    [Theory]
    [InlineData("{\"streams\":\n [}", "line 2, byte 3")]
    [InlineData("", "line 1, byte 1")]
    [InlineData("[]", "the whole file should be a JSON object with \"streams\", but is Array")]
    [InlineData("{}", "streams should be a list, but is missing")]
    [InlineData("""{"streams":null}""", "streams should be a list, but is Null")]
    [InlineData("""{"streams":[{"stream":{"name":"s"}},3]}""", "streams[1] should be a JSON object, but is Number")]
    [InlineData("""{"streams":[{"name":"s"}]}""", "streams[0].stream should be a JSON object, but is missing")]
    [InlineData("""{"streams":[{"stream":{"name":1}}]}""", "streams[0].stream.name should be a string, but is Number")]
    public void A_file_that_is_no_catalog_is_named_with_the_place(string text, string place)
    {
        var error = Assert.Throws<ConfigurationException>(() => Parse(text));

        Assert.Contains("/in/catalog.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_other_text_is_refused_in_the_same_way() => Gen.String.Sample(static text =>
        Assert.IsType<ConfigurationException>(Record.Exception(() => Parse(text)), exactMatch: true), iter: 500);

    static ConfiguredStream Single(string configured) => Parse($$"""{"streams":[{{configured}}]}""").Streams.Single();

    static ConfiguredCatalog Parse(string text) => ConfiguredCatalog.Parse(Encoding.UTF8.GetBytes(text), "/in/catalog.json");
}
