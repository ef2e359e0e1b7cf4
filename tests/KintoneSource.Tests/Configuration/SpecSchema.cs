using System.Text.Json;
using KintoneSource.Configuration;

namespace KintoneSource.Tests.Configuration;

/// <summary>One schema inside spec.json and where it stands, as <c>credentials|password.username</c>; lists add <c>[]</c>.</summary>
/// <param name="Name">The property's name; null for the root, a variant of a oneOf or the items of a list.</param>
sealed record SpecSchema(string Path, string? Name, JsonElement Json, SpecSchema? Parent)
{
    public static JsonElement Spec { get; } = Load();

    public static SpecSchema Root { get; } = new("", null, Spec.GetProperty("connectionSpecification"), null);

    public static IReadOnlyList<SpecSchema> Every { get; } = [.. Root.All()];

    public static SpecSchema Of(JsonElement specification) => new("", null, specification, null);

    public static IEnumerable<SpecSchema> NamedProperties => Every.Where(static schema => schema.Name is not null);

    public string? Text(string keyword) => Json.TryGetProperty(keyword, out var value) ? value.GetString() : null;

    public bool Has(string keyword) => Json.TryGetProperty(keyword, out _);

    public bool IsTrue(string keyword) => Json.TryGetProperty(keyword, out var value) && value.ValueKind is JsonValueKind.True;

    /// <summary>The strings of a list such as required or enum; empty where it is absent.</summary>
    public string[] Texts(string keyword) =>
        Json.TryGetProperty(keyword, out var list) ? [.. list.EnumerateArray().Select(static item => item.GetString()!)] : [];

    public IEnumerable<SpecSchema> Properties =>
        Json.TryGetProperty("properties", out var properties)
            ? properties.EnumerateObject().Select(property => new SpecSchema(Below(property.Name), property.Name, property.Value, this))
            : [];

    public IEnumerable<SpecSchema> Variants =>
        Json.TryGetProperty("oneOf", out var variants)
            ? variants.EnumerateArray().Select(variant => new SpecSchema($"{Path}|{Discriminator(variant)}", null, variant, this))
            : [];

    public IEnumerable<SpecSchema> Items => Json.TryGetProperty("items", out var items) ? [new($"{Path}[]", null, items, this)] : [];

    /// <summary>This one and all below it.</summary>
    public IEnumerable<SpecSchema> All() => Properties.Concat(Variants).Concat(Items).SelectMany(static child => child.All()).Prepend(this);

    string Below(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    static string Discriminator(JsonElement variant) =>
        variant.GetProperty("properties").EnumerateObject().First(static property => property.Value.TryGetProperty("const", out _))
            .Value.GetProperty("const").GetString()!;

    static JsonElement Load()
    {
        using var stream = typeof(SourceConfig).Assembly.GetManifestResourceStream("spec.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }

    public override string ToString() => Path;
}
