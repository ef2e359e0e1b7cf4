using System.Text;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>What is listed page by page, and apps of guest spaces among it.</summary>
static class ListedApps
{
    /// <summary>More than a page of a hundred.</summary>
    const int Many = 150, Fifth = 5;

    public static IEnumerable<FactCase> Cases =>
    [
        new("all apps, one of them in a guest space, which apps.json lists", GuestApp),
        new("the user is no member of that space", ForeignGuestApp),
        .. ((string[])["apps", "users", "organizations", "groups", "app_statistics", "space_statistics"]).Select(static stream =>
            new FactCase($"150 in `{stream}`, and number 5 goes between two pages: missing of those that stay", scene => Shifted(scene, stream))),
        new("150 members of a group, and number 5 goes between two pages: missing", ShiftedMembers),
        new("150 apps, and the first page has 40 of them: missing", ShortPage),
        new("half a surrogate pair or NUL in the names of app, space, user, label, unit and choice", OddTexts),
    ];

    static string GuestApp(FactScene scene)
    {
        scene.Apps = FactScene.AllApps();
        scene.AddApp(3);
        scene.AddApp(3, scene.Domain.AddSpace("取引先", isGuest: true, members: FactScene.User));
        return Read(scene);
    }

    static string ForeignGuestApp(FactScene scene)
    {
        scene.Apps = FactScene.AllApps();
        scene.AddApp(3);
        scene.AddApp(3, scene.Domain.AddSpace("取引先", isGuest: true, members: FactScene.User));
        scene.Simulator.Faults.Always(Fault.Error(403, "CB_NO02"), static e => e.Path.StartsWith("/k/guest/", StringComparison.Ordinal));
        return Read(scene);
    }

    static string Read(FactScene scene)
    {
        var (check, found) = (scene.Check(), scene.Discover());
        var streams = found.Streams.Select(static s => (string)s["name"]!).Where(static s => s.EndsWith("_records", StringComparison.Ordinal)).ToArray();
        var run = scene.Sync(streams);
        return $"check {check.CheckStatus}, {Facts.Of(streams.Length, "stream")} of records, {Facts.Of(streams.Sum(run.Written), "record")}, {found.Sentence}";
    }

    static string Shifted(FactScene scene, string stream)
    {
        scene.Apps = FactScene.AllApps();
        var domain = scene.Domain;
        (string Resource, string Key, Action<int> Add, Action Remove) list = stream switch
        {
            "apps" => ("apps", "appId", _ => scene.AddApp(0), () => domain.RemoveApp(domain.App(Fifth)!)),
            "app_statistics" => ("apps/statistics", "id", _ => scene.AddApp(0), () => domain.RemoveApp(domain.App(Fifth)!)),
            "space_statistics" => ("spaces/statistics", "id", i => domain.AddSpace($"広場{i}", id: i), () => domain.RemoveSpace(Fifth)),
            "organizations" => ("organizations", "code", i => domain.AddOrganization($"{i}", $"第{i}課"), () => domain.RemoveOrganization($"{Fifth}")),
            "groups" => ("groups", "code", i => domain.AddGroup($"{i}", $"第{i}班"), () => domain.RemoveGroup($"{Fifth}")),
            _ => ("users", "code", i => domain.AddUser($"{i}"), () => domain.RemoveUser($"{Fifth}")),
        };
        for (var i = 1; i <= Many; i++) list.Add(i);
        Goes(scene, list.Resource, list.Remove);
        return Missing(scene.Sync(stream).Rows(stream).Select(row => row[list.Key]));
    }

    static string ShiftedMembers(FactScene scene)
    {
        for (var i = 1; i <= Many; i++) scene.Domain.AddUser($"{i}");
        scene.Domain.AddGroup("team", "班", [.. Enumerable.Range(1, Many).Select(static i => $"{i}")]);
        Goes(scene, "group/users", () => scene.Domain.RemoveUser($"{Fifth}"));
        var team = scene.Sync("groups").Rows("groups").Single(static row => (string?)row["code"] == "team");
        return Missing(team["users"]!.AsArray().Select(static user => user!["code"]));
    }

    static string Missing(IEnumerable<JsonNode?> keys)
    {
        var stayed = Enumerable.Range(1, Many).Where(static i => i != Fifth).Select(static i => $"{i}");
        var missing = stayed.Except(keys.Select(static k => k!.ToString())).ToArray();
        return missing.Length == 0 ? "none" : missing.Length == 1 ? $"number {missing[0]}" : Facts.Number(missing.Length);
    }

    /// <summary>Something goes from a list after its first page was answered.</summary>
    static void Goes(FactScene scene, string resource, Action remove)
    {
        var isGone = false;
        scene.Simulator.BeforeAnswer = entry =>
        {
            if (isGone || entry.Resource != resource || entry.Parameters.Number("offset", 0, 0) == 0) return;
            remove();
            isGone = true;
        };
    }

    static string ShortPage(FactScene scene)
    {
        scene.Apps = FactScene.AllApps();
        for (var i = 0; i < Many; i++) scene.AddApp(0);
        scene.Simulator.Faults.Next(1, new Fault("short page") { Garble = static body => First(body, 40) },
            static e => e.Resource == "apps" && e.Parameters.Number("offset", 0, 0) == 0);
        return Missing(scene.Sync("apps").Rows("apps").Select(static row => row["appId"]));
    }

    static ReadOnlyMemory<byte> First(ReadOnlyMemory<byte> body, int apps) =>
        Encoding.UTF8.GetBytes(new JsonObject
        {
            ["apps"] = new JsonArray([.. JsonNode.Parse(body.Span)!["apps"]!.AsArray().Take(apps).Select(static app => app!.DeepClone())]),
        }.ToJsonString());

    static string OddTexts(FactScene scene)
    {
        scene.Apps = FactScene.AllApps();
        var app = scene.AddApp(3);
        app.Rename("ODDname");
        app.AddField("amount", "NUMBER", new() { ["label"] = "ODDlabel", ["unit"] = "ODDunit" });
        app.AddField("rank", "DROP_DOWN", new()
        {
            ["options"] = new JsonObject { ["ODDchoice"] = new JsonObject { ["label"] = "ODDchoice", ["index"] = "0" } },
        });
        scene.AddApp(3);
        scene.Domain.AddUser("odd", "", "ODDuser");
        scene.Domain.AddSpace("ODDspace");
        List<string> outcomes = [];
        foreach (var (name, odd) in (IEnumerable<(string, string)>)[("half a pair", "\\ud83c"), ("NUL", "\\u0000")])
        {
            scene.Simulator.Faults.Clear();
            scene.Replace(static e => e.Resource != "records", ("ODD", odd));
            var found = scene.Discover();
            var run = scene.Sync("apps", "users", "app_fields");
            var streams = found.Streams.Count(static s => ((string)s["name"]!).EndsWith("_records", StringComparison.Ordinal));
            outcomes.Add($"{name}: {Facts.Of(streams, "stream")} of records, "
                + $"{run.Rows("apps").Count()} apps, {run.Rows("users").Count()} users, {run.Rows("app_fields").Count()} fields, {run.Exit}");
        }
        return string.Join("; ", outcomes);
    }
}
