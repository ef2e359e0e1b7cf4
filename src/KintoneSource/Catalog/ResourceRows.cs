using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using KintoneSource.Protocol;

namespace KintoneSource.Catalog;

/// <summary>Rows of a <see cref="ResourceStream"/> out of Kintone's answers.</summary>
static class ResourceRows
{
    /// <summary>
    /// The rows of one answer. A row holds exactly the stream's columns, or those of them that are selected; a value that
    /// is missing or of another type than its column's is null.
    /// </summary>
    /// <param name="app">The app or space that was asked about, where the stream has such a column.</param>
    /// <param name="selected">Names of the columns to write; null for all.</param>
    /// <param name="members">Finds the members of a row by its code, as <see cref="Members"/> made them.</param>
    /// <exception cref="UnexpectedResponseException">The rows do not stand where the documentation says.</exception>
    public static IEnumerable<RawJson> Of(
        ResourceStream stream, Resource resource, JsonElement answer, long? app = null, IReadOnlyCollection<string>? selected = null,
        Func<string, RawJson?>? members = null)
    {
        var columns = stream.Columns.Where(c => selected?.Contains(c.Name) ?? true).ToImmutableArray();
        foreach (var (key, row) in Rows(resource, answer))
            yield return RawJson.From(json => Write(json, row, key));

        void Write(Utf8JsonWriter json, JsonElement row, string? key)
        {
            json.WriteStartObject();
            foreach (var column in columns)
            {
                json.WritePropertyName(column.Name);
                switch (column.From)
                {
                    case ValueFrom.App or ValueFrom.Space when app is { } id: json.WriteStringValue(id.ToString(CultureInfo.InvariantCulture)); break;
                    case ValueFrom.Kind: json.WriteStringValue(resource.Kind); break;
                    case ValueFrom.EntryKey: json.WriteStringValue(key); break;
                    case ValueFrom.Members when members?.Invoke(Text(row, "code") ?? "") is { } list: json.WriteRawValue(list.Utf8.Span, skipInputValidation: true); break;
                    case ValueFrom.Entity when row.TryGetProperty("entity", out var entity) && entity.ValueKind == JsonValueKind.Object && entity.TryGetProperty(column.Name, out var value):
                        WriteValue(json, column.Type, value);
                        break;
                    case ValueFrom.Answer when answer.TryGetProperty(column.Name, out var value): WriteValue(json, column.Type, value); break;
                    case ValueFrom.Row when row.TryGetProperty(column.Name, out var value): WriteValue(json, column.Type, value); break;
                    default: json.WriteNullValue(); break;
                }
            }
            json.WriteEndObject();
        }
    }

    /// <summary>The people in one page of a row's members: <c>id</c>, <c>code</c>, <c>name</c> and, in an organization, their <c>title</c> there.</summary>
    /// <exception cref="UnexpectedResponseException">The list does not stand where the documentation says.</exception>
    public static IEnumerable<RawJson> Members(Membership membership, JsonElement answer)
    {
        foreach (var (_, item) in Rows(new(membership.Path, RowShape.Items, membership.Root), answer))
        {
            var person = membership.Person is null ? item : item.TryGetProperty(membership.Person, out var inner) && inner.ValueKind == JsonValueKind.Object
                ? inner
                : throw Unexpected(membership.Path, $"{membership.Root}[].{membership.Person}");
            yield return RawJson.From(json =>
            {
                json.WriteStartObject();
                json.WriteString("id"u8, Text(person, "id"));
                json.WriteString("code"u8, Text(person, "code"));
                json.WriteString("name"u8, Text(person, "name"));
                if (membership.Person is not null)
                    json.WriteString("title"u8, item.TryGetProperty("title", out var title) && title.ValueKind == JsonValueKind.Object ? Text(title, "name") : null);
                json.WriteEndObject();
            });
        }
    }

    /// <summary>The rows of an answer as they were sent, with the codes that their members are asked by.</summary>
    /// <exception cref="UnexpectedResponseException">They do not stand where the documentation says, or have no code.</exception>
    public static IEnumerable<(string Code, JsonElement Row)> WithCodes(Resource resource, JsonElement answer) =>
        Rows(resource, answer).Select((item, i) => (Text(item.Row, "code") ?? throw Unexpected(resource.Path, $"{resource.Root}[{i}].code"), item.Row));

    static IEnumerable<(string? Key, JsonElement Row)> Rows(Resource resource, JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object) throw Unexpected(resource.Path, "the answer");
        if (resource.Root is not { } rootName) return [(null, answer)];
        if (!answer.TryGetProperty(rootName, out var root)) throw Unexpected(resource.Path, rootName);
        return (resource.Shape, root.ValueKind) switch
        {
            // A feature that was never used is null, not an empty list.
            (_, JsonValueKind.Null) => [],
            (RowShape.Items, JsonValueKind.Array) => root.EnumerateArray().Select((row, i) => ((string?)null, Object(row, $"{rootName}[{i}]"))),
            (RowShape.Entries, JsonValueKind.Object) => root.EnumerateObject().OrderBy(static e => e.Name, StringComparer.Ordinal)
                .Select(e => ((string?)e.Name, Object(e.Value, $"{rootName}.{e.Name}"))),
            _ => throw Unexpected(resource.Path, rootName),
        };

        JsonElement Object(JsonElement row, string at) => row.ValueKind == JsonValueKind.Object ? row : throw Unexpected(resource.Path, at);
    }

    static UnexpectedResponseException Unexpected(string path, string at) =>
        new($"Kintone's answer to {path} is not what its documentation says: {at} is missing or of another kind.");

    static void WriteValue(Utf8JsonWriter json, ResourceType type, JsonElement value)
    {
        switch (type, value.ValueKind)
        {
            case (ResourceType.Text, JsonValueKind.Number): // documents and servers disagree on quoted ids
                json.WriteStringValue(value.GetRawText());
                break;
            case (ResourceType.Text, JsonValueKind.String):
            case (ResourceType.Boolean, JsonValueKind.True or JsonValueKind.False):
            case (ResourceType.Object, JsonValueKind.Object):
            case (ResourceType.List, JsonValueKind.Array):
            case (ResourceType.Timestamp, JsonValueKind.String) when IsTimestamp(value.GetString()!):
            case (ResourceType.Date, JsonValueKind.String) when DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _):
            case (ResourceType.TextList, JsonValueKind.Array) when value.EnumerateArray().All(static v => v.ValueKind is JsonValueKind.String or JsonValueKind.Null):
                value.WriteTo(json);
                break;
            case (ResourceType.Entity, JsonValueKind.Object):
                json.WriteStartObject();
                json.WriteString("code"u8, Text(value, "code"));
                json.WriteString("name"u8, Text(value, "name"));
                json.WriteEndObject();
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    // With an offset: what has none is a local time that nobody can place.
    static bool IsTimestamp(string text) => DateTimeOffset.TryParseExact(
        text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
        && (text[^1] == 'Z' || text[^6] is '+' or '-');

    static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value)
        ? value.ValueKind switch { JsonValueKind.String => value.GetString(), JsonValueKind.Number => value.GetRawText(), _ => null }
        : null;
}
