using System.Text.Json;
using System.Text.Json.Nodes;

namespace AcceptanceTests.Contract;

/// <summary>
/// Nothing that somebody's connection is built on goes away: the spec and the sample company's catalog are compared with
/// those of the last release, in the folder Baseline. At a release, run these tests with RENEW_BASELINE=true and commit the folder.
/// </summary>
[Collection(SampleCompanyCollection.Name)]
public sealed class CompatibilityContractTests(SampleCompanyRuns company)
{
    const string Folder = "acceptance-tests/AcceptanceTests/Contract/Baseline";

    [Fact]
    public void Every_configuration_that_was_valid_is_still_valid()
    {
        var now = company.Spec.Messages[0].GetProperty("spec").GetProperty("connectionSpecification");
        using var before = JsonDocument.Parse(Baseline("spec.json", now.GetRawText()));
        Assert.Empty(SpecBreaks(before.RootElement, now, "the configuration"));
    }

    [Fact]
    public void No_stream_column_type_key_or_cursor_of_a_catalog_has_gone()
    {
        var now = Describe(company.Streams).Order(StringComparer.Ordinal).ToArray();
        var before = Baseline("catalog.txt", string.Join('\n', now) + "\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(before);
        Assert.Empty(before.Except(now));
    }

    [Theory]
    [InlineData("""{"type":"object","required":["a","b"],"properties":{"a":{"type":"string"},"b":{"type":"string"}}}""", "b is required now")]
    [InlineData("""{"type":"object","required":["a"],"properties":{"a":{"type":"integer"},"b":{"type":"string"}}}""", "a: type")]
    [InlineData("""{"type":"object","required":["a"],"properties":{"b":{"type":"string"}}}""", "a has gone")]
    [InlineData("""{"type":"object","required":["a"],"properties":{"a":{"type":"string","enum":["x"]},"b":{"type":"string"}}}""", "a: enum")]
    [InlineData("""{"type":"object","required":["a"],"properties":{"a":{"type":"string"},"b":{"type":"string"},"c":{"type":"object","oneOf":[{"properties":{"m":{"const":"p"}}}]}}}""", null)]
    public void A_break_of_the_spec_is_noticed(string now, string? problem)
    {
        using var before = JsonDocument.Parse("""{"type":"object","required":["a"],"properties":{"a":{"type":"string"},"b":{"type":"string"}}}""");
        using var after = JsonDocument.Parse(now);
        var found = string.Join("; ", SpecBreaks(before.RootElement, after.RootElement, "it"));
        if (problem is null) Assert.Empty(found);
        else Assert.Contains(problem, found, StringComparison.Ordinal);
    }

    /// <summary>What a configuration that fitted the old schema might stumble over in the new one.</summary>
    static IEnumerable<string> SpecBreaks(JsonElement before, JsonElement now, string at)
    {
        foreach (var keyword in new[] { "type", "pattern", "minimum", "maximum", "minItems", "maxLength", "format" })
        {
            var (old, present) = (Value(before, keyword), Value(now, keyword));
            if (old != present && !(keyword != "type" && present is null)) yield return $"{at}: {keyword} was {old ?? "open"} and is {present}";
        }
        var enums = Texts(now, "enum");
        if (enums.Count > 0 && (Texts(before, "enum") is var oldEnums)
            && (oldEnums.Count == 0 || !oldEnums.IsSubsetOf(enums))) yield return $"{at}: enum has become narrower";
        foreach (var required in Texts(now, "required").Except(Texts(before, "required"))) yield return $"{at}: {required} is required now";
        if (before.TryGetProperty("properties", out var properties))
        {
            foreach (var property in properties.EnumerateObject())
            {
                if (!now.TryGetProperty("properties", out var nowProperties)
                    || !nowProperties.TryGetProperty(property.Name, out var present)) yield return $"{at}.{property.Name} has gone";
                else foreach (var found in SpecBreaks(property.Value, present, $"{at}.{property.Name}")) yield return found;
            }
        }
        if (before.TryGetProperty("items", out var items))
            foreach (var found in SpecBreaks(items, now.GetProperty("items"), $"{at}[]")) yield return found;
        if (!before.TryGetProperty("oneOf", out var variants)) yield break;
        foreach (var variant in variants.EnumerateArray())
        {
            var name = Discriminator(variant);
            var present = now.GetProperty("oneOf").EnumerateArray().FirstOrDefault(v => Discriminator(v) == name);
            if (present.ValueKind == JsonValueKind.Undefined) yield return $"{at}: the variant {name} has gone";
            else foreach (var found in SpecBreaks(variant, present, $"{at}|{name}")) yield return found;
        }
    }

    /// <summary>A line for everything that a destination's tables or a connection's settings depend on.</summary>
    static IEnumerable<string> Describe(IEnumerable<JsonElement> streams)
    {
        foreach (var stream in streams)
        {
            var name = SampleCompanyRuns.Name(stream);
            foreach (var mode in ConfiguredCatalogs.SyncModes(stream)) yield return $"{name}: {mode}";
            foreach (var keyword in new[] { "source_defined_primary_key", "default_cursor_field" })
                if (stream.TryGetProperty(keyword, out var value)) yield return $"{name}: {keyword} {value.GetRawText()}";
            foreach (var line in Columns(stream.GetProperty("json_schema"), "")) yield return $"{name}{line}";
        }
    }

    static IEnumerable<string> Columns(JsonElement schema, string path)
    {
        if (path.Length > 0) yield return $"{path}: {Value(schema, "type")} {Value(schema, "format")} {Value(schema, "airbyte_type")}".TrimEnd();
        if (schema.TryGetProperty("properties", out var properties))
        {
            foreach (var property in properties.EnumerateObject())
                foreach (var line in Columns(property.Value, $"{path}.{property.Name}")) yield return line;
        }
        if (schema.TryGetProperty("items", out var items))
            foreach (var line in Columns(items, $"{path}[]")) yield return line;
    }

    static string? Value(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetRawText() : null;

    static HashSet<string> Texts(JsonElement json, string name) => json.TryGetProperty(name, out var list)
        ? [.. list.EnumerateArray().Select(static t => t.ToString())] : [];

    static string Discriminator(JsonElement variant) =>
        variant.GetProperty("properties").EnumerateObject().First(static p => p.Value.TryGetProperty("const", out _)).Value.GetProperty("const").GetString()!;

    static string Baseline(string name, string now)
    {
        var file = Repository.File($"{Folder}/{name}");
        if (Environment.GetEnvironmentVariable("RENEW_BASELINE") == "true")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, name.EndsWith(".json", StringComparison.Ordinal) ? JsonNode.Parse(now)!.ToJsonString(s_readable) + "\n" : now);
        }
        return File.ReadAllText(file);
    }

    static readonly JsonSerializerOptions s_readable = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping
    };
}
