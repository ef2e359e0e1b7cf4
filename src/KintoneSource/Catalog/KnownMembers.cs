using System.Text.Json;

namespace KintoneSource.Catalog;

/// <summary>Objects of a few known texts, out of answers that are parsed as a whole: a person, a mention.</summary>
static class KnownMembers
{
    /// <summary>
    /// Writes the known members, null where they are missing, then whatever else the object has, in the order of its names: the schema leaves
    /// the object open, as the transcoder of records does.
    /// </summary>
    /// <returns>False, with null written, for what is no such object.</returns>
    public static bool TryWrite(Utf8JsonWriter json, JsonElement value, params ReadOnlySpan<string> names)
    {
        if (!Fits(value, names))
        {
            json.WriteNullValue();
            return false;
        }
        json.WriteStartObject();
        foreach (var name in names) json.WriteString(name, value.TryGetProperty(name, out var text) ? Text(text) : null);
        foreach (var other in value.EnumerateObject().OrderBy(static p => p.Name, StringComparer.Ordinal))
            if (!names.Contains(other.Name)) other.WriteTo(json);
        json.WriteEndObject();
        return true;
    }

    /// <summary>An object whose known members are texts, null or missing.</summary>
    public static bool Fits(JsonElement value, params ReadOnlySpan<string> names)
    {
        if (value.ValueKind != JsonValueKind.Object) return false;
        foreach (var name in names)
            if (value.TryGetProperty(name, out var text) && text.ValueKind != JsonValueKind.Null && Text(text) is null) return false;
        return true;
    }

    // Documents and servers disagree on whether numbers are quoted.
    static string? Text(JsonElement value) =>
        value.ValueKind switch { JsonValueKind.String => value.GetString(), JsonValueKind.Number => value.GetRawText(), _ => null };
}
