using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>record/comments.json, at most ten at a time, and record/comment.json to add or delete one.</summary>
static class CommentEndpoints
{
    public static IEnumerable<Endpoint> All() =>
    [
        new(Api.Kintone, "GET", "record/comments", Accepts.All, "k:app_record:read", Comments),
        RecordWriteEndpoints.Of("POST", "record/comment", Add),
        RecordWriteEndpoints.Of("DELETE", "record/comment", Delete),
    ];

    const int LongestText = 65_535;
    const int MostMentions = 10;

    static Reply Add(ApiCall call)
    {
        var (app, record) = Find(call);
        var comment = call.RequiredObject("comment");
        var text = (string?)comment["text"] is { Length: > 0 } given ? given : throw ApiException.Required("comment.text");
        if (text.Length > LongestText)
            throw ApiException.Invalid("comment.text", $"Enter at most {LongestText} characters.", $"{LongestText}文字以下で入力してください。");
        var mentions = (comment["mentions"] as JsonArray ?? []).OfType<JsonObject>()
            .Select(static mention => ((string)mention["code"]!, (string)mention["type"]!)).ToList();
        if (mentions.Count > MostMentions)
            throw ApiException.TooManyMembers("comment.mentions", MostMentions);
        var added = app.AddComment(record, text, call.Actor, mentions);
        if (call.Options.UpdateTimeMovesWith.HasFlag(UpdateTimeMoves.Comments))
            app.TouchRecord(record);
        return Reply.Json(new JsonObject { ["id"] = AppEndpoints.Text(added.Id) });
    }

    static Reply Delete(ApiCall call)
    {
        var (app, record) = Find(call);
        var id = call.Parameters.Number("comment");
        var comment = app.Comments(record).FirstOrDefault(comment => comment.Id == id)
            ?? throw new ApiException(400, "GAIA_RE02", $"The comment (ID: {id}) is not found.", $"指定したコメント（id: {id}）が見つかりません。");
        if (comment.Creator.Code != call.Actor.Code)
            throw ApiException.NoPrivilege();
        app.DeleteComment(record, id);
        if (call.Options.UpdateTimeMovesWith.HasFlag(UpdateTimeMoves.Comments))
            app.TouchRecord(record);
        return Reply.Json(new JsonObject());
    }

    static (App App, long Record) Find(ApiCall call)
    {
        var app = call.AppOfRecords(AppRights.View);
        var record = call.Parameters.Number("record");
        CheckReadable(call, app, record);
        if (!Enabled(app))
            throw Disabled();
        return (app, record);
    }

    static void CheckReadable(ApiCall call, App app, long record)
    {
        if (!app.Records.Holds(record))
            throw ApiException.NoRecord(AppEndpoints.Text(record));
        if (call.RecordFilter(app)?.Invoke(record) == false)
            throw ApiException.NoPrivilege();
    }

    static bool Enabled(App app) => app.Resources["app/settings"]["enableComments"] is not JsonValue enabled || enabled.GetValue<bool>();

    static ApiException Disabled() => new(403, "GAIA_CO04", "Comments are disabled.", "コメント機能が無効になっています。");

    static Reply Comments(ApiCall call)
    {
        if (call.Identity.Kind == Authentication.Token && !call.Options.TokensReadComments)
            throw ApiException.NotByToken();
        var app = call.AppOfRecords(AppRights.View);
        var record = call.Parameters.Number("record");
        var descending = call.Parameters.Word("order", "desc", "asc", "desc") == "desc";
        var offset = (int)call.Parameters.Number("offset", 0, 0, int.MaxValue);
        var limit = (int)call.Parameters.Number("limit", 10, 0, 10);
        var looksEmpty = call.Options.ClosedCommentsAreEmpty && app.IsClosedTo(call.Identity.UserCode);
        if (!looksEmpty)
            CheckReadable(call, app, record);
        if (!Enabled(app) && !call.Options.DisabledCommentsAreEmpty)
            throw Disabled();
        var all = Enabled(app) && !looksEmpty ? app.Comments(record) : [];
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
