using System.Collections.Frozen;
using System.Text.Json;

namespace KintoneSource.Configuration;

/// <summary>
/// What the form demands of one option: a schema of the embedded spec.json, where limits, choices, defaults and marks of secrets stand once,
/// for the form and for the program.
/// Patterns are the form's alone: where a person types into a file, the program understands more than they let through.
/// </summary>
readonly struct OptionRules
{
    readonly JsonElement _schema;

    OptionRules(JsonElement schema) => _schema = schema;

    /// <summary>The whole form.</summary>
    public static OptionRules Form { get; } = new(Load());

    /// <summary>Names of the options that hold secrets, in whatever choice.</summary>
    public static FrozenSet<string> SecretNames { get; } = Form.Secrets().ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The options in it; in a choice, those of all its variants.</summary>
    public IEnumerable<string> Names => Variants.Count > 0
        ? Variants.SelectMany(static variant => variant.Rules.Names)
        : Get("properties") is { } properties ? properties.EnumerateObject().Select(static property => property.Name) : [];

    /// <summary>Of a choice, by the constants that tell them apart.</summary>
    public IReadOnlyList<(string Name, OptionRules Rules)> Variants =>
        Get("oneOf") is { } variants ? [.. variants.EnumerateArray().Select(static variant => (Constant(variant), new OptionRules(variant)))] : [];

    public OptionRules Items => new(_schema.GetProperty("items"));

    public long Minimum => Get("minimum")?.GetInt64() ?? 0;

    public long? Maximum => Get("maximum")?.GetInt64();

    public int? MaxLength => Get("maxLength")?.GetInt32();

    /// <summary>The texts that are allowed; empty where any is.</summary>
    public IReadOnlyList<string> Choices => Texts("enum");

    public JsonElement? Default => Get("default");

    /// <summary>Of a list.</summary>
    public IReadOnlyList<string> DefaultTexts => Texts("default");

    public bool IsSecret => Get("airbyte_secret") is { ValueKind: JsonValueKind.True };

    /// <exception cref="KeyNotFoundException">The form has no such option here.</exception>
    public OptionRules Of(Option option) => new(_schema.GetProperty("properties").GetProperty(option.Name));

    IEnumerable<string> Secrets()
    {
        IEnumerable<string> found = Variants.SelectMany(static variant => variant.Rules.Secrets());
        if (Get("items") is { } items) found = found.Concat(new OptionRules(items).Secrets());
        if (Get("properties") is { } properties)
        {
            var rules = properties.EnumerateObject().Select(static property => (property.Name, Rules: new OptionRules(property.Value)));
            found = found.Concat(rules.SelectMany(static property => property.Rules.Secrets().Concat(property.Rules.IsSecret ? [property.Name] : [])));
        }
        return found;
    }

    static string Constant(JsonElement variant) => variant.GetProperty("properties").EnumerateObject()
        .Where(static property => property.Value.TryGetProperty("const", out _))
        .Select(static property => property.Value.GetProperty("const").GetString()!).First();

    IReadOnlyList<string> Texts(string keyword) => Get(keyword) is { } list ? [.. list.EnumerateArray().Select(static item => item.GetString()!)] : [];

    JsonElement? Get(string keyword) => _schema.TryGetProperty(keyword, out var value) ? value : null;

    static JsonElement Load()
    {
        using var stream = typeof(OptionRules).Assembly.GetManifestResourceStream("spec.json")!;
        using var spec = JsonDocument.Parse(stream);
        return spec.RootElement.GetProperty("connectionSpecification").Clone();
    }
}
