using System.Text.Json.Nodes;
using KintoneSimulator;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>What tokens may ask and how they are refused, and the sentences for codes that were not known.</summary>
static class CredentialFacts
{
    const int Apps = 30;
    const string Client = "registered-7";

    public static IEnumerable<FactCase> Cases =>
    [
        .. Enum.GetValues<ForeignTokenAnswer>().Select(static answer => new FactCase(
            $"30 apps and their 30 tokens in any order, a token of another app is refused with {Named(answer)}", scene => Tokens(scene, answer, 0))),
        new("the same with 400 GAIA_IA02, and three tokens among them that nobody knows", static s => Tokens(s, ForeignTokenAnswer.UnknownToken, 3)),
        new("`app_customizations` with API tokens, which Kintone does not show it to", Customizations),
        .. ((IEnumerable<(int Status, string Code)>)[(403, "GAIA_NO02"), (403, "GAIA_OF02"), (403, "GAIA_AP15"), (401, "CB_OA01"), (403, "CB_OA01")])
            .Select(static refusal => new FactCase($"records are refused with {refusal.Status} {refusal.Code}", scene => Refused(scene, refusal))),
    ];

    static string Named(ForeignTokenAnswer answer) => answer switch
    {
        ForeignTokenAnswer.UnknownToken => "400 GAIA_IA02",
        ForeignTokenAnswer.WrongApp => "403 GAIA_AP15",
        _ => "403 GAIA_NO01",
    };

    static string Tokens(FactScene scene, ForeignTokenAnswer answer, int unknown)
    {
        scene.Set(o => o with { ForeignTokenAnswer = answer });
        App[] apps = [.. Enumerable.Range(0, Apps).Select(_ => scene.AddApp(3))];
        string[] tokens = [.. apps.Select(static app => app.AddToken()), .. Enumerable.Range(0, unknown).Select(static i => $"token-{i}")];
        new Random(12).Shuffle(tokens);
        scene.Credentials = FactScene.Tokens(tokens);
        scene.Apps = new()
        {
            ["mode"] = "listed_apps",
            ["apps"] = new JsonArray([.. apps.Select(static app => new JsonObject { ["app"] = app.Id })]),
        };
        string[] streams = [.. apps.Select(static app => $"app_{app.Id}_records")];
        var run = scene.Sync(streams);
        return $"{streams.Count(run.IsComplete)} of {Apps} apps read, {Facts.Of(scene.Simulator.Journal.Count, "request")}, {run.Exit}"
            + (run.ExitCode == 0 ? "" : $", {run.Sentence}");
    }

    static string Customizations(FactScene scene)
    {
        scene.Credentials = FactScene.Tokens(scene.AddApp(3).AddToken(AppRights.All));
        var found = scene.Discover();
        var isOffered = found.Streams.Any(static s => (string?)s["name"] == "app_customizations");
        var run = scene.Sync("app_customizations");
        return $"{(isOffered ? "offered" : "not offered")}; selected all the same: {run.Exit}, {Facts.Of(run.Rows("app_customizations").Count(), "row")}, "
            + run.Sentence;
    }

    static string Refused(FactScene scene, (int Status, string Code) refusal)
    {
        scene.AddApp(3);
        if (refusal.Code == "CB_OA01")
        {
            var user = scene.Domain.User(FactScene.User)!;
            var oauth = scene.Domain.OAuth;
            var client = oauth.AddClient(Client, "one-that-nobody-guesses");
            scene.Credentials = new()
            {
                ["auth_type"] = "oauth2",
                ["client_id"] = Client,
                ["client_secret"] = "one-that-nobody-guesses",
                ["refresh_token"] = oauth.IssueRefreshToken(client, user, "k:app_record:read", "k:app_settings:read", "k:file:read"),
            };
        }
        scene.Simulator.Faults.Always(Fault.Error(refusal.Status, refusal.Code), static e => e.Resource == "records");
        var run = scene.Sync("app_1_records");
        return $"{run.Exit}, {run.Sentence}";
    }
}
