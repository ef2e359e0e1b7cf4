using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using KintoneSource.Protocol;

namespace KintoneSource.Catalog;

/// <summary>A row, or a list of people in one.</summary>
/// <param name="Nulled">The values that did not fit and are null.</param>
readonly record struct ResourceRow(RawJson Json, IReadOnlyList<string> Nulled)
{
    /// <summary>A row all of whose values fit.</summary>
    public ResourceRow(RawJson json) : this(json, []) { }

    public override string ToString() => Json.ToString();
}

/// <summary>Rows of a <see cref="ResourceStream"/> out of Kintone's answers.</summary>
static class ResourceRows
{
    /// <summary>
    /// The rows of one answer. A row holds exactly the stream's columns, or those of them that are selected; a value that
    /// is missing is null, and so is one of another type than its column's, which the row tells.
    /// </summary>
    /// <param name="app">The app or space that was asked about, where the stream has such a column.</param>
    /// <param name="selected">Names of the columns to write; null for all.</param>
    /// <param name="members">Finds the members of a row by its code, as <see cref="Members"/> made them.</param>
    /// <exception cref="UnexpectedResponseException">The rows do not stand where the documentation says.</exception>
    public static IEnumerable<ResourceRow> Of(
        ResourceStream stream, Resource resource, JsonElement answer, long? app = null, IReadOnlyCollection<string>? selected = null,
        Func<string, ResourceRow?>? members = null)
    {
        var columns = stream.Columns.Where(c => selected?.Contains(c.Name) ?? true).ToImmutableArray();
        foreach (var (key, row) in Rows(resource, answer))
        {
            var nulled = new List<string>();
            yield return new(RawJson.From(json => Write(json, row, key, nulled)), nulled);
        }

        void Write(Utf8JsonWriter json, JsonElement row, string? key, List<string> nulled)
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
                    case ValueFrom.Members when members?.Invoke(Text(row, "code") ?? "") is { } list:
                        json.WriteRawValue(list.Json.Utf8.Span, skipInputValidation: true);
                        nulled.AddRange(list.Nulled);
                        break;
                    case ValueFrom.Entity when row.TryGetProperty("entity", out var entity) && entity.ValueKind == JsonValueKind.Object
                        && entity.TryGetProperty(column.Name, out var value):
                        Note(column, TryWriteValue(json, column.Type, value));
                        break;
                    case ValueFrom.Answer when answer.TryGetProperty(column.Name, out var value): Note(column, TryWriteValue(json, column.Type, value)); break;
                    case ValueFrom.Row when row.TryGetProperty(column.Name, out var value): Note(column, TryWriteValue(json, column.Type, value)); break;
                    default: json.WriteNullValue(); break;
                }
            }
            json.WriteEndObject();

            void Note(ResourceColumn column, bool fits)
            {
                if (!fits) nulled.Add(column.Name);
            }
        }
    }

    /// <summary>
    /// The people in one page of a row's members: <c>id</c>, <c>code</c>, <c>name</c> and, in an organization, their <c>title</c> there. Each with
    /// what tells them apart.
    /// </summary>
    /// <exception cref="UnexpectedResponseException">The list does not stand where the documentation says.</exception>
    public static IEnumerable<(string Key, ResourceRow Row)> Members(Membership membership, JsonElement answer)
    {
        foreach (var (_, item) in Rows(new(membership.Path, RowShape.Items, membership.Root), answer))
        {
            var person = membership.Person is null ? item : item.TryGetProperty(membership.Person, out var inner) && inner.ValueKind == JsonValueKind.Object
                ? inner
                : throw Unexpected(membership.Path, $"{membership.Root}[].{membership.Person}");
            var nulled = new List<string>();
            yield return (Text(person, "id") ?? Text(person, "code") ?? person.GetRawText(), new(RawJson.From(json =>
            {
                json.WriteStartObject();
                foreach (var name in (ReadOnlySpan<string>)["id", "code", "name"]) WritePart(json, name, person, name);
                if (membership.Person is not null)
                    WritePart(json, "title", item.TryGetProperty("title", out var title) && title.ValueKind == JsonValueKind.Object ? title : default, "name");
                json.WriteEndObject();
            }), nulled));

            void WritePart(Utf8JsonWriter json, string part, JsonElement parent, string name)
            {
                var value = parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var found) ? found : default;
                json.WritePropertyName(part);
                if (value.ValueKind == JsonValueKind.Undefined) json.WriteNullValue();
                else if (!TryWriteValue(json, ResourceType.Text, value)) nulled.Add($"{membership.Column}.{part}");
            }
        }
    }

    /// <summary>Rows as they were sent, with the codes that their members are asked by.</summary>
    /// <exception cref="UnexpectedResponseException">One has no code.</exception>
    public static IEnumerable<(string Code, JsonElement Row)> WithCodes(Resource resource, IEnumerable<JsonElement> rows) =>
        rows.Select((row, i) => (Text(row, "code") ?? throw Unexpected(resource.Path, $"{resource.Root}[{i}].code"), row));

    /// <summary>The rows of an answer as they were sent.</summary>
    /// <exception cref="UnexpectedResponseException">They do not stand where the documentation says.</exception>
    public static IEnumerable<JsonElement> Items(Resource resource, JsonElement answer) => Rows(resource, answer).Select(static item => item.Row);

    /// <summary>What tells a row from the others of its stream; the whole row where it has no key.</summary>
    public static string KeyOf(ResourceStream stream, JsonElement row) =>
        stream.Key.Select(column => Text(row, column)).ToArray() is var key && key.Contains(null) ? row.GetRawText() : string.Join('\n', key);

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

    /// <returns>False, with null written, where the value is neither null nor empty and does not fit.</returns>
    static bool TryWriteValue(Utf8JsonWriter json, ResourceType type, JsonElement value)
    {
        switch (type, value.ValueKind)
        {
            case (ResourceType.Text, JsonValueKind.Number): // documents and servers disagree on quoted ids
                json.WriteStringValue(value.GetRawText());
                return true;
            case (ResourceType.Text, JsonValueKind.String):
            case (ResourceType.Boolean, JsonValueKind.True or JsonValueKind.False):
            case (ResourceType.Object, JsonValueKind.Object):
            case (ResourceType.List, JsonValueKind.Array):
            case (ResourceType.Timestamp, JsonValueKind.String) when IsTimestamp(value.GetString()!):
            case (ResourceType.Date, JsonValueKind.String) when DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture,
                DateTimeStyles.None, out _):
            case (ResourceType.TextList, JsonValueKind.Array) when value.EnumerateArray()
                .All(static v => v.ValueKind is JsonValueKind.String or JsonValueKind.Null):
                value.WriteTo(json);
                return true;
            case (ResourceType.Entity, JsonValueKind.Object):
                return KnownMembers.TryWrite(json, value, "code", "name");
            default:
                json.WriteNullValue();
                return value.ValueKind == JsonValueKind.Null
                    || (type is ResourceType.Timestamp or ResourceType.Date && value.ValueKind == JsonValueKind.String && value.GetString()!.Length == 0);
        }
    }

    // With an offset: what has none is a local time that nobody can place.
    static bool IsTimestamp(string text) => text.Length > 6 && DateTimeOffset.TryParseExact(
        text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
        && (text[^1] == 'Z' || text[^6] is '+' or '-');

    static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value)
        ? value.ValueKind switch { JsonValueKind.String => value.GetString(), JsonValueKind.Number => value.GetRawText(), _ => null }
        : null;
}
