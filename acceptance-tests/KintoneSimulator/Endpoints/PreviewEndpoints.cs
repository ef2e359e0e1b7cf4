using System.Globalization;
using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>Making an app and editing its settings, which count once they are deployed: below <c>preview/</c>.</summary>
static class PreviewEndpoints
{
    const string ReadScope = "k:app_settings:read";
    public const string WriteScope = "k:app_settings:write";
    const int MostApps = 300;

    static readonly string[] s_named = ["app/views", "app/actions", "app/reports"];

    static readonly string[] s_documents =
        ["app/notifications/general", "app/notifications/perRecord", "app/notifications/reminder", "app/customize", "app/adminNotes"];

    public static IEnumerable<Endpoint> All() =>
    [
        new(Api.Kintone, "POST", "app", Accepts.Password | Accepts.OAuth, WriteScope, Create) { IsPreview = true, Writes = true },
        new(Api.Kintone, "POST", "app/deploy", Accepts.All, WriteScope, Deploy) { IsPreview = true, Writes = true },
        Reading("app/deploy", DeployStatus),
        Reading("app/settings", ReadSettings),
        Writing("PUT", "app/settings", call => Edit(call, draft => SetSettings(draft, call.Json))),
        Writing("PUT", "app/status", call => Edit(call, draft => ProcessWriter.Set(draft, call.Json))),
        Reading("app/status", call => Read(call, "app/status")),
        .. s_named.Concat(s_documents).Select(resource => Reading(resource, call => Read(call, resource))),
        .. s_named.Select(resource => Writing("PUT", resource, call => SetNamed(call, resource, resource[4..]))),
        .. s_documents.Select(resource => Writing("PUT", resource, call => Edit(call, draft => SetDocument(draft, resource, call.Json)))),
    ];

    public static Endpoint Reading(string resource, Func<ApiCall, Reply> answer) =>
        new(Api.Kintone, "GET", resource, Takes(resource), ReadScope, answer) { IsPreview = true };

    public static Endpoint Writing(string method, string resource, Func<ApiCall, Reply> answer) =>
        new(Api.Kintone, method, resource, Takes(resource), WriteScope, answer) { IsPreview = true, Writes = true };

    /// <summary>As what is deployed: customisation is not for tokens, notes are not for OAuth (official description).</summary>
    static Accepts Takes(string resource) => resource switch
    {
        "app/customize" => Accepts.Password | Accepts.OAuth,
        "app/adminNotes" => Accepts.Password | Accepts.Token,
        _ => Accepts.All,
    };

    public static Reply Edited(long revision) => Reply.Json(new JsonObject { ["revision"] = AppEndpoints.Text(revision) });

    static Reply Edit(ApiCall call, Action<AppDraft> edit) => Edited(call.AppToEdit().EditDraft(call.Revision, edit));

    static Reply Create(ApiCall call)
    {
        var name = call.Parameters.RequiredText("name");
        if (name.Length > 64)
            throw ApiException.Invalid("name", "Enter at most 64 characters.", "64文字以下で入力してください。");
        var spaceId = call.Path.GuestSpace ?? (call.Parameters.Text("space") is null ? null : call.Parameters.Number("space"));
        var space = spaceId is { } id ? call.Domain.Space(id)
            ?? throw new ApiException(404, "GAIA_SP01", $"The space (ID: {id}) is not found.", $"指定したスペース（id: {id}）が見つかりません。") : null;
        if (space is { IsGuest: true } != call.Path.GuestSpace is not null || (space is { IsPrivate: true } && !space.Admits(call.User)))
            throw ApiException.NoPrivilege();
        var app = call.Domain.AddUnpublishedApp(name, space, call.Actor);
        app.HasPermissions = true;
        app.NameSystemFields(call.Options.NewAppLanguage);
        call.Entry.App = app.Id;
        return Reply.Json(new JsonObject { ["app"] = AppEndpoints.Text(app.Id), ["revision"] = AppEndpoints.Text(app.Revision) });
    }

