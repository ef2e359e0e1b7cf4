using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>The settings of a new app, by the path of their endpoint.</summary>
public static class AppResources
{
    public static Dictionary<string, JsonObject> Defaults() => new()
    {
        ["app/form/layout"] = [],
        ["app/views"] = new() { ["views"] = new JsonObject() },
        ["app/status"] = Process([]),
        ["app/settings"] = new()
        {
            ["icon"] = new JsonObject { ["type"] = "PRESET", ["key"] = "APP72" },
            ["theme"] = "WHITE",
            ["titleField"] = new JsonObject { ["selectionMode"] = "AUTO" },
            ["enableThumbnails"] = true,
            ["enableBulkDeletion"] = false,
            ["enableComments"] = true,
            ["enableDuplicateRecord"] = true,
            ["enableInlineRecordEditing"] = true,
            ["numberPrecision"] = new JsonObject { ["digits"] = "16", ["decimalPlaces"] = "4", ["roundingMode"] = "HALF_EVEN" },
            ["firstMonthOfFiscalYear"] = "4",
        },
        ["app/actions"] = new() { ["actions"] = new JsonObject() },
        ["app/reports"] = new() { ["reports"] = new JsonObject() },
        ["app/plugins"] = new() { ["plugins"] = new JsonArray() },
        ["app/notifications/general"] = new() { ["notifications"] = new JsonArray(), ["notifyToCommenter"] = true },
        ["app/notifications/perRecord"] = new() { ["notifications"] = new JsonArray() },
        ["app/notifications/reminder"] = new() { ["notifications"] = new JsonArray(), ["timezone"] = "Asia/Tokyo" },
        ["app/customize"] = new()
        {
            ["scope"] = "ALL",
            ["desktop"] = new JsonObject { ["js"] = new JsonArray(), ["css"] = new JsonArray() },
            ["mobile"] = new JsonObject { ["js"] = new JsonArray(), ["css"] = new JsonArray() },
        },
        ["app/acl"] = new() { ["rights"] = new JsonArray(AppRight("CREATOR", null, true), AppRight("GROUP", "everyone", false)) },
        ["field/acl"] = new() { ["rights"] = new JsonArray() },
        ["record/acl"] = new() { ["rights"] = new JsonArray() },
        ["app/adminNotes"] = new() { ["content"] = "", ["includeInTemplateAndDuplicates"] = false },
    };

    /// <summary>A process that leads from each state to the next; no states, a process that was never switched on.</summary>
    public static JsonObject Process(IReadOnlyList<string> states)
    {
        ArgumentNullException.ThrowIfNull(states);
        if (states.Count == 0)
            return new() { ["enable"] = false, ["states"] = null, ["actions"] = null };
        return new()
        {
            ["enable"] = true,
            ["states"] = new JsonObject(states.Select((state, index) => KeyValuePair.Create(state, (JsonNode?)new JsonObject
            {
                ["name"] = state,
                ["index"] = $"{index}",
                ["assignee"] = new JsonObject { ["type"] = "ONE", ["entities"] = new JsonArray() },
            }))),
            ["actions"] = new JsonArray([.. states.Zip(states.Skip(1), (from, to) => new JsonObject
            {
                ["name"] = $"{to}にする",
                ["from"] = from,
                ["to"] = to,
                ["filterCond"] = "",
                ["type"] = "PRIMARY",
            })]),
        };
    }

    /// <summary>A layout that shows every field in one column: what the app has until one is set.</summary>
    public static JsonArray Layout(Form form)
    {
        ArgumentNullException.ThrowIfNull(form);
        return [.. form.Fields.Where(field => field.TypeName is not ("STATUS" or "STATUS_ASSIGNEE" or "CATEGORY")).Select(field => field.TypeName switch
        {
            "SUBTABLE" => new JsonObject { ["type"] = "SUBTABLE", ["code"] = field.Code, ["fields"] = Cells(field.Fields) },
            "GROUP" => new JsonObject { ["type"] = "GROUP", ["code"] = field.Code, ["layout"] = new JsonArray() },
            _ => new JsonObject { ["type"] = "ROW", ["fields"] = Cells([field]) },
        })];
    }

    static JsonArray Cells(IEnumerable<Field> fields) => [.. fields.Select(field => new JsonObject
    {
        ["type"] = field.TypeName,
        ["code"] = field.Code,
        ["size"] = new JsonObject { ["width"] = "193" },
    })];

    static JsonObject AppRight(string type, string? code, bool manages) => new()
    {
        ["entity"] = new JsonObject { ["type"] = type, ["code"] = code },
        ["includeSubs"] = false,
        ["appEditable"] = manages,
        ["recordViewable"] = true,
        ["recordAddable"] = true,
        ["recordEditable"] = true,
        ["recordDeletable"] = true,
        ["recordImportable"] = manages,
        ["recordExportable"] = manages,
    };
}
