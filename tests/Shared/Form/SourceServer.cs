using System.Text.Json;
using System.Text.Json.Nodes;

namespace KintoneSource.Testing.Form;

/// <summary>
/// What Airbyte's server does with what the form sends: it validates by the specification, formats included, and hides secrets and puts them back.
/// </summary>
sealed class SourceServer(JsonElement spec)
{
    public const string Mask = "**********";

    readonly SchemaCheck _schema = new(spec);

    /// <summary>The source as the program gets it; null while there is none.</summary>
    public JsonObject? Saved { get; private set; }

    /// <returns>Why it is not saved; empty if it is.</returns>
    public IReadOnlyList<string> Save(JsonObject sent)
    {
        var config = sent.DeepClone().AsObject();
        if (Saved is not null) PutBack(new(spec), config, Saved);
        var problems = _schema.Problems(config.ToJsonString());
        if (problems.Count == 0) Saved = config;
        return problems;
    }

    /// <summary>The saved source as the form gets it for an edit.</summary>
    public JsonObject Masked()
    {
        var config = Saved!.DeepClone().AsObject();
        Hide(new(spec), config);
        return config;
    }

    static void Hide(FormSchema schema, JsonObject config)
    {
        foreach (var (name, property) in Members(schema, config))
            if (config[name] is JsonObject inner) Hide(property, inner);
            else if (config[name] is JsonArray list && property.Items is { IsSecret: true })
                config[name] = new JsonArray([.. list.Select(static _ => (JsonNode)Mask)]);
            else if (config[name] is not null && property.IsSecret) config[name] = Mask;
    }

    /// <summary>In properties and choices only: what stands in a list keeps the asterisks.</summary>
    static void PutBack(FormSchema schema, JsonObject config, JsonObject saved)
    {
        foreach (var (name, property) in Members(schema, config))
            if (config[name] is JsonObject inner && saved[name] is JsonObject before) PutBack(property, inner, before);
            else if (property.IsSecret && config[name]?.ToString() == Mask && saved[name] is { } secret) config[name] = secret.DeepClone();
    }

    static IEnumerable<(string Name, FormSchema Schema)> Members(FormSchema schema, JsonObject config) =>
        schema.Options.Count == 0 ? schema.Properties : schema.OptionOf(config)?.Properties ?? [];
}
