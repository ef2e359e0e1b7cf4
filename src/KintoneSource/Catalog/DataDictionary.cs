using System.Globalization;
using System.Text.Json;
using KintoneSource.Kintone.Forms;
using KintoneSource.Protocol;

namespace KintoneSource.Catalog;

/// <summary>
/// Rows of <c>app_fields</c>: which column each field of an app became and what it is, so that anyone can build views
/// with the labels that people see in Kintone, as docs/warehouse does.
/// </summary>
static class DataDictionary
{
    /// <summary>The columns that may cost requests of their own: whoever deselects them saves these.</summary>
    public const string AppName = "appName", Labels = "labels", Position = "position";

    /// <summary>The columns that hold names of streams, and in them perhaps the app's.</summary>
    public const string Stream = "stream", TableStream = "tableStream";

    /// <summary>Every field of the form, sub-tables' fields behind their table; <c>column</c> is null for fields that records do not hold.</summary>
    /// <param name="selected">Names of the columns to write; null for all.</param>
    public static IEnumerable<RawJson> Rows(AppForm app, FormNames names, StreamNames streams, IReadOnlyCollection<string>? selected = null) =>
        app.Form.Fields
            .SelectMany(static field => field.Fields.Select(inner => (field, inner)).Prepend((field: null!, inner: field)))
            .Select(f => Row(app, f.field, f.inner, names, streams, selected));

    static RawJson Row(
        AppForm app, FormField? table, FormField field, FormNames names, StreamNames streams, IReadOnlyCollection<string>? selected) => RawJson.From(json =>
    {
        var subtable = field.Type == FieldType.Subtable ? field : table;
        json.WriteStartObject();
        foreach (var column in ResourceStreams.AppFields.Columns.Where(c => selected?.Contains(c.Name) ?? true))
        {
            json.WritePropertyName(column.Name);
            switch (column.Name)
            {
                case "appId": json.WriteStringValue(app.App.ToString(CultureInfo.InvariantCulture)); break;
                case AppName: json.WriteStringValue(app.Name); break;
                case "path": json.WriteStringValue(table is null ? field.Code : $"{table.Code}.{field.Code}"); break;
                case Stream: json.WriteStringValue(streams.OfRecords(app.App, app.Name)); break;
                case TableStream: json.WriteStringValue(subtable is null ? null : streams.OfTable(app.App, app.Name, subtable.Code)); break;
                case "column": json.WriteStringValue(FieldSchema.KindOf(field) is null ? null : names.Of(field.Code)); break;
                case "table": json.WriteStringValue(table?.Code); break;
                case "code": json.WriteStringValue(field.Code); break;
                case "label": json.WriteStringValue(field.Label); break;
                case Labels: WriteLabels(json, app, field); break;
                case "type": json.WriteStringValue(field.TypeName); break;
                case "required": json.WriteBooleanValue(field.Required); break;
                case "unique": json.WriteBooleanValue(field.Unique); break;
                case "enabled": json.WriteBooleanValue(field.Enabled); break;
                case Position when app.Layout.Positions.TryGetValue(field.Code, out var position): json.WriteNumberValue(position); break;
                case Position: json.WriteNullValue(); break;
                case "options": WriteOptions(json, field); break;
                case "format": json.WriteStringValue(field.Format); break;
                case "expression": json.WriteStringValue(field.Expression); break;
                case "unit": json.WriteStringValue(field.Unit); break;
                case "lookup": WriteLookup(json, field.Lookup); break;
                case "keyField": json.WriteStringValue(field.Lookup is null ? field.ReferenceTable?.Field : field.Code); break;
                case "relatedApp": json.WriteStringValue(field.Lookup?.App ?? field.ReferenceTable?.App); break;
                case "relatedKeyField": json.WriteStringValue(field.Lookup?.KeyField ?? field.ReferenceTable?.RelatedField); break;
                case "revision": json.WriteStringValue(app.Form.Revision); break;
                default: throw new InvalidOperationException($"app_fields has a column {column.Name} that no value is known for.");
            }
        }
        json.WriteEndObject();
    });

    static void WriteLabels(Utf8JsonWriter json, AppForm app, FormField field)
    {
        if (app.Translations.IsEmpty)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartObject();
        foreach (var (language, label) in app.LabelsOf(field.Code)) json.WriteString(language, label);
        json.WriteEndObject();
    }

    static void WriteOptions(Utf8JsonWriter json, FormField field)
    {
        json.WriteStartArray();
        foreach (var option in field.Options) json.WriteStringValue(option);
        json.WriteEndArray();
    }

    static void WriteLookup(Utf8JsonWriter json, Lookup? lookup)
    {
        if (lookup is not { } source)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartObject();
        json.WriteString("app"u8, source.App);
        json.WriteString("keyField"u8, source.KeyField);
        json.WriteEndObject();
    }
}
