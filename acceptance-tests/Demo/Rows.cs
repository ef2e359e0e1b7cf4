using System.Text.Json;

namespace KintoneSource.Demo;

/// <summary>Rows as cells of a table.</summary>
static class Rows
{
    /// <summary>The head and a line for each row.</summary>
    public static string[][] Excerpt(string[] columns, IEnumerable<JsonElement> rows) =>
        [columns, .. rows.Select(row => columns.Select(column => Cell(row, column)).ToArray())];

    public static string Cell(JsonElement row, string column) => row.TryGetProperty(column, out var value) ? value.ToString() : "";
}
