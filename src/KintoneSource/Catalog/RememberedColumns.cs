using System.Collections.Immutable;
using System.Text.Json;

namespace KintoneSource.Catalog;

/// <summary>Which fields the columns of a stream held, as its state keeps it: the <c>columns</c> of docs/state.md.</summary>
/// <param name="Names">The columns' names by the codes of their fields.</param>
sealed record RememberedColumns(ImmutableSortedDictionary<string, string> Names)
{
    /// <summary>Null for none: a state says nothing then.</summary>
    public static RememberedColumns? Of(IEnumerable<KeyValuePair<string, string>> names) =>
        names.ToImmutableSortedDictionary(StringComparer.Ordinal) is { IsEmpty: false } some ? new(some) : null;

    /// <summary>Null for what is not one: an object whose members are texts.</summary>
    public static RememberedColumns? Parse(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && json.EnumerateObject().All(static p => p.Value.ValueKind == JsonValueKind.String)
            ? new(json.EnumerateObject().DistinctBy(static p => p.Name)
                .ToImmutableSortedDictionary(static p => p.Name, static p => p.Value.GetString()!, StringComparer.Ordinal))
            : null;

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var (code, name) in Names) json.WriteString(code, name);
        json.WriteEndObject();
    }

    public bool Equals(RememberedColumns? other) => other is not null && Names.SequenceEqual(other.Names);

    public override int GetHashCode() => Names.Count;
}
