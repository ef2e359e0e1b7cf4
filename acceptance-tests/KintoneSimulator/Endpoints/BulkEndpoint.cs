using System.Text;
using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>bulkRequest.json: up to twenty writes, of several apps too, all of them or none.</summary>
static class BulkEndpoint
{
    const int MostRequests = 20;

    static readonly string[] s_allowed = ["record", "records", "record/status", "records/status", "record/assignees"];

    /// <summary>Access tokens of OAuth are not for it, whatever they allow (official description).</summary>
    public static IEnumerable<Endpoint> All() =>
        [new(Api.Kintone, "POST", "bulkRequest", Accepts.Password | Accepts.Token, null, Answer) { Writes = true }];

    static Reply Answer(ApiCall call)
    {
        var requests = call.RequiredArray("requests", MostRequests).OfType<JsonObject>().ToList();
        var results = new JsonArray();
        foreach (var request in requests)
        {
            try
            {
                results.Add(AnswerOne(call, request));
            }
            catch (ApiException refusal)
            {
                var each = new JsonArray([.. requests.Select(other => other == request ? refusal.ToJson(call.Options.Language) : new JsonObject())]);
                throw new ApiException(refusal.Status, refusal.Code, refusal.Message, refusal.Message) { Body = new() { ["results"] = each } };
            }
        }
        return Reply.Json(new JsonObject { ["results"] = results }) with { Rows = results.Count };
    }

    static JsonNode AnswerOne(ApiCall call, JsonObject request)
    {
        var method = (string?)request["method"] ?? throw ApiException.Required("method");
        var path = (string?)request["api"] ?? throw ApiException.Required("api");
        var payload = request["payload"] as JsonObject ?? throw ApiException.Required("payload");
        var body = Encoding.UTF8.GetBytes(payload.ToJsonString());
        var entry = new JournalEntry { Method = method, Path = path, Resource = ApiPath.Parse(path).Resource, Parameters = Parameters.Read(default, body) };
        var part = call.For(entry, body);
        var reply = s_allowed.Contains(entry.Resource) && part.Path.GuestSpace == call.Path.GuestSpace ? call.Simulator.AnswerPart(part) : null;
        if (reply is null)
            throw ApiException.Invalid("api", "The API cannot be used in bulk requests.", "このAPIは一括処理で使用できません。");
        call.Entry.App = entry.App;
        using var bytes = reply.Body;
        return JsonNode.Parse(bytes.Span)!;
    }
}
