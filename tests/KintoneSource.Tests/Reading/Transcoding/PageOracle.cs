using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KintoneSource.Catalog;

namespace KintoneSource.Tests.Reading.Transcoding;

/// <summary>What a page comes to, by the most obvious code: parse it all, build new objects.</summary>
static partial class PageOracle
{
    public sealed record Record(long Id, string Data, string[] Changes);

    public static Record[] Read(byte[] page, ImmutableArray<Column> columns) =>
        [.. JsonNode.Parse(page)!["records"]!.AsArray().Select(r => ReadRecord(r!.AsObject(), columns))];

    static Record ReadRecord(JsonObject record, ImmutableArray<Column> columns)
    {
        var changes = new List<string>();
        var data = Columns(record, columns, "", changes);
        return new(long.Parse((string)record["$id"]!["value"]!, CultureInfo.InvariantCulture), AsText(data)!.ToJsonString(), [.. changes.Distinct()]);
    }

    /// <summary>Without NUL, which hardly a database holds.</summary>
    public static JsonNode? AsText(JsonNode? node) => node switch
    {
        JsonObject properties => new JsonObject(properties.Select(static p => KeyValuePair.Create(AsText(p.Key), AsText(p.Value)))),
        JsonArray items => new JsonArray([.. items.Select(AsText)]),
        _ when IsString(node) => AsText((string)node!),
        _ => node?.DeepClone(),
    };

    static string AsText(string text) => text.Replace('\0', '\uFFFD');

    static JsonObject Columns(JsonObject record, ImmutableArray<Column> columns, string path, List<string> changes)
    {
        var data = new JsonObject();
        foreach (var column in columns)
        {
            var inner = new List<string>();
            if (TryColumn(record, column, inner, out var value))
            {
                changes.AddRange(inner.Select(i => path + i));
            }
            else
            {
                value = null;
                changes.Add(path + column.Name);
            }
            data[column.Name] = value;
        }
        return data;
    }

    static bool TryColumn(JsonObject record, Column column, List<string> changes, out JsonNode? value)
    {
        value = null;
        if (column.Source is null) return true;
        if (!record.TryGetPropertyValue(column.Source, out var field))
        {
            var ofType = record.Where(p => column.CellType is not null && p.Value is JsonObject cell && IsString(cell["type"])
                && (string)cell["type"]! == column.CellType).ToArray();
            if (ofType.Length != 1) return ofType.Length == 0;
            field = ofType[0].Value;
        }
        if (field is not JsonObject { } pair) return false;
        return !pair.TryGetPropertyValue("value", out var raw) || TryValue(raw, column, changes, out value);
    }

    static bool TryValue(JsonNode? raw, Column column, List<string> changes, out JsonNode? value)
    {
        value = null;
        if (raw is null) return true;
        switch (column.Kind)
        {
            case ColumnKind.Any: value = raw.DeepClone(); return true;
            case ColumnKind.Text: return Is(IsString(raw), raw, out value);
            case ColumnKind.TextList: return Is(raw is JsonArray list && list.All(IsString), raw, out value);
            case ColumnKind.Entity: return TryEntity(raw, out value);
            case ColumnKind.EntityList: return TryList(raw, TryEntity, out value);
            case ColumnKind.FileList: return TryList(raw, TryFile, out value);
            case ColumnKind.Table: return TryList(raw, (JsonNode? row, out JsonNode? r) => TryRow(row, column, changes, out r), out value);
            default: return TryScalar(raw, column.Kind, out value);
        }
    }

    static bool IsString(JsonNode? node) => node?.GetValueKind() == System.Text.Json.JsonValueKind.String;

    static bool Is(bool fits, JsonNode raw, out JsonNode? value)
    {
        value = fits ? raw.DeepClone() : null;
        return fits;
    }

    static bool TryScalar(JsonNode raw, ColumnKind kind, out JsonNode? value)
    {
        value = null;
        var numeric = kind is ColumnKind.Number or ColumnKind.Integer;
        if (!IsString(raw) && !(numeric && raw.GetValueKind() == System.Text.Json.JsonValueKind.Number)) return false;
        var text = IsString(raw) ? (string)raw! : raw.ToJsonString();
        if (text.Length == 0) return true;
        if (!Fits(text, kind)) return false;
        value = numeric ? JsonNode.Parse(Plain(text)) : kind == ColumnKind.Time && text.Length == 5 ? text + ":00" : text;
        return true;
    }

