using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>space.json, space/members.json and spaces/statistics.json; by password only.</summary>
static class SpaceEndpoints
{
    public static IEnumerable<Endpoint> All() =>
    [
        new(Api.Kintone, "GET", "space", Accepts.Password, null, Describe),
        new(Api.Kintone, "GET", "space/members", Accepts.Password, null, Members),
        new(Api.Kintone, "GET", "spaces/statistics", Accepts.Password, null, Statistics),
    ];

    static Space Find(ApiCall call)
    {
        var id = call.Parameters.Number("id");
        if (call.Domain.Space(id) is not { } space)
            throw new ApiException(404, "GAIA_SP01", $"The space (ID: {id}) is not found.", $"指定したスペース（id: {id}）が見つかりません。");
        if (space.IsGuest != (call.Path.GuestSpace == id) || (space.IsPrivate && !space.Admits(call.User)))
            throw ApiException.NoPrivilege();
        return space;
    }

    static Reply Describe(ApiCall call)
    {
        var space = Find(call);
        var apps = call.Domain.Apps.Where(app => app.Space == space).OrderBy(app => app.Id).Select(app =>
        {
            var described = AppEndpoints.Describe(call, app);
            described.Remove("spaceId");
            return described;
        });
        return Reply.Json(new JsonObject
        {
            ["id"] = AppEndpoints.Text(space.Id),
            ["name"] = space.Name,
            ["defaultThread"] = AppEndpoints.Text(space.DefaultThread),
            ["isPrivate"] = space.IsPrivate,
            ["creator"] = AppEndpoints.Person(space.Creator),
            ["modifier"] = AppEndpoints.Person(space.Creator),
            ["memberCount"] = AppEndpoints.Text(MembersOf(call.Domain, space).Count()),
            ["coverType"] = "PRESET",
            ["coverKey"] = "GREEN",
            ["coverUrl"] = "/k/cover/green.png",
            ["body"] = space.Body,
            ["useMultiThread"] = true,
            ["isGuest"] = space.IsGuest,
            ["attachedApps"] = new JsonArray([.. apps]),
            ["fixedMember"] = false,
            ["showAnnouncement"] = true,
            ["showThreadList"] = true,
            ["showAppList"] = true,
            ["showMemberList"] = true,
            ["showRelatedLinkList"] = true,
            ["permissions"] = new JsonObject { ["createApp"] = "EVERYONE" },
        });
    }

    static Reply Members(ApiCall call)
    {
        var members = MembersOf(call.Domain, Find(call)).Select((user, index) => new JsonObject
        {
            ["entity"] = new JsonObject { ["type"] = "USER", ["code"] = user },
            ["isAdmin"] = index == 0,
            ["isImplicit"] = false,
        }).ToArray<JsonNode>();
        return Reply.Json(new JsonObject { ["members"] = new JsonArray(members) }) with { Rows = members.Length };
    }

    static Reply Statistics(ApiCall call)
    {
        if (!call.User.Administrator)
            throw ApiException.NoPrivilege();
        var limit = call.Parameters.Number("limit", 100, 1, 100);
        var offset = call.Parameters.Number("offset", 0, 0);
        var spaces = call.Domain.Spaces.OrderBy(space => space.Id).Skip((int)offset).Take((int)limit).Select(space => new JsonObject
        {
            ["id"] = AppEndpoints.Text(space.Id),
            ["name"] = space.Name,
            ["isGuest"] = space.IsGuest,
            ["isPrivate"] = space.IsPrivate,
            ["memberCount"] = AppEndpoints.Text(MembersOf(call.Domain, space).Count()),
            ["administratorCount"] = "1",
            ["creator"] = AppEndpoints.Person(space.Creator),
            ["createdAt"] = AppEndpoints.Time(call, space.Created),
            ["modifier"] = AppEndpoints.Person(space.Creator),
            ["modifiedAt"] = AppEndpoints.Time(call, space.Created),
        }).ToArray<JsonNode>();
        return Reply.Json(new JsonObject { ["spaces"] = new JsonArray(spaces) }) with { Rows = spaces.Length };
    }

    static IEnumerable<string> MembersOf(Domain domain, Space space) =>
        space.Members.Count > 0 ? space.Members : domain.Users.Select(user => user.Code);
}
