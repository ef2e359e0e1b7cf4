using System.Collections.Immutable;
using System.Text.Json;

namespace KintoneSource.Kintone.Forms;

/// <summary>Where fields stand in the form that people see, out of the answer of <c>app/form/layout.json</c>; what has no code is no field.</summary>
/// <param name="Positions">From 1 by the fields' codes, row by row from left to right; a table and a group come before what is in them.</param>
sealed record FormLayout(ImmutableDictionary<string, int> Positions)
{
    /// <summary>Nothing is known of any field.</summary>
    public static FormLayout None { get; } = new(ImmutableDictionary<string, int>.Empty);

    public static FormLayout Parse(JsonElement answer)
    {
        var positions = ImmutableDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        Visit(Member(answer, "layout"), positions);
        return new(positions.ToImmutable());
    }

    static void Visit(JsonElement items, ImmutableDictionary<string, int>.Builder positions)
    {
        if (items.ValueKind != JsonValueKind.Array) return;
        foreach (var item in items.EnumerateArray())
        {
            if (Member(item, "code") is { ValueKind: JsonValueKind.String } code) positions.TryAdd(code.GetString()!, positions.Count + 1);
            Visit(Member(item, "fields"), positions);
            Visit(Member(item, "layout"), positions);
        }
    }

    static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : default;
}
