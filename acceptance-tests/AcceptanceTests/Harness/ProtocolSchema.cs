using System.Text.Json;
using NJsonSchema;

namespace AcceptanceTests;

/// <summary>protocol.schema.json: what a line on stdout may be.</summary>
static class ProtocolSchema
{
    static readonly JsonSchema s_schema = Load();

    /// <summary>Fails with the line and what is wrong with it.</summary>
    public static void MustHold(string line)
    {
        using var document = JsonDocument.Parse(line);
        var type = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("type", out var name) ? name.ToString() : "";
        // The definition by name: the whole schema would say of a wrong message only that it is none of eight.
        Assert.True(s_schema.Definitions.TryGetValue(type, out var definition), $"No message has the type {type}: {line}");
        var problems = definition.Validate(line);
        Assert.True(problems.Count == 0, $"{string.Join("; ", problems.Select(static p => $"{p.Path}: {p.Kind}"))}: {line}");
    }

    static JsonSchema Load() => JsonSchema.FromJsonAsync(File.ReadAllText(Repository.File("acceptance-tests/AcceptanceTests/Harness/protocol.schema.json"))).GetAwaiter().GetResult();
}
