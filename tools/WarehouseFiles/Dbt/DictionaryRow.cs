using System.Text.Json;

namespace WarehouseFiles.Dbt;

/// <summary>A row of app_fields: a field of an app's form.</summary>
sealed record DictionaryRow(JsonElement Row)
{
    bool HasApp => this["appId"] is not null;

    public string App => this["appId"] ?? throw new FormatException("A row of app_fields has no appId.");

    public string AppName => this["appName"] is { Length: > 0 } name ? name : $"app_{App}";

    public string Path => this["path"] ?? "";

    public string Code => this["code"] ?? "";

    public string Label => this["label"] is { Length: > 0 } label ? label : Code;

    public string Type => this["type"] ?? "";

    /// <summary>The code of the sub-table that it is in; null for the record's own fields.</summary>
    public string? Table => this["table"];

    public string? Column => this["column"];

    /// <summary>The stream that it is a column of.</summary>
    public string? Stream => Table is null ? Records : TableRows;

    public string? Records => this["stream"];

    public string? TableRows => this["tableStream"];

    public bool IsLookup => Type != "REFERENCE_TABLE" && RelatedApp is not null;

    /// <summary>Of what can be looked up; the rest is text, record numbers too.</summary>
    public bool IsNumber => Type is "NUMBER" or "CALC";

    public string? RelatedApp => this["relatedApp"];

    public string? RelatedKey => this["relatedKeyField"];

    public bool IsUnique => Member("unique") is { ValueKind: JsonValueKind.True } || this["unique"] == "true";

    long Revision => long.TryParse(this["revision"], out var revision) ? revision : 0;

    string? this[string member] => Member(member) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>Warehouses make names small or large.</summary>
    JsonElement? Member(string name) => Row.EnumerateObject().Where(member => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        .Select(static member => (JsonElement?)member.Value).FirstOrDefault();

    /// <summary>
    /// The fields of each app's newest form, in the order of their lines: of what the connector wrote (messages of other streams and kinds may stand between),
    /// or of rows that somebody took out of the warehouse.
    /// </summary>
    public static IReadOnlyList<DictionaryRow> Read(IEnumerable<string> lines)
    {
        var rows = lines.Where(static line => line.StartsWith('{')).Select(Parse).OfType<DictionaryRow>().ToArray();
        if (rows.Length == 0)
            throw new FormatException("The file holds no row of app_fields: it needs a JSON object on each line, as connector and warehouse give them.");
        var newest = rows.GroupBy(static row => row.App).ToDictionary(static app => app.Key, static app => app.Max(static row => row.Revision));
        return [.. rows.Where(row => row.Revision == newest[row.App]).GroupBy(static row => (row.App, row.Path)).Select(static same => same.Last())];
    }

    static DictionaryRow? Parse(string line)
    {
        var json = JsonDocument.Parse(line).RootElement;
        if (!json.TryGetProperty("record", out var record)) return new DictionaryRow(json) is { HasApp: true } row ? row : null;
        return record.GetProperty("stream").GetString() == "app_fields" ? new(record.GetProperty("data")) : null;
    }
}
