using System.Text.Json;
using System.Text.Json.Nodes;

namespace KintoneSource.Testing.Form;

/// <summary>What the form reads of one schema of a specification.</summary>
readonly record struct FormSchema(JsonElement Json)
{
    public string? Type => Text("type");

    public string? Title => Text("title");

    public string? Group => Text("group");

    public bool IsSecret => IsTrue("airbyte_secret");

    public bool IsAlwaysShown => IsTrue("always_show");

    public bool IsHidden => IsTrue("airbyte_hidden");

    public bool IsConstant => Json.TryGetProperty("const", out _);

    public IEnumerable<string> Required => List("required").Select(static name => name.GetString()!);

    public IEnumerable<(string Name, FormSchema Schema)> Properties =>
        Json.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().Select(static p => (p.Name, new FormSchema(p.Value))) : [];

    public IReadOnlyList<FormSchema> Options => [.. List("oneOf").Select(static option => new FormSchema(option))];

    public FormSchema? Items => Json.TryGetProperty("items", out var items) ? new(items) : null;

    public IEnumerable<JsonElement> List(string keyword) => Json.TryGetProperty(keyword, out var list) ? list.EnumerateArray() : [];

    public string? Text(string keyword) => Json.TryGetProperty(keyword, out var text) && text.ValueKind is JsonValueKind.String ? text.GetString() : null;

    public double? Number(string keyword) => Json.TryGetProperty(keyword, out var number) ? number.GetDouble() : null;

    public JsonNode? Value(string keyword) => Json.TryGetProperty(keyword, out var value) ? JsonNode.Parse(value.GetRawText()) : null;

    bool IsTrue(string keyword) => Json.TryGetProperty(keyword, out var value) && value.ValueKind is JsonValueKind.True;

    /// <summary>The property that tells the options of a choice apart, and its value in this option.</summary>
    public (string Name, string Value) Discriminator
    {
        get
        {
            var (name, schema) = Properties.First(static property => property.Schema.IsConstant);
            return (name, schema.Text("const")!);
        }
    }

    /// <summary>The option that a value of this choice is of.</summary>
    public FormSchema? OptionOf(JsonObject value)
    {
        foreach (var option in Options)
            if (value[option.Discriminator.Name]?.ToString() == option.Discriminator.Value) return option;
        return null;
    }

    /// <summary>The members of an object, or those of the option that is chosen in it.</summary>
    public FormSchema Chosen(JsonObject value) =>
        Options.Count == 0 ? this : OptionOf(value) ?? throw new InvalidOperationException($"No option of {Title} is chosen.");
}
