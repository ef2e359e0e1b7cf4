using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>record/comments.json: at most ten at a time.</summary>
static class CommentEndpoints
{
    public static IEnumerable<Endpoint> All() =>
        [new(Api.Kintone, "GET", "record/comments", Accepts.All, "k:app_record:read", Comments)];

    static Reply Comments(ApiCall call)
    {
        if (call.Identity.Kind == Authentication.Token && !call.Options.TokensReadComments)
            throw ApiException.NotByToken();
        var app = call.App("app", AppRights.View);
        var record = call.Parameters.Number("record");
        var descending = call.Parameters.Word("order", "desc", "asc", "desc") == "desc";
        var offset = (int)call.Parameters.Number("offset", 0, 0, int.MaxValue);
        var limit = (int)call.Parameters.Number("limit", 10, 0, 10);
        if (!app.Records.Holds(record))
            throw ApiException.NoRecord(AppEndpoints.Text(record));
        if (call.RecordFilter(app)?.Invoke(record) == false)
            throw ApiException.NoPrivilege();
        if (app.Resources["app/settings"]["enableComments"] is JsonValue enabled && !enabled.GetValue<bool>())
            throw new ApiException(403, "GAIA_CO04", "Comments are disabled.", "コメント機能が無効になっています。");
        var all = app.Comments(record);
        var page = (descending ? all.Reverse() : all).Skip(offset).Take(limit).Select(comment => new JsonObject
        {
            ["id"] = AppEndpoints.Text(comment.Id),
            ["text"] = comment.Text,
            ["createdAt"] = comment.Created.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture),
            ["creator"] = AppEndpoints.Person(comment.Creator),
            ["mentions"] = new JsonArray([.. comment.Mentions.Select(mention => new JsonObject { ["code"] = mention.Code, ["type"] = mention.Type })]),
        }).ToArray<JsonNode>();
        var (before, after) = (Math.Min(offset, all.Count) > 0, offset + page.Length < all.Count);
        return Reply.Json(new JsonObject
        {
            ["comments"] = new JsonArray(page),
            ["older"] = descending ? after : before,
            ["newer"] = descending ? before : after,
        }) with
        { Rows = page.Length };
    }
}
