using System.Globalization;
using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>record.json and records.json: POST, PUT and DELETE, at most a hundred records at once, all of them or none.</summary>
static class RecordWriteEndpoints
{
    public const string Scope = "k:app_record:write";
    public const int MostRecords = 100;

    public static IEnumerable<Endpoint> All() =>
    [
        Of("POST", "record", Add),
        Of("PUT", "record", Update),
        Of("POST", "records", AddAll),
        Of("PUT", "records", UpdateAll),
        Of("DELETE", "records", DeleteAll),
    ];

    public static Endpoint Of(string method, string resource, Func<ApiCall, Reply> answer) =>
        new(Api.Kintone, method, resource, Accepts.All, Scope, answer) { Writes = true };

    static Reply Add(ApiCall call)
    {
        var app = call.AppOfRecords(AppRights.Add);
        var writer = new RecordWriter(call, app);
        var (id, revision) = writer.Add(call.Json["record"] as JsonObject, "record");
        writer.Finish();
        return Reply.Json(new JsonObject { ["id"] = AppEndpoints.Text(id), ["revision"] = AppEndpoints.Text(revision) });
    }

    static Reply Update(ApiCall call)
    {
        var app = call.AppOfRecords(AppRights.Edit);
        var writer = new RecordWriter(call, app);
        var (_, revision) = writer.Update(Target(call.Json, writer), Values(call.Json, "record"), Revision(call.Json), "record");
        writer.Finish();
        return Reply.Json(new JsonObject { ["revision"] = AppEndpoints.Text(revision) });
    }

    static Reply AddAll(ApiCall call)
    {
        var app = call.AppOfRecords(AppRights.Add);
        var records = call.RequiredArray("records", MostRecords);
        var writer = new RecordWriter(call, app);
        var added = records.Select((record, index) => writer.Add(record as JsonObject, $"records[{index}]")).ToList();
        writer.Finish();
        app.HideForNow(added.Select(static record => record.Id));
        return Reply.Json(new JsonObject
        {
            ["ids"] = new JsonArray([.. added.Select(static record => AppEndpoints.Text(record.Id))]),
            ["revisions"] = new JsonArray([.. added.Select(static record => AppEndpoints.Text(record.Revision))]),
        }) with
        { Rows = added.Count };
    }

    static Reply UpdateAll(ApiCall call)
    {
        var upserts = call.Parameters.Flag("upsert");
        var app = call.AppOfRecords(AppRights.Edit);
        var items = call.RequiredArray("records", MostRecords);
        var writer = new RecordWriter(call, app);
        var results = items.Select((item, index) =>
        {
            var change = item as JsonObject ?? throw ApiException.Required($"records[{index}]");
            var path = $"records[{index}].record";
            if (!upserts || change["updateKey"] is not JsonObject key || writer.Find(key) is not null)
                return Result(writer.Update(Target(change, writer), Values(change, path), Revision(change), path), "UPDATE");
            var values = Values(change, path) ?? [];
            // The key itself becomes a value of the new record.
            values[(string)key["field"]!] = new JsonObject { ["value"] = key["value"]?.DeepClone() };
            return Result(writer.Add(values, path), "INSERT");
        }).ToArray<JsonNode>();
        writer.Finish();
        return Reply.Json(new JsonObject { ["records"] = new JsonArray(results) }) with { Rows = results.Length };

        JsonObject Result((long Id, long Revision) record, string operation)
        {
            var result = new JsonObject { ["id"] = AppEndpoints.Text(record.Id) };
            if (upserts)
                result["operation"] = operation;
            result["revision"] = AppEndpoints.Text(record.Revision);
            return result;
        }
    }

    static Reply DeleteAll(ApiCall call)
    {
        var app = call.AppOfRecords(AppRights.Delete);
        var ids = call.Parameters.Numbers("ids", MostRecords) is { Count: > 0 } given ? given : throw ApiException.Required("ids");
        if (ids.Distinct().Count() < ids.Count)
            throw ApiException.Invalid("ids", "The same record is specified twice.", "同じレコードが複数指定されています。");
        var revisions = call.Parameters.List("revisions", MostRecords);
        var writer = new RecordWriter(call, app);
        for (var i = 0; i < ids.Count; i++)
            writer.Delete(ids[i], revisions is not null && i < revisions.Count
                && long.TryParse(revisions[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var revision) && revision >= 0
                ? revision : null);
        return Reply.Json(new JsonObject()) with { Rows = ids.Count };
    }

    static JsonObject? Values(JsonObject change, string path) => change["record"] switch
    {
        null => null,
        JsonObject values => (JsonObject)values.DeepClone(),
        _ => throw ApiException.Invalid(path, "must be an object", "オブジェクトで指定してください。"),
    };

    static long Target(JsonObject change, RecordWriter writer)
    {
        if (change["updateKey"] is JsonObject key)
            return writer.Find(key) ?? throw ApiException.NoRecord(key["value"]?.ToString() ?? "");
        return Number(change["id"]) ?? throw ApiException.Required("id");
    }

    static long? Revision(JsonObject change) => Number(change["revision"]) is >= 0 and var revision ? revision : null;

    static long? Number(JsonNode? value) =>
        value is null ? null : long.TryParse(value.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : throw ApiException.Invalid("id", "must be an integer", "整数で指定してください。");
}
