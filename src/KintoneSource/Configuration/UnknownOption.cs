using System.Text.Json;
using KintoneSource.Protocol;

namespace KintoneSource.Configuration;

/// <summary>A name that the form does not have, and what was probably meant.</summary>
static class UnknownOption
{
    /// <param name="path">Titles of what it stands in, each with a sign behind it; empty at the top.</param>
    /// <param name="known">The names that it could be.</param>
    /// <param name="missing">The one name that is missed where it stands; null where there are several or none.</param>
    public static string Of(JsonProperty property, string path, IReadOnlySet<string> known, string? missing)
    {
        var place = path.Length == 0 ? "" : $" in {path[..^" > ".Length]}";
        return $"an unknown option{(LooksLikeName(property.Name) ? $" {property.Name}" : "")}{place}: {Advice(property, known, missing)}";
    }

    /// <summary>Whether it may be shown.</summary>
    public static bool LooksLikeName(string name) => name.Length <= 40 && name.All(static c => char.IsAsciiLetter(c) || c is '_' or '-');

    static string Advice(JsonProperty property, IReadOnlySet<string> known, string? missing)
    {
        if (property.Value.ValueKind is JsonValueKind.Object)
        {
            var inside = property.Value.EnumerateObject().Select(static inner => inner.Name).Where(known.Contains).Distinct().ToArray();
            if (inside.Length > 0)
                return $"{string.Join(", ", inside)} in it {(inside.Length == 1 ? "belongs" : "belong")} one level up. Give what is inside it instead of it.";
        }
        var longer = known.Where(name => name.StartsWith($"{property.Name}_", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        return (Misspelling.Nearest(property.Name, known) ?? (longer.Length > 0 ? string.Join(" or ", longer) : missing)) is { } meant
            ? $"did you mean {meant}?" : "it has no effect. Check its name and its place.";
    }
}
