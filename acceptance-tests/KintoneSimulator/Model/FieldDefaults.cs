using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>What form/fields.json says of a new field, by type: booleans are booleans, numbers are strings.</summary>
public static class FieldDefaults
{
    /// <summary>The options of a choice field in their order.</summary>
    public static JsonObject Options(params IEnumerable<string> labels) =>
        new()
        {
            ["options"] = new JsonObject(labels.Select((label, index) => KeyValuePair.Create(label,
            (JsonNode?)new JsonObject { ["label"] = label, ["index"] = $"{index}" })))
        };

    /// <summary>The fields that every app has, under the codes of an app made in a language; the English ones of the last three are unverified.</summary>
    public static IEnumerable<Field> SystemFields(MessageLanguage language = MessageLanguage.Japanese) => language == MessageLanguage.English ?
    [
        Field.Create("Record_number", "RECORD_NUMBER"),
        Field.Create("Created_by", "CREATOR"),
        Field.Create("Created_datetime", "CREATED_TIME"),
        Field.Create("Updated_by", "MODIFIER"),
        Field.Create("Updated_datetime", "UPDATED_TIME"),
        Field.Create("Status", "STATUS"),
        Field.Create("Assignee", "STATUS_ASSIGNEE"),
        Field.Create("Categories", "CATEGORY"),
    ] :
    [
        Field.Create("レコード番号", "RECORD_NUMBER"),
        Field.Create("作成者", "CREATOR"),
        Field.Create("作成日時", "CREATED_TIME"),
        Field.Create("更新者", "MODIFIER"),
        Field.Create("更新日時", "UPDATED_TIME"),
        Field.Create("ステータス", "STATUS"),
        Field.Create("作業者", "STATUS_ASSIGNEE"),
        Field.Create("カテゴリー", "CATEGORY"),
    ];

    public static JsonObject Of(string typeName) => typeName switch
    {
        "RECORD_NUMBER" or "CREATOR" or "CREATED_TIME" or "MODIFIER" or "UPDATED_TIME" => new() { ["noLabel"] = false },
        "STATUS" or "STATUS_ASSIGNEE" or "CATEGORY" => new() { ["enabled"] = false },
        "SINGLE_LINE_TEXT" => Input(new()
        {
            ["unique"] = false,
            ["maxLength"] = "",
            ["minLength"] = "",
            ["defaultValue"] = "",
            ["expression"] = "",
            ["hideExpression"] = false,
        }),
        "MULTI_LINE_TEXT" or "RICH_TEXT" => Input(new() { ["defaultValue"] = "" }),
        "NUMBER" => Input(new()
        {
            ["unique"] = false,
            ["maxValue"] = "",
            ["minValue"] = "",
            ["defaultValue"] = "",
            ["digit"] = false,
            ["displayScale"] = "",
            ["unit"] = "",
            ["unitPosition"] = "BEFORE",
        }),
        "CALC" => Input(new()
        {
            ["expression"] = "",
            ["format"] = "NUMBER",
            ["displayScale"] = "",
            ["hideExpression"] = false,
            ["unit"] = "",
            ["unitPosition"] = "BEFORE",
        }),
        "CHECK_BOX" => Input(new() { ["options"] = new JsonObject(), ["defaultValue"] = new JsonArray(), ["align"] = "HORIZONTAL" }),
        "MULTI_SELECT" => Input(new() { ["options"] = new JsonObject(), ["defaultValue"] = new JsonArray() }),
        "RADIO_BUTTON" => Input(new() { ["options"] = new JsonObject(), ["defaultValue"] = "", ["align"] = "HORIZONTAL" }),
        "DROP_DOWN" => Input(new() { ["options"] = new JsonObject(), ["defaultValue"] = "" }),
        "DATE" or "DATETIME" => Input(new() { ["unique"] = false, ["defaultValue"] = "", ["defaultNowValue"] = false }),
        "TIME" => Input(new() { ["defaultValue"] = "", ["defaultNowValue"] = false }),
        "LINK" => Input(new() { ["unique"] = false, ["maxLength"] = "", ["minLength"] = "", ["defaultValue"] = "", ["protocol"] = "WEB" }),
        "FILE" => Input(new() { ["thumbnailSize"] = "150" }),
        "USER_SELECT" or "ORGANIZATION_SELECT" or "GROUP_SELECT" => Input(new() { ["entities"] = new JsonArray(), ["defaultValue"] = new JsonArray() }),
        "SUBTABLE" => new() { ["noLabel"] = false },
        "GROUP" => new() { ["noLabel"] = false, ["openGroup"] = false },
        "REFERENCE_TABLE" => new() { ["noLabel"] = false, ["referenceTable"] = null },
        _ => Input([]),
    };

    static JsonObject Input(JsonObject more)
    {
        more["noLabel"] = false;
        more["required"] = false;
        return more;
    }
}
