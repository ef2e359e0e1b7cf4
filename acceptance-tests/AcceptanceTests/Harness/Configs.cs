using System.Text.Json.Nodes;
using KintoneSimulator;

namespace AcceptanceTests;

/// <summary>Configurations for a simulated Kintone.</summary>
static class Configs
{
    public static JsonObject Password(string address, string user = SampleCompany.DemoUser, string password = SampleCompany.DemoPassword) => new()
    {
        ["subdomain"] = "sample",
        ["base_url"] = address,
        ["credentials"] = new JsonObject { ["auth_type"] = "password", ["username"] = user, ["password"] = password },
    };

    public static JsonObject Tokens(string address, params IEnumerable<string> tokens) => new()
    {
        ["subdomain"] = "sample",
        ["base_url"] = address,
        ["credentials"] = new JsonObject { ["auth_type"] = "api_token", ["api_tokens"] = string.Join(' ', tokens) },
    };

    public static JsonObject WithApp(this JsonObject config, long app, long? guestSpace = null, string? filter = null)
    {
        var selection = new JsonObject { ["mode"] = "single_app", ["app"] = app };
        if (guestSpace is not null) selection["guest_space_id"] = guestSpace;
        if (filter is not null) selection["filter"] = filter;
        config["app_selection"] = selection;
        return config;
    }

    public static JsonObject WithApps(this JsonObject config, params IEnumerable<long> apps)
    {
        config["app_selection"] = new JsonObject
        {
            ["mode"] = "listed_apps",
            ["apps"] = new JsonArray([.. apps.Select(static app => new JsonObject { ["app"] = app })]),
        };
        return config;
    }

    /// <summary>Every app that the user sees, and those of the guest space.</summary>
    public static JsonObject WithAllApps(this JsonObject config)
    {
        config["app_selection"] = new JsonObject { ["mode"] = "all_apps", ["guest_space_ids"] = new JsonArray(SampleCompany.GuestSpace) };
        return config;
    }

    public static JsonObject With(this JsonObject config, string name, JsonNode? value)
    {
        config[name] = value;
        return config;
    }
}
