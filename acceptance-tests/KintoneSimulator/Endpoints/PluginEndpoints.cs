using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>What is installed of plug-ins: nothing, for an administrator of the domain.</summary>
static class PluginEndpoints
{
    public static IEnumerable<Endpoint> All() => [Of("plugins", "plugins"), Of("plugins/required", "plugins"), Of("plugin/apps", "apps")];

    static Endpoint Of(string resource, string root) => new(Api.Kintone, "GET", resource, Accepts.Password | Accepts.Token, null, call =>
    {
        if (call.Identity.Kind == Authentication.Token ? !call.Options.TokensReadPlugins : !call.User.Administrator)
            throw call.Identity.Kind == Authentication.Token ? ApiException.NotByToken() : ApiException.NoPrivilege();
        if (resource == "plugin/apps")
            call.Parameters.RequiredText("id");
        return Reply.Json(new JsonObject { [root] = new JsonArray() });
    })
    { InGuestSpaces = false };
}
