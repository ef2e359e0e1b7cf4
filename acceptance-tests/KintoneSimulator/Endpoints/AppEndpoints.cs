using System.Globalization;
using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>apps.json, app.json and apps/statistics.json.</summary>
static class AppEndpoints
{
    const string Scope = "k:app_settings:read";

    public static IEnumerable<Endpoint> All() =>
    [
        new(Api.Kintone, "GET", "apps", Accepts.Password | Accepts.OAuth, Scope, Apps),
        new(Api.Kintone, "GET", "app", Accepts.All, Scope, call => Reply.Json(Describe(call, call.App("id", AppRights.View | AppRights.Add)))),
        new(Api.Kintone, "GET", "apps/statistics", Accepts.Password, null, Statistics),
        new(Api.Kintone, "GET", "apis", Accepts.Anyone, null, Apis),
    ];

    public static JsonObject Describe(ApiCall call, App app) => new()
    {
        ["appId"] = Text(app.Id),
        ["code"] = app.Code,
        ["name"] = app.Name,
        ["description"] = app.Description,
        ["createdAt"] = Time(call, app.CreatedAt),
        ["creator"] = Person(app.Creator),
        ["modifiedAt"] = Time(call, app.ModifiedAt),
        ["modifier"] = Person(app.Modifier),
        ["spaceId"] = app.Space is null ? null : Text(app.Space.Id),
        ["threadId"] = app.ThreadId is { } thread ? Text(thread) : null,
    };

    public static JsonObject Person(Entity person) => new() { ["code"] = person.Code, ["name"] = person.Name };

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A time of an app or space; those of records have no fraction.</summary>
    public static string Time(ApiCall call, DateTimeOffset time) => time.UtcDateTime.ToString(
        call.Options.AppTimesHaveMilliseconds ? "yyyy-MM-ddTHH:mm:ss.fffZ" : "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    static Reply Apps(ApiCall call)
    {
        var parameters = call.Parameters;
        var limit = parameters.Number("limit", 100, 1, 100);
        var offset = parameters.Number("offset", 0, 0, int.MaxValue);
        var ids = parameters.Numbers("ids", 100);
        var codes = parameters.List("codes", 100);
        var spaces = parameters.Numbers("spaceIds", 100);
        var name = parameters.Text("name");
        if (name is { Length: > 64 })
            throw ApiException.Invalid("name", "The length must be between 0 and 64.", "長さは0から64の間でなければなりません。");
        var apps = call.Domain.Apps
            .Where(call.Sees)
            .Where(app => call.Path.GuestSpace is { } guest ? app.Space?.Id == guest : app.Space is not { IsGuest: true }
            || call.Options.AppListHoldsGuestApps)
            .Where(app => ids is null || ids.Contains(app.Id))
            .Where(app => codes is null || codes.Contains(app.Code))
            .Where(app => spaces is null || (app.Space is { } space && spaces.Contains(space.Id)))
            .Where(app => name is null || app.Name.Contains(name, StringComparison.OrdinalIgnoreCase))
            .OrderBy(app => app.Id)
            .Skip((int)offset)
            .Take((int)limit)
            .Select(app => Describe(call, app))
            .ToArray<JsonNode>();
        return Reply.Json(new JsonObject { ["apps"] = new JsonArray(apps) }) with { Rows = apps.Length };
    }

    static Reply Apis(ApiCall call)
    {
        if (call.Options.ApisNeedLogin && call.Identity.Kind == Authentication.None)
            throw new ApiException(401, "CB_AU01", "Please login.", "ログインしてください。");
        var apis = Router.Served().Where(static served => !served.Path.Contains("/preview/", StringComparison.Ordinal))
            .Select(static served => $"{served.Path[6..^5]}/{served.Method.ToLowerInvariant()}").Distinct()
            .Select(static name => KeyValuePair.Create(name, (JsonNode?)new JsonObject { ["link"] = $"apis/{name}.json" }));
        return Reply.Json(new JsonObject { ["baseUrl"] = "/k/v1/", ["apis"] = new JsonObject(apis) });
    }

    static Reply Statistics(ApiCall call)
    {
        if (!call.User.Administrator || !call.Options.StatisticsAvailable)
            throw ApiException.NoPrivilege();
        var limit = call.Parameters.Number("limit", 100, 1, 100);
        var offset = call.Parameters.Number("offset", 0, 0);
        var apps = call.Domain.Apps.OrderBy(app => app.Id).Skip((int)offset).Take((int)limit)
            .Select(app => (app, seen: call.Simulator.Statistics.Of(app, LastUpdate))).Select(item => DescribeUse(item.app, item.seen)).ToArray<JsonNode>();
        return Reply.Json(new JsonObject { ["apps"] = new JsonArray(apps) }) with { Rows = apps.Length };

        JsonObject DescribeUse(App app, AppStatistics.Seen seen) => new()
        {
            ["id"] = Text(app.Id),
            ["name"] = app.Name,
            ["space"] = app.Space is null ? null : new JsonObject { ["id"] = Text(app.Space.Id), ["name"] = app.Space.Name },
            ["appGroup"] = "Public",
            ["status"] = "ACTIVATED",
            ["recordUpdatedAt"] = seen.Updated is { } time ? Time(call, time) : null,
            ["recordCount"] = Text(seen.Count),
            ["fieldCount"] = Text(app.Form.Fields.Count),
            ["dailyRequestCount"] = Text(call.Simulator.Journal.CountOf(app)),
            ["storageUsage"] = "0",
            ["apiTokenCount"] = Text(call.Domain.TokensOf(app)),
            ["webhookCount"] = "0",
            ["customized"] = false,
            ["creator"] = Person(app.Creator),
            ["createdAt"] = Time(call, app.CreatedAt),
            ["modifier"] = Person(app.Modifier),
            ["modifiedAt"] = Time(call, app.ModifiedAt),
        };
    }

    static DateTimeOffset? LastUpdate(App app)
    {
        DateTimeOffset? last = null;
        app.Records.Visit(range => last is { } time && range.Latest <= WholeMinutes.Of(time) ? Verdict.None : Verdict.All, _ => true, true, id =>
        {
            var updated = app.Records.Updated(id);
            last = last is null || updated > last ? updated : last;
            return true;
        });
        return last;
    }
}
