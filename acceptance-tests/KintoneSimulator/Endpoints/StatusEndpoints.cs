using System.Globalization;
using System.Text.Json.Nodes;
using KintoneSimulator.Query;

namespace KintoneSimulator;

/// <summary>record/status.json, records/status.json and record/assignees.json.</summary>
static class StatusEndpoints
{
    public static IEnumerable<Endpoint> All() =>
    [
        RecordWriteEndpoints.Of("PUT", "record/status", call => Reply.Json(new JsonObject { ["revision"] = AppEndpoints.Text(Act(call, call.Json)) })),
        RecordWriteEndpoints.Of("PUT", "records/status", ActAll),
        RecordWriteEndpoints.Of("PUT", "record/assignees", Assign),
    ];

    static Reply ActAll(ApiCall call)
    {
        var results = call.RequiredArray("records", RecordWriteEndpoints.MostRecords).OfType<JsonObject>()
            .Select(item => new JsonObject { ["id"] = item["id"]?.ToString(), ["revision"] = AppEndpoints.Text(Act(call, item)) }).ToArray<JsonNode>();
        return Reply.Json(new JsonObject { ["records"] = new JsonArray(results) }) with { Rows = results.Length };
    }

    static long Act(ApiCall call, JsonObject item)
    {
        var app = call.AppOfRecords(AppRights.Edit);
        var form = app.Form;
        if (form.States.Count == 0 || form.OfType(FieldType.Status) is not { } status)
            throw new ApiException(400, "GAIA_ST02", "The process management is disabled.", "プロセス管理が無効です。");
        var name = (string?)item["action"] ?? throw ApiException.Required("action");
        var id = Number(item, "id");
        var writer = new RecordWriter(call, app);
        var record = writer.Editable(id, Revision(item));
        var assignees = Codes(app, record);
        if (assignees.Count > 0 && !assignees.Contains(call.Identity.UserCode))
            throw new ApiException(403, "GAIA_NT01", "Only the assignee can change the status.", "ステータスを変更できるのは作業者だけです。");
        var current = app.Records.Value(id, status, form).GetString();
        var action = (app.Resources["app/status"]["actions"] as JsonArray ?? []).OfType<JsonObject>()
            .FirstOrDefault(action => (string?)action["name"] == name && (string?)action["from"] == current)
            ?? throw new ApiException(400, "GAIA_IL03", $"The action ({name}) is not available.", $"アクション（{name}）は実行できません。");
        var values = new JsonObject { [status.Code] = (string)action["to"]! };
        if (form.OfType(FieldType.StatusAssignee) is { } field)
            values[field.Code] = Entities(call, item["assignee"] is { } assignee ? [assignee.ToString()] : []);
        app.Edit(id, values, call.Actor);
        for (var more = 1; more < call.Options.StatusActionRevisions; more++)
            app.Edit(id, [], call.Actor);
        return record.Revision + call.Options.StatusActionRevisions;
    }

    static Reply Assign(ApiCall call)
    {
        var app = call.AppOfRecords(AppRights.Edit);
        if (app.Form.States.Count == 0 || app.Form.OfType(FieldType.StatusAssignee) is not { } field)
            throw new ApiException(400, "GAIA_ST02", "The process management is disabled.", "プロセス管理が無効です。");
        var assignees = call.Parameters.List("assignees", 100) ?? throw ApiException.Required("assignees");
        var id = call.Parameters.Number("id");
        var record = new RecordWriter(call, app).Editable(id, Revision(call.Json));
        app.Edit(id, new() { [field.Code] = Entities(call, assignees) }, call.Actor);
        return Reply.Json(new JsonObject { ["revision"] = AppEndpoints.Text(record.Revision + 1) });
    }

    static JsonArray Entities(ApiCall call, IEnumerable<string> codes) => [.. codes.Select(code => AppEndpoints.Person(call.Domain.User(code)?.Entity
        ?? throw new ApiException(400, "GAIA_IL26", $"The user ({code}) is not found.", $"指定したユーザー（{code}）が見つかりません。")))];

    static HashSet<string> Codes(App app, StoredRecord record) => app.Form.OfType(FieldType.StatusAssignee) is { } field
        && record.Cells.TryGetValue(field.Uid, out var cell) && cell.Value.ValueKind == System.Text.Json.JsonValueKind.Array
            ? [.. cell.Value.EnumerateArray().Select(static person => person.GetProperty("code").GetString()!)] : [];

    static long Number(JsonObject item, string name) =>
        long.TryParse(item[name]?.ToString() ?? throw ApiException.Required(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number : throw ApiException.Invalid(name, "must be an integer", "整数で指定してください。");

    static long? Revision(JsonObject item) => item["revision"] is null ? null : Number(item, "revision") is >= 0 and var revision ? revision : null;
}