    static Reply Deploy(ApiCall call)
    {
        var reverts = call.Parameters.Flag("revert");
        foreach (var item in call.RequiredArray("apps", MostApps).OfType<JsonObject>())
        {
            var id = long.TryParse(item["app"]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
                : throw ApiException.Required("apps.app");
            var app = call.Domain.AppOrUnpublished(id) ?? throw ApiException.NoApp(id);
            call.Check(app, AppRights.Manage);
            if (long.TryParse(item["revision"]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
                && revision != app.Preview.Revision)
                throw new ApiException(409, "GAIA_CO03", "The revision is not the latest. Someone may update the settings.", "指定したリビジョンは最新ではありません。");
            if (reverts)
                app.DropDraft();
            else
                call.Domain.Deploy(app, call.Options.DeployTime);
        }
        return Reply.Json(new JsonObject());
    }

    static Reply DeployStatus(ApiCall call)
    {
        var ids = call.Parameters.Numbers("apps", MostApps) ?? throw ApiException.Required("apps");
        var states = ids.Select(id =>
        {
            var app = call.Domain.AppOrUnpublished(id) ?? throw ApiException.NoApp(id);
            call.Check(app, AppRights.Manage);
            return new JsonObject { ["app"] = AppEndpoints.Text(id), ["status"] = call.Domain.IsDeploying(app) ? "PROCESSING" : "SUCCESS" };
        }).ToArray<JsonNode>();
        return Reply.Json(new JsonObject { ["apps"] = new JsonArray(states) });
    }

    static Reply Read(ApiCall call, string resource) => Reply.Json(Complete([], call.AppToEdit().Preview, resource));

    static Reply ReadSettings(ApiCall call)
    {
        var draft = call.AppToEdit().Preview;
        return Reply.Json(Complete(new() { ["name"] = draft.Name, ["description"] = draft.Description }, draft, "app/settings"));
    }

    public static JsonObject Complete(JsonObject document, AppDraft draft, string resource)
    {
        foreach (var (name, value) in draft.Resources[resource])
            document[name] = value?.DeepClone();
        document["revision"] = AppEndpoints.Text(draft.Revision);
        return document;
    }

    static void SetSettings(AppDraft draft, JsonObject given)
    {
        if (given["numberPrecision"]?["digits"] is { } digits
            && (!int.TryParse(digits.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var most) || most < 1 || most > draft.MostDigits))
            throw ApiException.Invalid("numberPrecision.digits", $"must be between 1 and {draft.MostDigits}", $"1から{draft.MostDigits}の間で指定してください。");
        draft.Name = (string?)given["name"] ?? draft.Name;
        draft.Description = (string?)given["description"] ?? draft.Description;
        SetDocument(draft, "app/settings", given, "name", "description");
    }

    public static void SetDocument(AppDraft draft, string resource, JsonObject given, params IReadOnlyList<string> except)
    {
        var document = draft.Resources[resource];
        foreach (var (name, value) in given)
            if (name is not ("app" or "id" or "revision") && !except.Contains(name))
                document[name] = value?.DeepClone();
    }

    /// <summary>Views, actions and reports go by their names and get ids; whatever is not named is removed.</summary>
    static Reply SetNamed(ApiCall call, string resource, string root)
    {
        var given = call.RequiredObject(root);
        var ids = new JsonObject();
        var revision = call.AppToEdit().EditDraft(call.Revision, draft =>
        {
            var known = draft.Resources[resource][root] as JsonObject ?? [];
            var kept = new JsonObject();
            foreach (var (name, item) in given)
            {
                var document = item?.DeepClone() as JsonObject ?? throw ApiException.Required($"{root}[{name}]");
                if (document["index"] is null)
                    throw ApiException.Required($"{root}[{name}].index");
                var newName = (string?)document["name"] ?? name;
                document["name"] = newName;
                document["index"] = document["index"]!.ToString();
                document["id"] = known[name]?["id"]?.DeepClone() ?? AppEndpoints.Text(call.Domain.NextId());
                ids[newName] = new JsonObject { ["id"] = document["id"]!.DeepClone() };
                kept[newName] = document;
            }
            draft.Resources[resource] = new() { [root] = kept };
        });
        return Reply.Json(new JsonObject { [root] = ids, ["revision"] = AppEndpoints.Text(revision) });
    }
}