    public static bool Fits(string text, ColumnKind kind) => kind switch
    {
        ColumnKind.Number => Number.IsMatch(text),
        ColumnKind.Integer => Integer.IsMatch(text),
        ColumnKind.Date => IsDate(text),
        ColumnKind.Time => IsTime(text),
        ColumnKind.Timestamp => Timestamp.Match(text) is { Success: true } m && IsDate(m.Groups[1].Value) && IsTime(m.Groups[2].Value)
            && (m.Groups[3].Value is "" || IsTime(m.Groups[3].Value)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>As JSON has it: no plus sign, no zeros in front, digits on both sides of the point.</summary>
    static string Plain(string text)
    {
        var (sign, whole, fraction, exponent) = Loose.Match(text).Groups is var g
            ? (g["sign"].Value, g["whole"].Value.TrimStart('0'), g["fraction"].Value, g["exponent"].Value) : default;
        return $"{(sign == "-" ? "-" : "")}{(whole.Length > 0 ? whole : "0")}{(fraction.Length > 0 ? $".{fraction}" : "")}{exponent}";
    }

    static bool IsDate(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    static bool IsTime(string text) => TimeOnly.TryParseExact(text, ["HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    [GeneratedRegex(@"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\z")]
    static partial Regex Number { get; }

    [GeneratedRegex(@"^[+-]?[0-9]+\z")]
    static partial Regex Integer { get; }

    [GeneratedRegex(@"^(?<sign>[+-]?)(?<whole>[0-9]*)\.?(?<fraction>[0-9]*)(?<exponent>([eE][+-]?[0-9]+)?)\z")]
    static partial Regex Loose { get; }

    [GeneratedRegex(@"^(.{10})T(..:..:..)(?:\.[0-9]+)?(?:Z|[+-](..:..))\z")]
    static partial Regex Timestamp { get; }

    delegate bool Try(JsonNode? raw, out JsonNode? value);

    static bool TryList(JsonNode raw, Try tryItem, out JsonNode? value)
    {
        value = null;
        if (raw is not JsonArray items) return false;
        var list = new JsonArray();
        foreach (var item in items)
        {
            if (!tryItem(item, out var v)) return false;
            list.Add(v);
        }
        value = list;
        return true;
    }

    static bool TryEntity(JsonNode? raw, out JsonNode? value)
    {
        value = null;
        return raw is null || TryObject(raw, ["code", "name"], "fileKey", out value);
    }

    static bool TryFile(JsonNode? raw, out JsonNode? value) => TryObject(raw, ["fileKey", "name", "contentType", "size"], "code", out value);

    static bool TryObject(JsonNode? raw, string[] names, string foreign, out JsonNode? value)
    {
        value = null;
        if (raw is not JsonObject properties || properties.ContainsKey(foreign)) return false;
        var made = new JsonObject();
        foreach (var name in names)
        {
            JsonNode? v = null;
            if (properties[name] is { } property
                && !(name == "size" ? TryScalar(property, ColumnKind.Integer, out v) : Is(IsString(property), property, out v))) return false;
            made[name] = v;
        }
        foreach (var (name, more) in properties.Where(p => !names.Contains(p.Key))
            .OrderBy(static p => p.Key, StringComparer.Ordinal)) made[name] = more?.DeepClone();
        value = made;
        return true;
    }

    static bool TryRow(JsonNode? raw, Column table, List<string> changes, out JsonNode? value)
    {
        value = null;
        if (raw is not JsonObject row || row["value"] is not JsonObject fields) return false;
        var made = new JsonObject();
        JsonNode? id = null;
        if (row["id"] is { } rowId && !TryScalar(rowId, ColumnKind.Integer, out id)) changes.Add($"{table.Name}.{Column.RowId}");
        made[Column.RowId] = id;
        foreach (var (name, v) in Columns(fields, table.Columns, $"{table.Name}.", changes).ToArray()) made[name] = v?.DeepClone();
        value = made;
        return true;
    }
}
