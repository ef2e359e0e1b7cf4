using System.Text.Json.Nodes;
using KintoneSimulator.Query;

namespace KintoneSimulator;

/// <summary>record.json, records.json and records/acl/evaluate.json.</summary>
static class RecordEndpoints
{
    const string Scope = "k:app_record:read";
    const int MostFieldsInBody = 1000;

    public static IEnumerable<Endpoint> All() =>
    [
        new(Api.Kintone, "GET", "records", Accepts.All, Scope, Records),
        new(Api.Kintone, "GET", "record", Accepts.All, Scope, Record),
        new(Api.Kintone, "GET", "records/acl/evaluate", Accepts.Password, null, Evaluate),
    ];

    /// <summary>The fields that a request names, or all that its user may view.</summary>
    public static Projection Project(ApiCall call, App app, IReadOnlyList<string>? codes)
    {
        var projection = Choose(call, app, codes);
        if (call.Options.StatusGoesByName)
            projection = projection with { IsWhole = false, StatusGoesByName = true };
        return call.Options.FileKeysChange ? projection with { IsWhole = false, FileKeySuffix = $".{call.Domain.NextId()}" } : projection;
    }

    static Projection Choose(ApiCall call, App app, IReadOnlyList<string>? codes)
    {
        var form = app.Form;
        if (codes is null or [])
        {
            var whole = Projection.Whole(form);
            if (app.HidesFields && call.Options.HiddenFieldsStayInRecords)
                return whole with
                {
                    IsWhole = false,
                    Blank = whole.Fields.Where(field => !app.IsVisible(field, call.Identity.UserCode))
                    .Select(static field => field.Uid).ToHashSet()
                };
            return app.HidesFields
                ? new([.. whole.Fields.Where(field => app.IsVisible(field, call.Identity.UserCode))], true, true, false)
                : whole;
        }
        if (call.Options.UnknownFieldsAreErrors && codes.FirstOrDefault(code => !code.StartsWith('$') && form.Field(code) is null
            && form.Fields.All(field => field.Key(call.Options.StatusGoesByName) != code)) is { } unknown)
            throw new ApiException(400, "GAIA_IQ11", $"Specified field ({unknown}) not found.", $"指定されたフィールド（{unknown}）が見つかりません。");
        var fields = form.Fields.Where(field => field.IsInRecords && codes.Contains(field.Key(call.Options.StatusGoesByName))
            && app.IsVisible(field, call.Identity.UserCode));
        return new([.. fields], codes.Contains("$id"), codes.Contains("$revision"), false);
    }

    static Reply Records(ApiCall call)
    {
        var app = call.AppOfRecords(AppRights.View);
        var query = call.Query(app);
        var limit = query.Limit ?? QueryRules.DefaultLimit;
        if (limit == 0 && !call.Options.LimitZeroAllowed)
            throw ApiException.Invalid("query", "limit must be greater than or equal to 1", "limitには1以上の数値を指定してください。");
        var withTotal = call.Parameters.Flag("totalCount");
        var projection = Project(call, app, call.Parameters.List("fields", MostFieldsInBody));
        var search = new RecordSearch(app.Records, app.Form, query, call.QueryContext, call.SearchFilter(app));
        var ids = search.Ids(query.Offset ?? 0, limit);
        var aborted = call.Fault?.AbortSearch == true || (search.HasLike && search.Count() > call.Options.LikeThreshold);
        if (aborted)
            ids.RemoveRange(ids.Count / 2, ids.Count - (ids.Count / 2));

        var body = new ByteBuffer(Math.Max(1024, ids.Count * 1024));
        body.Append("{\"records\":["u8);
        AppendRecords(new(app.Records, app.Form, projection, IdPlaces.Of(call.Options.PlaceOfIds, projection, ids)), ids, body);
        body.Append("],\"totalCount\":"u8);
        if (withTotal)
            body.Append("\""u8).Append(Math.Max(0, (call.Options.TotalCountIgnoresPermissions && !app.IsClosedTo(call.Identity.UserCode) ? Unfiltered()
                : search).Count() + (call.Fault?.TotalCountOff ?? 0))).Append("\"}"u8);
        else
            body.Append("null}"u8);
        var reply = new Reply(200, Reply.JsonType, body) { Rows = ids.Count };
        return aborted ? reply.With("X-Cybozu-Warning", "Filter aborted because of too many search results") : reply;

        RecordSearch Unfiltered() => new(app.Records, app.Form, query, call.QueryContext, null);
    }

    public static void AppendRecords(RecordRenderer renderer, IReadOnlyList<long> ids, ByteBuffer to)
    {
        for (var i = 0; i < ids.Count; i++)
        {
            if (i > 0)
                to.Append(","u8);
            renderer.Render(ids[i], to);
        }
    }

    static Reply Record(ApiCall call)
    {
        var app = call.AppOfRecords(AppRights.View);
        var id = call.Parameters.Number("id");
        if (!app.Records.Holds(id))
            throw ApiException.NoRecord(AppEndpoints.Text(id));
        if (call.RecordFilter(app)?.Invoke(id) == false)
            throw ApiException.NoPrivilege();
        var body = new ByteBuffer();
        body.Append("{\"record\":"u8);
        var projection = Project(call, app, null);
        new RecordRenderer(app.Records, app.Form, projection, IdPlaces.Of(call.Options.PlaceOfIds, projection, [id])).Render(id, body);
        body.Append("}"u8);
        return new(200, Reply.JsonType, body) { Rows = 1 };
    }

    static Reply Evaluate(ApiCall call)
    {
        var app = call.App("app", AppRights.View);
        var ids = call.Parameters.Numbers("ids", 100) ?? throw ApiException.Required("ids");
        var rights = app.RightsOf(call.User);
        var filter = call.RecordFilter(app);
        if (call.Options.MissingRecordAnswer == MissingRecordAnswer.Refused && ids.FirstOrDefault(id => !app.Records.Holds(id)) is > 0 and var missing)
            throw ApiException.NoRecord(AppEndpoints.Text(missing));
        var asked = call.Options.MissingRecordAnswer == MissingRecordAnswer.LeftOut ? ids.Where(app.Records.Holds) : ids;
        var evaluated = asked.Select(id =>
        {
            var viewable = app.Records.Holds(id) && (filter?.Invoke(id) ?? true);
            return new JsonObject
            {
                ["id"] = AppEndpoints.Text(id),
                ["record"] = new JsonObject
                {
                    ["viewable"] = viewable,
                    ["editable"] = viewable && rights.HasFlag(AppRights.Edit),
                    ["deletable"] = viewable && rights.HasFlag(AppRights.Delete),
                },
                ["fields"] = new JsonObject(app.Form.Fields.Where(field => field.IsInRecords).Select(field =>
                {
                    var visible = viewable && app.IsVisible(field, call.Identity.UserCode);
                    return KeyValuePair.Create(field.Code,
                        (JsonNode?)new JsonObject { ["viewable"] = visible, ["editable"] = visible && rights.HasFlag(AppRights.Edit) });
                })),
            };
        }).ToArray<JsonNode>();
        return Reply.Json(new JsonObject { ["rights"] = new JsonArray(evaluated) }) with { Rows = evaluated.Length };
    }
}
