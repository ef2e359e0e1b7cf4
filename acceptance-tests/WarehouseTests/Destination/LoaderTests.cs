using System.Text.Json;
using System.Text.Json.Nodes;

namespace WarehouseTests;

/// <summary>The loader does what destinations do; what the other tests say of the connector rests on it.</summary>
public sealed class LoaderTests : IDisposable
{
    const string Stream = "app_1_records";

    readonly Warehouse _warehouse = new(new Reading(Newest.ByCursor));
    long _emitted;

    [Fact]
    public void Keeps_of_each_key_the_newest_row_by_cursor_and_then_by_emission()
    {
        Prepare(DestinationMode.AppendDedup, "\"件名\":{\"type\":[\"null\",\"string\"]}");
        Load(Row(1, "10:00", "\"件名\":\"a\""), Row(2, "10:05", "\"件名\":\"b\""), Row(1, "10:00", "\"件名\":\"c\""), Row(2, "10:04", "\"件名\":\"d\""));
        Assert.Equal(["c", "b"], _warehouse.Column(Stream, "件名"));
    }

    [Fact]
    public void Drops_a_row_whose_newest_version_says_that_it_was_deleted_and_takes_it_again_when_it_comes_back()
    {
        Prepare(DestinationMode.AppendDedup, "");
        Load(Row(1, "10:00"), Row(2, "10:00"));
        Load(Row(1, "10:01", "\"_ab_cdc_deleted_at\":\"2026-03-02T10:01:30Z\""), Row(2, "09:00", "\"_ab_cdc_deleted_at\":\"2026-03-02T10:01:30Z\""));
        Assert.Equal(["2"], _warehouse.Column(Stream, "_kintone_id"));
        Load(Row(1, "10:01"));
        Assert.Equal(["1", "2"], _warehouse.Column(Stream, "_kintone_id"));
    }

    [Fact]
    public void Keeps_every_row_when_it_appends()
    {
        Prepare(DestinationMode.Append, "");
        Load(Row(1, "10:00"), Row(1, "10:00"));
        Assert.Equal(2, _warehouse.Rows(Stream));
    }

    [Fact]
    public void Drops_an_old_generation_when_the_new_one_is_complete_and_not_before()
    {
        Prepare(DestinationMode.Overwrite, "");
        Load(Row(1, "10:00"), Row(2, "10:00"));
        _warehouse.Load(Stream, [Row(3, "10:00")], 2);
        Assert.Equal(3, _warehouse.Rows(Stream));
        _warehouse.Complete(Stream, 2);
        Assert.Equal(["3"], _warehouse.Column(Stream, "_kintone_id"));
    }

    [Fact]
    public void Takes_every_type_exactly()
    {
        Prepare(DestinationMode.AppendDedup, """
            "n":{"type":["null","number"]},"d":{"type":["null","string"],"format":"date"},"t":{"type":["null","string"],"format":"time"},
            "z":{"type":["null","string"],"format":"date-time"},"l":{"type":["null","array"],"items":{"type":["null","string"]}},
            "r":{"type":["null","array"],"items":{"type":["null","object"],"properties":{"n":{"type":["null","number"]}}}}
            """);
        Load(Row(1, "10:00", """
            "n":9007199254740993.0000000001,"d":"2026-03-02","t":"09:30:00","z":"2026-03-02T09:30:00Z","l":["a",""],"r":[{"n":12345678901234567890.1}]
            """));
        Assert.Equal(
            ["9007199254740993.0000000001", "2026-03-02", "09:30:00", "2026-03-02 09:30:00+00", "[a, '']", "[{'n': 12345678901234567890.1000000000}]"],
            new[] { "n", "d", "t", "z", "l", "r" }.Select(column => Assert.Single(_warehouse.Column(Stream, column))));
    }

    [Fact]
    public void Adds_drops_and_retypes_columns_with_a_new_catalog_and_refuses_what_no_catalog_declares()
    {
        Prepare(DestinationMode.AppendDedup, "\"a\":{\"type\":[\"null\",\"string\"]},\"b\":{\"type\":[\"null\",\"string\"]}");
        Load(Row(1, "10:00", "\"a\":\"x\",\"b\":\"y\""));
        Prepare(DestinationMode.AppendDedup, "\"a\":{\"type\":[\"null\",\"number\"]},\"c\":{\"type\":[\"null\",\"string\"]}");
        Load(Row(2, "10:00", "\"a\":1.5,\"c\":\"z\""));
        Assert.Equal(["∅", "1.5000000000"], _warehouse.Column(Stream, "a"));
        Assert.Equal(["∅", "z"], _warehouse.Column(Stream, "c"));
        Assert.Throws<InvalidOperationException>(() => Load(Row(3, "10:00", "\"b\":\"y\"")));
        Assert.Throws<InvalidOperationException>(() => Load(Row(3, "10:00", "\"c\":\"kept\"") with { Changed = new HashSet<string> { "c" } }));
    }

    void Prepare(DestinationMode mode, string columns) => _warehouse.Prepare(Stream, (JsonObject)JsonNode.Parse(
        """
        {"properties":{"_kintone_id":{"type":["null","integer"]},"_kintone_updated_at":{"type":["null","string"],"format":"date-time"},
        "_ab_cdc_deleted_at":{"type":["null","string"],"format":"date-time"}
        """ + (columns.Length > 0 ? $",{columns}" : "") + "}}")!, "_kintone_updated_at", mode);

    void Load(params RecordMessage[] rows) => _warehouse.Load(Stream, rows, 1);

    RecordMessage Row(long id, string time, string more = "") => new(Stream, JsonElement.Parse(
        $$"""{"_kintone_id":{{id}},"_kintone_updated_at":"2026-03-02T{{time}}:00Z" """ + (more.Length > 0 ? $",{more}" : "") + "}"), ++_emitted, new HashSet<string>());

    public void Dispose() => _warehouse.Dispose();
}
