using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>The form and the other settings of an app.</summary>
static class SettingsEndpoints
{
    const string Scope = "k:app_settings:read";

    static readonly string[] s_forManagers =
        ["app/notifications/general", "app/notifications/perRecord", "app/notifications/reminder", "app/acl", "field/acl", "record/acl"];

    static readonly string[] s_forAll = ["app/views", "app/status", "app/actions", "app/reports"];

    public static IEnumerable<Endpoint> All() =>
    [
        new(Api.Kintone, "GET", "app/form/fields", Accepts.All, Scope, Fields),
        new(Api.Kintone, "GET", "app/form/layout", Accepts.All, Scope, Layout),
        new(Api.Kintone, "GET", "app/settings", Accepts.All, Scope, Settings),
        .. s_forAll.Select(resource =>
            new Endpoint(Api.Kintone, "GET", resource, Accepts.All, Scope, call => Resource(call, resource, AppRights.View | AppRights.Add))),
        .. s_forManagers.Select(resource => new Endpoint(Api.Kintone, "GET", resource, Accepts.All, Scope, call => Resource(call, resource, Managing(call)))),
        new(Api.Kintone, "GET", "app/customize", Accepts.Password | Accepts.OAuth, Scope, call => Resource(call, "app/customize", Managing(call))),
        new(Api.Kintone, "GET", "app/adminNotes", Accepts.Password | Accepts.Token, null, call => Resource(call, "app/adminNotes", Managing(call))),
        new(Api.Kintone, "GET", "app/plugins", Accepts.Password | Accepts.Token, null, call => Resource(call, "app/plugins", Managing(call))),
    ];

    static AppRights Managing(ApiCall call) => call.Options.SettingsNeedManagement ? AppRights.Manage : AppRights.View;

    static Reply Fields(ApiCall call)
    {
        var language = Language(call);
        var app = call.App("app", AppRights.View | AppRights.Add);
        var properties = app.DescribeForm(language, field => !call.Options.HiddenFieldsLeaveForm || app.IsVisible(field, call.Identity.UserCode));
        HideOtherApps(call, properties);
        return Reply.Json(new JsonObject { ["properties"] = properties, ["revision"] = AppEndpoints.Text(app.Revision) });
    }

    /// <summary>Takes out what leads to apps that this user may not view.</summary>
    static void HideOtherApps(ApiCall call, JsonObject properties)
    {
        foreach (var field in properties.Select(property => property.Value).OfType<JsonObject>())
        {
            if (LeadsOff(call, field["referenceTable"]))
                field["referenceTable"] = null;
            if (call.Options.LookupsNeedRights && LeadsOff(call, field["lookup"]))
                field["lookup"] = null;
            if (field["fields"] is JsonObject inner)
                HideOtherApps(call, inner);
        }
    }

    static bool LeadsOff(ApiCall call, JsonNode? settings) => settings?["relatedApp"]?["app"] is { } id
        && (!long.TryParse(id.ToString(), out var related) || call.Domain.App(related) is not { } app || !call.Identity.RightsOn(app).HasFlag(AppRights.View));

    static Reply Layout(ApiCall call)
    {
        var app = call.App("app", AppRights.View | AppRights.Add);
        return Reply.Json(new JsonObject
        {
            ["layout"] = app.Resources["app/form/layout"]["layout"]?.DeepClone() ?? AppResources.Layout(app.Form),
            ["revision"] = AppEndpoints.Text(app.Revision),
        });
    }

    static Reply Settings(ApiCall call)
    {
        _ = Language(call);
        var app = call.App("app", AppRights.View | AppRights.Add);
        var settings = new JsonObject { ["name"] = app.Name, ["description"] = app.Description };
        return Reply.Json(Complete(settings, app, "app/settings"));
    }

    static Reply Resource(ApiCall call, string resource, AppRights needed)
    {
        _ = Language(call);
        return Reply.Json(Complete([], call.App("app", needed), resource));
    }

    static JsonObject Complete(JsonObject document, App app, string resource)
    {
        foreach (var (name, value) in app.Resources[resource])
            document[name] = value?.DeepClone();
        document["revision"] = AppEndpoints.Text(app.Revision);
        return document;
    }

    /// <summary>A language that Kintone does not name is refused.</summary>
    static string Language(ApiCall call) => call.Parameters.Word("lang", "default", "default", "user", "ja", "en", "zh");
}
