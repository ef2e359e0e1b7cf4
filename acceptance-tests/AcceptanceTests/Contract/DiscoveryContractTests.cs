using System.Text.Json;
using System.Text.Json.Nodes;

namespace AcceptanceTests.Contract;

/// <summary>The rules of <see cref="CatalogRules"/>, one test each, against what the connector discovers in the sample company.</summary>
[Collection(SampleCompanyCollection.Name)]
public sealed class DiscoveryContractTests(SampleCompanyRuns company)
{
    [Fact]
    public void Discover_answers_with_exactly_one_catalog_that_is_not_empty() => Assert.NotEmpty(company.Discover.Catalog);

    [Fact]
    public void Stream_names_are_unique() => MustHold(CatalogRules.Stream_names_are_unique);

    [Fact]
    public void Schemas_are_valid_draft_07() => MustHold(CatalogRules.Schemas_are_valid_draft_07);

    [Fact]
    public void Schemas_use_no_keyword_that_platforms_refuse() => MustHold(CatalogRules.Schemas_use_no_keyword_that_platforms_refuse);

    [Fact]
    public void Objects_are_open() => MustHold(CatalogRules.Objects_are_open);

    [Fact]
    public void Every_property_may_be_null() => MustHold(CatalogRules.Every_property_may_be_null);

    [Fact]
    public void No_column_has_a_name_that_the_platform_deletes() => MustHold(CatalogRules.No_column_has_a_name_that_the_platform_deletes);

    [Fact]
    public void Sync_modes_are_not_empty() => MustHold(CatalogRules.Sync_modes_are_not_empty);

    [Fact]
    public void Incremental_streams_have_a_cursor_of_their_own() => MustHold(CatalogRules.Incremental_streams_have_a_cursor_of_their_own);

    [Fact]
    public void Cursors_exist_and_are_plain_values() => MustHold(CatalogRules.Cursors_exist_and_are_plain_values);

    [Fact]
    public void Every_stream_has_a_primary_key() => MustHold(CatalogRules.Every_stream_has_a_primary_key);

    [Fact]
    public void Primary_keys_exist_and_are_plain_values() => MustHold(CatalogRules.Primary_keys_exist_and_are_plain_values);

    [Fact]
    public void Keys_and_cursors_have_names_that_are_no_patterns() => MustHold(CatalogRules.Keys_and_cursors_have_names_that_are_no_patterns);

    /// <summary>Each rule notices the one violation that is put into a catalog that holds them all.</summary>
    [Fact]
    public void A_violation_of_any_rule_is_caught()
    {
        (Func<IReadOnlyList<JsonElement>, IEnumerable<string>> Rule, Action<JsonArray, JsonObject, JsonObject> Break)[] violations =
        [
            (CatalogRules.Stream_names_are_unique, static (streams, stream, _) => streams.Add(stream.DeepClone())),
            (CatalogRules.Schemas_are_valid_draft_07, static (_, _, columns) => columns["_kintone_id"]!["type"] = "int"),
            (CatalogRules.Schemas_are_valid_draft_07, static (_, stream, _) => stream["json_schema"]!["properties"]!["明細"]!["items"] = "object"),
            (CatalogRules.Schemas_use_no_keyword_that_platforms_refuse, static (_, _, columns) => columns["件名"]!["$ref"] = "#/definitions/Text"),
            (CatalogRules.Schemas_use_no_keyword_that_platforms_refuse, static (_, _, columns) => columns["明細"]!["items"]!["allOf"] = new JsonArray()),
            (CatalogRules.Objects_are_open, static (_, _, columns) => columns["明細"]!["items"]!["additionalProperties"] = false),
            (CatalogRules.Every_property_may_be_null, static (_, _, columns) => columns["件名"]!["type"] = "string"),
            (CatalogRules.No_column_has_a_name_that_the_platform_deletes, static (_, _, columns) => columns["$id"] = new JsonObject { ["type"] = "integer" }),
            (CatalogRules.Sync_modes_are_not_empty, static (_, stream, _) => stream["supported_sync_modes"] = new JsonArray()),
            (CatalogRules.Incremental_streams_have_a_cursor_of_their_own, static (_, stream, _) => stream.Remove("source_defined_cursor")),
            (CatalogRules.Cursors_exist_and_are_plain_values, static (_, _, columns) => columns.Remove("_kintone_updated_at")),
            (CatalogRules.Cursors_exist_and_are_plain_values, static (_, stream, _) => stream["default_cursor_field"] = new JsonArray("明細")),
            (CatalogRules.Every_stream_has_a_primary_key, static (_, stream, _) => stream["source_defined_primary_key"] = new JsonArray()),
            (CatalogRules.Primary_keys_exist_and_are_plain_values, static (_, _, columns) => columns.Remove("_kintone_id")),
            (CatalogRules.Primary_keys_exist_and_are_plain_values,
                static (_, _, columns) => columns["_kintone_id"]!["type"] = new JsonArray("null", "object")),
            (CatalogRules.Keys_and_cursors_have_names_that_are_no_patterns, static (_, stream, _) => stream["source_defined_primary_key"]![0]![0] = "a/b"),
        ];
        foreach (var (rule, @break) in violations)
        {
            var streams = new JsonArray([.. company.Streams.Select(static s => JsonNode.Parse(s.GetRawText()))]);
            var stream = (JsonObject)streams.Single(static s => (string?)s!["name"] == "app_2_records")!;
            @break(streams, stream, (JsonObject)stream["json_schema"]!["properties"]!);
            Assert.True(rule(Elements(streams)).Any(), $"{rule.Method.Name} notices nothing");
        }
    }

    void MustHold(Func<IReadOnlyList<JsonElement>, IEnumerable<string>> rule) => Assert.Empty(rule(company.Streams));

    static JsonElement[] Elements(JsonArray streams)
    {
        using var document = JsonDocument.Parse(streams.ToJsonString());
        return [.. document.RootElement.Clone().EnumerateArray()];
    }
}
