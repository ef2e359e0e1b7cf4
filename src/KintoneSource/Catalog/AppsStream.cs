using System.Text.Json;
using KintoneSource.Protocol;

namespace KintoneSource.Catalog;

/// <summary>The stream <c>apps</c>: one row per app, as apps.json and app.json describe it.</summary>
static class AppsStream
{
    static readonly (string Name, ColumnKind Kind)[] s_columns =
    [
        ("appId", ColumnKind.Text), ("code", ColumnKind.Text), ("name", ColumnKind.Text), ("description", ColumnKind.Text),
        ("spaceId", ColumnKind.Text), ("threadId", ColumnKind.Text), ("createdAt", ColumnKind.Timestamp), ("creator", ColumnKind.Entity),
        ("modifiedAt", ColumnKind.Timestamp), ("modifier", ColumnKind.Entity),
    ];

    public static StreamDefinition Definition { get; } = new("apps", RawJson.From(static json =>
    {
        json.WriteStartObject();
        json.WriteString("$schema"u8, "http://json-schema.org/draft-07/schema#"u8);
        json.WriteString("title"u8, "Apps"u8);
        json.WriteString("type"u8, "object"u8);
        ColumnSchema.WriteProperties(json, [.. s_columns.Select(static c => new Column(c.Name, c.Name, c.Kind))], static _ => null);
        json.WriteEndObject();
    }), ["appId"]);

    /// <param name="app">As Kintone sent it.</param>
    /// <param name="isSelected">Whether the catalog wants a column.</param>
    public static RawJson Row(JsonElement app, Func<string, bool> isSelected) => RawJson.From(json =>
    {
        json.WriteStartObject();
        foreach (var (name, _) in s_columns)
        {
            if (!isSelected(name)) continue;
            json.WritePropertyName(name);
            if (app.TryGetProperty(name, out var value)) value.WriteTo(json);
            else json.WriteNullValue();
        }
        json.WriteEndObject();
    });
}
