using System.Text.Json.Nodes;

namespace KintoneSimulator.Sample;

/// <summary>案件管理's form with what has no value: a label, a line, a space, and a group around some fields.</summary>
static class DealsLayout
{
    static readonly string[] s_grouped = ["提案書", "メモ"];

    public static JsonObject Of(Form form)
    {
        var rows = new JsonArray(
            Row(new JsonObject { ["type"] = "LABEL", ["label"] = "<b>案件の概要</b>", ["size"] = Size() }),
            Row(new JsonObject { ["type"] = "HR", ["elementId"] = "", ["size"] = Size() }),
            Row(new JsonObject { ["type"] = "SPACER", ["elementId"] = "map", ["size"] = Size() }));
        foreach (var field in form.Fields.Where(field => !s_grouped.Contains(field.Code)
            && field.TypeName is not ("STATUS" or "STATUS_ASSIGNEE" or "CATEGORY")))
            rows.Add(field.TypeName switch
            {
                "SUBTABLE" => new JsonObject { ["type"] = "SUBTABLE", ["code"] = field.Code, ["fields"] = new JsonArray([.. field.Fields.Select(Cell)]) },
                "GROUP" => new JsonObject
                {
                    ["type"] = "GROUP",
                    ["code"] = field.Code,
                    ["layout"] = new JsonArray(Row([.. form.Fields.Where(grouped => s_grouped.Contains(grouped.Code)).Select(Cell)])),
                },
                _ => Row(Cell(field)),
            });
        return new() { ["layout"] = rows };
    }

    static JsonObject Row(params JsonNode[] cells) => new() { ["type"] = "ROW", ["fields"] = new JsonArray(cells) };

    static JsonObject Cell(Field field) => new() { ["type"] = field.TypeName, ["code"] = field.Code, ["size"] = Size() };

    static JsonObject Size() => new() { ["width"] = "193" };
}
