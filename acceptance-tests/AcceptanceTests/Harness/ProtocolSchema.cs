using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSource.Testing;

namespace AcceptanceTests;

/// <summary>protocol.schema.json: what a line on stdout may be.</summary>
static class ProtocolSchema
{
    static readonly Dictionary<string, SchemaCheck> s_definitions = Load();

    /// <summary>Fails with the line and what is wrong with it.</summary>
    public static void MustHold(string line)
    {
        using var document = JsonDocument.Parse(line);
        var type = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("type", out var name) ? name.ToString() : "";
        // The definition by name: the whole schema would say of a wrong message only that it is none of eight.
        Assert.True(s_definitions.TryGetValue(type, out var definition), $"No message has the type {type}: {line}");
        var problems = definition.Problems(document.RootElement);
        Assert.True(problems.Count == 0, $"{string.Join("; ", problems)}: {line}");
    }

    static Dictionary<string, SchemaCheck> Load()
    {
        var schema = JsonNode.Parse(File.ReadAllText(Repository.File("acceptance-tests/AcceptanceTests/Harness/protocol.schema.json")))!;
        var definitions = schema["definitions"]!.AsObject();
        return definitions.ToDictionary(static definition => definition.Key, definition => new SchemaCheck(new JsonObject
        {
            ["definitions"] = definitions.DeepClone(),
            ["allOf"] = new JsonArray(new JsonObject { ["$ref"] = $"#/definitions/{definition.Key}" }), // a reference has no neighbours in draft 7
        }.ToJsonString()));
    }
}
