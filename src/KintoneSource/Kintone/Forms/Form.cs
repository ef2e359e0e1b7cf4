using System.Collections.Immutable;
using System.Text.Json;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone.Forms;

/// <summary>
/// The answer of <c>app/form/fields.json</c>. Fields stand in the ordinal order of their codes:
/// Kintone promises no order, and a catalog must not change from one discover to the next.
/// </summary>
/// <param name="Revision">The app's settings revision, as sent.</param>
sealed record Form(string Revision, ImmutableArray<FormField> Fields)
{
    /// <summary>The field of the record's update time; app administrators may rename it, so its type decides.</summary>
    public FormField? UpdatedTime { get; } = Fields.FirstOrDefault(static f => f.Type == FieldType.UpdatedTime);

    /// <exception cref="UnexpectedResponseException">It is not what the documentation promises.</exception>
    public static Form Parse(ReadOnlyMemory<byte> utf8)
    {
        JsonDocument document;
        try
        {
            document = JsonText.Parse(utf8);
        }
        catch (JsonException e)
        {
            throw new UnexpectedResponseException("Kintone's description of the app's form is not JSON.", e);
        }
        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("properties", out var properties))
                throw new UnexpectedResponseException("Kintone's description of the app's form has no \"properties\".");
            var fields = ReadFields(properties);
            var codes = new HashSet<string>(StringComparer.Ordinal);
            foreach (var field in fields.SelectMany(static f => f.Fields.Prepend(f)))
                if (!codes.Add(field.Code)) throw Twice(field.Code); // in a table and beside it: no column could say which one it is
            return new(Text(root, "revision") ?? "", fields);
        }
    }

    static ImmutableArray<FormField> ReadFields(JsonElement fields)
    {
        if (fields.ValueKind != JsonValueKind.Object)
            throw new UnexpectedResponseException($"The app's fields should be a JSON object, but Kintone sent {fields.ValueKind}.");
        ImmutableArray<FormField> read = [.. fields.EnumerateObject().Select(static p => ReadField(p.Name, p.Value))
            .OrderBy(static f => f.Code, StringComparer.Ordinal)];
        for (var i = 1; i < read.Length; i++)
            if (read[i].Code == read[i - 1].Code) throw Twice(read[i].Code);
        return read;
    }

    static UnexpectedResponseException Twice(string code) => new($"Kintone described the field {code} twice.");

    static FormField ReadField(string code, JsonElement field)
    {
        // A code that came damaged names nothing in any record, and a type says nothing of its values: the column would be wrong in silence.
        if ((code + Text(field, "type") + Text(field, "format")).Contains('\uFFFD', StringComparison.Ordinal))
            throw new UnexpectedResponseException($"The code or type of a field holds what is no text: {code}.");
        if (Text(field, "type") is not { } type)
            throw new UnexpectedResponseException($"Kintone sent no type for the field {code}.");
        return new(code, Text(field, "label") ?? code, type)
        {
            Required = Flag(field, "required") ?? false,
            Unique = Flag(field, "unique") ?? false,
            Enabled = Flag(field, "enabled") ?? true,
            Format = type == "CALC" ? Text(field, "format") : null,
            Expression = Text(field, "expression") is { Length: > 0 } expression ? expression : null,
            Unit = Text(field, "unit") is { Length: > 0 } unit ? unit : null,
            Options = ReadOptions(field),
            Lookup = ReadLookup(field),
            ReferenceTable = ReadReferenceTable(field),
            // Without them every row would look different, and nobody would be told.
            Fields = type != "SUBTABLE" ? [] : field.TryGetProperty("fields", out var inner)
                ? ReadFields(inner) : throw new UnexpectedResponseException($"Kintone sent no fields for the table {code}."),
        };
    }

    static ImmutableArray<string> ReadOptions(JsonElement field) =>
        Member(field, "options", JsonValueKind.Object) is not { } options ? [] :
        [
            .. from option in options.EnumerateObject()
               let index = int.TryParse(Text(option.Value, "index"), out var i) ? i : int.MaxValue
               orderby index
               select option.Name,
        ];

    static Lookup? ReadLookup(JsonElement field) =>
        Member(field, "lookup", JsonValueKind.Object) is { } lookup
        && Member(lookup, "relatedApp", JsonValueKind.Object) is { } app
            ? new(Text(app, "app") ?? "", Text(lookup, "relatedKeyField") ?? "")
            : null;

    static ReferenceTable? ReadReferenceTable(JsonElement field) =>
        Member(field, "referenceTable", JsonValueKind.Object) is { } list
        && Member(list, "relatedApp", JsonValueKind.Object) is { } app && Member(list, "condition", JsonValueKind.Object) is { } condition
            ? new(Text(app, "app") ?? "", Text(condition, "field") ?? "", Text(condition, "relatedField") ?? "")
            : null;

    static JsonElement? Member(JsonElement parent, string name, JsonValueKind kind) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : null;

    // Documents and servers disagree on whether numbers are quoted.
    static string? Text(JsonElement parent, string name) =>
        Member(parent, name, JsonValueKind.String)?.GetString() ?? Member(parent, name, JsonValueKind.Number)?.GetRawText();

    static bool? Flag(JsonElement parent, string name) =>
        Member(parent, name, JsonValueKind.True) is not null ? true : Member(parent, name, JsonValueKind.False) is not null ? false : null;
}
