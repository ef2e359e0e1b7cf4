using System.Globalization;
using System.Text.Json;
using Json.Schema;

namespace KintoneSource.Testing;

/// <summary>A JSON schema of draft 7, and what is wrong with a value by it: constants and formats are held, too.</summary>
sealed class SchemaCheck
{
    static readonly EvaluationOptions s_options = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true, FormatRegistry = Formats() };

    readonly JsonSchema _schema;

    /// <exception cref="ArgumentException">It is no schema: the message says why.</exception>
    public SchemaCheck(JsonElement schema)
    {
        var problems = Problems(MetaSchemas.Draft7, schema);
        if (problems.Length > 0) throw new ArgumentException(string.Join("; ", problems), nameof(schema));
        // A registry of its own: schemas with the same $id do not meet.
        _schema = JsonSchema.Build(schema, new() { Dialect = Dialect.Draft07, SchemaRegistry = new() });
    }

    /// <exception cref="ArgumentException">As with an element.</exception>
    public SchemaCheck(string schema) : this(JsonElement.Parse(schema)) { }

    /// <summary>Each as <c>/place: keyword: what is wrong</c>; empty if the value fits. Of a choice that fits nowhere, those of every option.</summary>
    public IReadOnlyList<string> Problems(JsonElement value) => Problems(_schema, value);

    public IReadOnlyList<string> Problems(string json) => Problems(JsonElement.Parse(json));

    /// <summary>As the platform has it, a time has no zone (time_without_timezone); that of RFC 3339 must have one.</summary>
    static FormatRegistry Formats()
    {
        var formats = new FormatRegistry();
        formats.Register(new PredicateFormat("time", static value => value.ValueKind is not JsonValueKind.String
            || TimeOnly.TryParseExact(value.GetString(), "HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)));
        return formats;
    }

    static string[] Problems(JsonSchema schema, JsonElement value)
    {
        var result = schema.Evaluate(value, s_options);
        if (result.IsValid) return [];
        var problems = (result.Details ?? []).Prepend(result)
            .Where(static place => place.Errors is not null)
            .SelectMany(static place => place.Errors!.Select(error => $"{place.InstanceLocation}: {error.Key}: {error.Value}"))
            .ToArray();
        return problems.Length > 0 ? problems : ["The value does not fit the schema."];
    }
}
