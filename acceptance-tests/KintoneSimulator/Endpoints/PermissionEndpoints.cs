using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>Permissions of an app, its fields and its records: set at once, or below <c>preview/</c> with the next deployment.</summary>
static class PermissionEndpoints
{
    static readonly string[] s_resources = ["app/acl", "field/acl", "record/acl"];

    public static IEnumerable<Endpoint> All() =>
    [
        .. s_resources.Select(resource => new Endpoint(Api.Kintone, "PUT", resource, Accepts.All, PreviewEndpoints.WriteScope,
            call => SetNow(call, resource)) { Writes = true }),
        .. s_resources.Select(resource => PreviewEndpoints.Writing("PUT", resource, call => Set(call, resource))),
        .. s_resources.Select(resource =>
            PreviewEndpoints.Reading(resource, call => Reply.Json(PreviewEndpoints.Complete([], Find(call, "app").Preview, resource)))),
    ];

    /// <summary>The documentation names the app by <c>app</c>, the description of two of these by <c>id</c>.</summary>
    static App Find(ApiCall call, string resource) =>
        call.AppToEdit(resource != "app/acl" && call.Parameters.Text("app") is null && call.Parameters.Text("id") is not null ? "id" : "app");

    static Reply Set(ApiCall call, string resource) => PreviewEndpoints.Edited(Find(call, resource).EditDraft(call.Revision, draft =>
    {
        draft.Resources[resource] = new() { ["rights"] = Rights(call) };
        draft.HasOtherPermissions = true;
    }));

    static Reply SetNow(ApiCall call, string resource)
    {
        var app = Find(call, resource);
        var rights = Rights(call);
        if (resource == "app/acl" && !rights.OfType<JsonObject>().Any(static right => right["appEditable"] is JsonValue value && value.GetValue<bool>()))
            throw ApiException.Invalid("rights", "Somebody must be able to manage the app.", "アプリを管理できるユーザーが必要です。");
        app.SetResource(resource, new() { ["rights"] = rights });
        app.HasPermissions = true;
        app.ApplyPermissions();
        if (call.Options.UpdateTimeMovesWith.HasFlag(UpdateTimeMoves.Permissions))
            app.TouchAllRecords();
        return PreviewEndpoints.Edited(app.Revision);
    }

    static JsonArray Rights(ApiCall call) => (JsonArray)(call.Json["rights"] as JsonArray ?? throw ApiException.Required("rights")).DeepClone();
}
