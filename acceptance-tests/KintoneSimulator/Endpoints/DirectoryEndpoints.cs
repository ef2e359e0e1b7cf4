using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>The User API, shared by all services of the domain: users, organizations, groups; by password, or a cybozu.com API token (official docs,
/// since 2025-04).</summary>
static class DirectoryEndpoints
{
    public static IEnumerable<Endpoint> All() =>
    [
        Of("users", call => Page(call, "users", call.Domain.Users, user => user.Id, user => user.Code, user => Describe(call.Options, user))),
        new(Api.Directory, "PUT", "users", Accepts.Password, null, ChangeUsers) { Writes = true },
        Of("organizations", call => Page(call, "organizations", call.Domain.Organizations, item => item.Id, item => item.Code,
            item => Describe(call.Domain, item))),
        Of("groups", call => Page(call, "groups", call.Domain.Groups, item => item.Id, item => item.Code, Describe)),
        Of("user/organizations", OrganizationsOfUser),
        Of("user/groups", GroupsOfUser),
        Of("organization/users", UsersOfOrganization),
        Of("group/users", UsersOfGroup),
        Of("users/services", call => Page(call, "users", call.Domain.Users, user => user.Id, user => user.Code,
            user => new JsonObject { ["code"] = user.Code, ["services"] = new JsonArray("kintone") })),
    ];

    static Endpoint Of(string resource, Func<ApiCall, Reply> answer) => new(Api.Directory, "GET", resource, Accepts.Password | Accepts.DirectoryToken, null,
        answer);

    static Reply Page<T>(ApiCall call, string root, IEnumerable<T> all, Func<T, long> id, Func<T, string> code, Func<T, JsonObject> describe)
    {
        var ids = call.Parameters.Numbers("ids", 100);
        var codes = call.Parameters.List("codes", 100);
        if (ids is not null && codes is not null)
            throw ApiException.Invalid("ids", "ids and codes cannot be specified at the same time.", "idsとcodesは同時に指定できません。");
        return Page(call, root, all.Where(item => ids?.Contains(id(item)) ?? true).Where(item => codes?.Contains(code(item)) ?? true).OrderBy(id), describe);
    }

    static Reply Page<T>(ApiCall call, string root, IEnumerable<T> all, Func<T, JsonObject> describe)
    {
        var offset = call.Parameters.Number("offset", 0, 0, int.MaxValue);
        var size = call.Parameters.Number("size", 100, 1, 100);
        var page = all.Skip((int)offset).Take((int)size).Select(describe).ToArray<JsonNode>();
        return Reply.Json(new JsonObject { [root] = new JsonArray(page) }) with { Rows = page.Length };
    }

    static Reply OrganizationsOfUser(ApiCall call)
    {
        var user = FindUser(call);
        var titles = call.Domain.Organizations.Where(organization => organization.Members.ContainsKey(user.Code)).OrderBy(organization => organization.Id)
            .Select(organization => new JsonObject
            {
                ["organization"] = Describe(call.Domain, organization),
                ["title"] = Title(organization.Members[user.Code]),
            }).ToArray<JsonNode>();
        return Reply.Json(new JsonObject { ["organizationTitles"] = new JsonArray(titles) }) with { Rows = titles.Length };
    }

    static Reply GroupsOfUser(ApiCall call)
    {
        var user = FindUser(call);
        var groups = call.Domain.Groups.Where(group => group.Members.Contains(user.Code)).OrderBy(group => group.Id).Select(Describe).ToArray<JsonNode>();
        return Reply.Json(new JsonObject { ["groups"] = new JsonArray(groups) }) with { Rows = groups.Length };
    }

    static Reply UsersOfOrganization(ApiCall call)
    {
        var code = call.Parameters.RequiredText("code");
        var organization = call.Domain.Organizations.FirstOrDefault(item => item.Code == code) ?? throw NotFound(code);
        return Page(call, "userTitles", organization.Members.Where(member => call.Domain.User(member.Key) is not null),
            member => new() { ["user"] = Describe(call.Domain.User(member.Key)!), ["title"] = Title(member.Value) });
    }

    static Reply UsersOfGroup(ApiCall call)
    {
        var code = call.Parameters.RequiredText("code");
        var group = call.Domain.Groups.FirstOrDefault(item => item.Code == code) ?? throw NotFound(code);
        return Page(call, "users", group.Members.Select(call.Domain.User).OfType<User>(), Describe);
    }

    /// <summary>Display names and e-mail addresses; for administrators of the domain.</summary>
    static Reply ChangeUsers(ApiCall call)
    {
        if (!call.User.Administrator)
            throw ApiException.NoPrivilege();
        foreach (var user in call.RequiredArray("users", 100).OfType<JsonObject>())
        {
            var code = (string?)user["code"] ?? throw ApiException.Required("users.code");
            _ = call.Domain.ChangeUser(code, known => known with { Name = (string?)user["name"] ?? known.Name, Email = (string?)user["email"] ?? known.Email })
                ?? throw NotFound(code);
        }
        return Reply.Json(new JsonObject());
    }

    static User FindUser(ApiCall call)
    {
        var code = call.Parameters.RequiredText("code");
        return call.Domain.User(code) ?? throw NotFound(code);
    }

    static ApiException NotFound(string code) => new(400, "CB_IL02", $"Illegal request: {code}.", $"不正なリクエストです: {code}");

    static JsonObject? Title(string? name) => name is null ? null : new() { ["id"] = "1", ["code"] = name, ["name"] = name, ["description"] = "" };

    static JsonObject Describe(SimulatorOptions options, User user)
    {
        var described = Describe(user);
        foreach (var member in options.MoreUserMembers)
            described[member] = "";
        return described;
    }

    static JsonObject Describe(User user) => new()
    {
        ["id"] = AppEndpoints.Text(user.Id),
        ["ctime"] = Time(user.Created),
        ["mtime"] = Time(user.Modified),
        ["code"] = user.Code,
        ["valid"] = user.Valid,
        ["name"] = user.Name,
        ["surName"] = "",
        ["givenName"] = "",
        ["surNameReading"] = "",
        ["givenNameReading"] = "",
        ["localName"] = "",
        ["localNameLocale"] = "en",
        ["timezone"] = "Asia/Tokyo",
        ["locale"] = "auto",
        ["description"] = "",
        ["phone"] = "",
        ["mobilePhone"] = "",
        ["extensionNumber"] = "",
        ["email"] = user.Email,
        ["callto"] = "",
        ["url"] = "",
        ["employeeNumber"] = "",
        ["birthDate"] = null,
        ["joinDate"] = null,
        ["primaryOrganization"] = null,
        ["sortOrder"] = null,
        ["customItemValues"] = new JsonArray(),
    };

    static JsonObject Describe(Domain domain, Organization organization) => new()
    {
        ["id"] = AppEndpoints.Text(organization.Id),
        ["code"] = organization.Code,
        ["name"] = organization.Name,
        ["localName"] = "",
        ["localNameLocale"] = "en",
        ["parentId"] = domain.Organizations.FirstOrDefault(item => item.Code == organization.ParentCode) is { } parent ? AppEndpoints.Text(parent.Id) : null,
        ["parentCode"] = organization.ParentCode,
        ["description"] = "",
    };

    static JsonObject Describe(Group group) =>
        new() { ["id"] = AppEndpoints.Text(group.Id), ["code"] = group.Code, ["name"] = group.Name, ["description"] = "" };

    static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
}
