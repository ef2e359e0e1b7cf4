using System.Text.Json;

namespace KintoneSource.Configuration;

/// <summary>One value of a configuration as a person meant it, whether it came from a form or from a file.</summary>
static class ConfigValue
{
    /// <summary>What <paramref name="value"/> is, in a person's words.</summary>
    public static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "a group of settings",
        _ => "empty",
    };

    public static bool IsMissing(JsonElement value) =>
        value.ValueKind is JsonValueKind.Null
        || (value.ValueKind is JsonValueKind.String && string.IsNullOrWhiteSpace(value.GetString()));

    /// <summary>Zero or more, as a number or as text.</summary>
    public static long? AsWhole(JsonElement value) => IsZero(value) ? 0 : AsPositive(value);

    public static long? AsPositive(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Typed.Positive(value.GetString()!),
        JsonValueKind.Number when value.TryGetDecimal(out var number) && number > 0 && number <= long.MaxValue
            && decimal.IsInteger(number) => (long)number,
        _ => null,
    };

    /// <summary>The one among <paramref name="words"/> that it is, in either case; null for none.</summary>
    public static string? Word(JsonElement value, IEnumerable<string> words) => words.FirstOrDefault(word => IsWord(value, word));

    public static bool IsWord(JsonElement value, string word) =>
        value.ValueKind is JsonValueKind.String && Typed.Fold(value.GetString()!).Equals(word, StringComparison.OrdinalIgnoreCase);

    static bool IsZero(JsonElement value) =>
        value.ValueKind is JsonValueKind.Number ? value.TryGetDecimal(out var number) && number == 0 : IsWord(value, "0");
}
