using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace KintoneSimulator;

/// <summary>Takes values as the API takes them, <c>{"value": …}</c>, or bare.</summary>
public static class CellReader
{
    static readonly SearchValues<char> s_plain = SearchValues.Create("-.0123456789");

    /// <param name="rowId">Makes the id of a table row from the one it came with, if any.</param>
    public static Cell Read(Field field, JsonElement value, Func<long?, long> rowId)
    {
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("value", out var inner))
            value = inner;
        return field.TypeName == "SUBTABLE"
            ? new(value, [.. value.EnumerateArray().Select(row => Row(field, row, rowId))])
            : new(Normalise(field, value));
    }

    static TableRow Row(Field table, JsonElement row, Func<long?, long> rowId)
    {
        var id = rowId(row.TryGetProperty("id", out var text) && text.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? long.Parse(text.ToString(), CultureInfo.InvariantCulture)
            : null);
        var values = row.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.Object ? value : row;
        var cells = new Dictionary<int, Cell>();
        foreach (var field in table.Fields)
            if (values.TryGetProperty(field.Code, out var member))
                cells[field.Uid] = Read(field, member, rowId);
        return new(id, cells);
    }

    /// <summary>Numbers become texts, and a number's text plain digits (measured by a third party): <c>" 1.5e1 "</c> is <c>"15"</c>.</summary>
    static JsonElement Normalise(Field field, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
            value = Json.Element(value.GetRawText());
        if (field.TypeName != "NUMBER" || value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 } text
            || text.AsSpan().IndexOfAnyExcept(s_plain) < 0)
            return value;
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? Json.Element(number.ToString("0.#############################", CultureInfo.InvariantCulture))
            : value;
    }
}
