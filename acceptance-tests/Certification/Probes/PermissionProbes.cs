using System.Text.Json.Nodes;
using KintoneSimulator;

namespace KintoneSource.Certification;

/// <summary>What is hidden from whom, and where it shows all the same.</summary>
static class PermissionProbes
{
    const string Group = "Permissions";

    public static IEnumerable<Probe> All { get; } =
        [HiddenInRecords, HiddenInForm, LookupWithoutRights, Managing, GuestApp, GuestAppsInList, Apis, Statistics, TokenSettings, TokenComments, NoComments,
            TokenPlugins, ForeignToken, Maintenance, MaintenanceComments, MissingRecord];

    static Probe HiddenInRecords => new("hidden-field-in-records", Group, "A field that the user may not view: left out of records, or empty?",
        nameof(SimulatorOptions.HiddenFieldsStayInRecords),
        static options => options.HiddenFieldsStayInRecords ? "empty" : "left out",
        static async session =>
        {
            var id = await session.AddAsync(new() { [TestForm.Secret] = "hidden" });
            return await WhileHiddenAsync(session, async () =>
            {
                var record = await session.App.RecordAsync(id);
                return !record.ContainsKey(TestForm.Secret) ? "left out" : record[TestForm.Secret]!["value"]?.ToString() is null or "" ? "empty" : "shown";
            });
        })
    { OtherWay = static options => options with { HiddenFieldsStayInRecords = !options.HiddenFieldsStayInRecords } };

    static Probe HiddenInForm => new("hidden-field-in-form", Group, "A field that the user may not view: is it in form/fields.json?",
        nameof(SimulatorOptions.HiddenFieldsLeaveForm),
        static options => options.HiddenFieldsLeaveForm ? "no" : "yes",
        static session => WhileHiddenAsync(session, async () => (await session.App.FormAsync()).ContainsKey(TestForm.Secret) ? "yes" : "no"))
    { OtherWay = static options => options with { HiddenFieldsLeaveForm = !options.HiddenFieldsLeaveForm } };

    static Probe LookupWithoutRights => new("look-up-without-rights", Group,
        "What does form/fields.json say of a look-up into an app that the user may not view?", nameof(SimulatorOptions.LookupsNeedRights),
        static options => options.LookupsNeedRights ? "null" : "its settings",
        static async session =>
        {
            var rights = (await session.Main.GetAsync("/k/v1/app/acl.json", ("app", $"{session.App.Products}")))
                .Must("Reading permissions")["rights"]!.DeepClone();
            await PermitAsync(new JsonArray(new JsonObject
            {
                ["entity"] = new JsonObject { ["type"] = "CREATOR" },
                ["appEditable"] = true,
                ["recordViewable"] = false,
                ["recordAddable"] = false,
                ["recordEditable"] = false,
                ["recordDeletable"] = false,
                ["recordImportable"] = false,
                ["recordExportable"] = false,
            }));
            try
            {
                return (await session.App.FormAsync())[TestForm.Lookup]!["lookup"] is null ? "null" : "its settings";
            }
            finally
            {
                await PermitAsync(rights);
            }

            async Task PermitAsync(JsonNode all) =>
                (await session.Main.PutAsync("/k/v1/app/acl.json", new() { ["app"] = session.App.Products, ["rights"] = all })).Must("Setting permissions");
        })
    { OtherWay = static options => options with { LookupsNeedRights = !options.LookupsNeedRights } };

    static Probe Managing => new("settings-need-management", Group, "May a user without the right to manage the app read its permissions and notifications?",
        nameof(SimulatorOptions.SettingsNeedManagement),
        static options => options.SettingsNeedManagement ? "refused 403 CB_NO02" : "accepted",
        static async session => (await session.Kintone.Viewer!.GetAsync("/k/v1/app/acl.json", ("app", $"{session.App.Id}"))).Outcome)
    {
        Needs = static settings => settings.Viewer is null ? "KINTONE_VIEWER_USERNAME, a user without the right to manage apps" : null,
        OtherWay = static options => options with { SettingsNeedManagement = !options.SettingsNeedManagement },
    };

    static Probe GuestApp => new("guest-app-on-normal-path", Group, "An app of a guest space on the normal path: status and code?",
        nameof(SimulatorOptions.GuestAppStatus),
        static options => $"refused {options.GuestAppStatus} GAIA_IL23",
        static async session =>
        {
            var apps = (await session.Main.GetAsync($"/k/guest/{session.Settings.GuestSpace}/v1/apps.json", ("limit", "1")))
                .Must("Listing the guest space's apps")["apps"]!.AsArray();
            return apps.Count == 0 ? new Answer("not answered", "the guest space has no app")
                : (await session.Main.GetAsync("/k/v1/records.json", ("app", (string)apps[0]!["appId"]!), ("query", "limit 1"), ("fields[0]", "$id"))).Outcome;
        })
    {
        Needs = NeedsGuestSpace,
        OtherWay = static options => options with { GuestAppStatus = options.GuestAppStatus == 400 ? 520 : 400 },
    };

    static Probe GuestAppsInList => new("guest-apps-in-the-list", Group, "Does apps.json on the normal path list apps of guest spaces?",
        nameof(SimulatorOptions.AppListHoldsGuestApps),
        static options => options.AppListHoldsGuestApps ? "yes" : "no",
        static async session =>
        {
            var apps = (await session.Main.GetAsync($"/k/guest/{session.Settings.GuestSpace}/v1/apps.json", ("limit", "1")))
                .Must("Listing the guest space's apps")["apps"]!.AsArray();
            if (apps.Count == 0)
                return new Answer("not answered", "the guest space has no app");
            var listed = (await session.Main.GetAsync("/k/v1/apps.json", ("ids[0]", (string)apps[0]!["appId"]!))).Must("Listing apps")["apps"]!.AsArray();
            return listed.Count > 0 ? "yes" : "no";
        })
    {
        Needs = NeedsGuestSpace,
        OtherWay = static options => options with { AppListHoldsGuestApps = !options.AppListHoldsGuestApps },
    };

    static Probe Apis => new("apis-without-credentials", Group, "Does apis.json ask for credentials?", nameof(SimulatorOptions.ApisNeedLogin),
        static options => options.ApisNeedLogin ? "refused 401 CB_AU01" : "accepted",
        static async session => (await session.Kintone.Nobody.GetAsync("/k/v1/apis.json")).Outcome)
    { OtherWay = static options => options with { ApisNeedLogin = !options.ApisNeedLogin } };

    static Probe Statistics => new("statistics-available", Group, "Has the domain's course apps/statistics.json?",
        nameof(SimulatorOptions.StatisticsAvailable),
        static options => options.StatisticsAvailable ? "accepted" : "refused 403 CB_NO02",
        static async session => (await session.Main.GetAsync("/k/v1/apps/statistics.json", ("limit", "1"))).Outcome)
    { OtherWay = static options => options with { StatisticsAvailable = !options.StatisticsAvailable } };

    static Probe TokenSettings => new("settings-by-token", Group, "May an app token with the right to view read the app's permissions and notifications?",
        nameof(SimulatorOptions.SettingsNeedManagement),
        static options => options.SettingsNeedManagement ? "refused 403 GAIA_NO01" : "accepted",
        static async session =>
        {
            var (token, app) = session.Settings.Token!.Value;
            var outcomes = new List<string>();
            foreach (var resource in new[] { "app/acl", "app/notifications/general" })
                outcomes.Add((await session.Kintone.WithToken(token).GetAsync($"/k/v1/{resource}.json", ("app", $"{app}"))).Outcome);
            return outcomes.Distinct().Count() == 1 ? outcomes[0] : string.Join(", ", outcomes);
        })
    {
        Needs = NeedsToken,
        OtherWay = static options => options with { SettingsNeedManagement = !options.SettingsNeedManagement },
    };

    static Probe TokenComments => new("comments-by-token", Group, "May an app token read comments?", nameof(SimulatorOptions.TokensReadComments),
        static options => options.TokensReadComments ? "accepted" : "refused 403 GAIA_NO01",
        static async session =>
        {
            var (token, app) = session.Settings.Token!.Value;
            var reader = session.Kintone.WithToken(token);
            var records = (await reader.GetAsync("/k/v1/records.json", ("app", $"{app}"), ("fields[0]", "$id"), ("query", "limit 1")))
                .Must("Reading with the token")["records"]!.AsArray();
            return records.Count == 0 ? new Answer("not answered", "the token's app has no record")
                : (await reader.GetAsync("/k/v1/record/comments.json", ("app", $"{app}"), ("record", (string)records[0]!["$id"]!["value"]!), ("limit", "1")))
                .Outcome;
        })
    {
        Needs = NeedsToken,
        OtherWay = static options => options with { TokensReadComments = !options.TokensReadComments },
    };

    static Probe NoComments => new("comments-switched-off", Group, "What does an app answer whose comments are switched off?",
        nameof(SimulatorOptions.DisabledCommentsAreEmpty),
        static options => options.DisabledCommentsAreEmpty ? "an empty list" : "refused 403 GAIA_CO04",
        static async session =>
        {
            var id = await session.AddAsync();
            await SwitchAsync(session, on: false);
            try
            {
                var answer = await session.Main.GetAsync("/k/v1/record/comments.json", ("app", $"{session.App.Id}"), ("record", $"{id}"));
                return answer.Outcome == "accepted" ? "an empty list" : answer.Outcome;
            }
            finally { await SwitchAsync(session, on: true); }

            static async Task SwitchAsync(Session session, bool on)
            {
                (await session.Main.PutAsync("/k/v1/preview/app/settings.json", new() { ["app"] = session.App.Id, ["enableComments"] = on }))
                    .Must("Switching comments");
                await session.App.DeployAsync();
            }
        })
    {
        OtherWay = static options => options with { DisabledCommentsAreEmpty = !options.DisabledCommentsAreEmpty },
    };

    static Probe TokenPlugins => new("plug-ins-by-token", Group, "May an app token list plug-ins?", nameof(SimulatorOptions.TokensReadPlugins),
        static options => options.TokensReadPlugins ? "accepted" : "refused 403 GAIA_NO01",
        static async session => (await session.Kintone.WithToken(session.Settings.Token!.Value.Token).GetAsync("/k/v1/plugins.json", ("limit", "1"))).Outcome)
    {
        Needs = NeedsToken,
        OtherWay = static options => options with { TokensReadPlugins = !options.TokensReadPlugins },
    };

    static Probe ForeignToken => new("token-of-another-app", Group, "A token of another app: status and code?", nameof(SimulatorOptions.ForeignTokenAnswer),
        static options => options.ForeignTokenAnswer switch
        {
            ForeignTokenAnswer.UnknownToken => "refused 400 GAIA_IA02",
            ForeignTokenAnswer.WrongApp => "refused 403 GAIA_AP15",
            _ => "refused 403 GAIA_NO01",
        },
        static async session => (await session.Kintone.WithToken(session.Settings.Token!.Value.Token)
            .GetAsync("/k/v1/records.json", ("app", $"{session.App.Id}"), ("query", "limit 1"))).Outcome)
    {
        Needs = NeedsToken,
        OtherWay = static options => options with
        {
            ForeignTokenAnswer = options.ForeignTokenAnswer == ForeignTokenAnswer.WrongApp ? ForeignTokenAnswer.NoRight
            : ForeignTokenAnswer.WrongApp
        },
    };

    static Probe Maintenance => new("app-in-maintenance", Group,
        "The records of an app in maintenance mode, for those who do not work on it: refused, or none?", nameof(SimulatorOptions.MaintenanceAnswer),
        static options => options.MaintenanceAnswer == MaintenanceAnswer.Empty ? "an empty page, total 0" : "refused 403 GAIA_NO02",
        static async session =>
        {
            var answer = await session.Main.GetAsync("/k/v1/records.json", ("app", $"{session.Settings.MaintenanceApp}"), ("query", "limit 1"),
                ("fields[0]", "$id"), ("totalCount", "true"));
            if (answer.Outcome != "accepted")
                return answer.Outcome;
            var page = answer.Must("Reading records");
            return page["records"]!.AsArray().Count > 0 ? new Answer("records", "the user works on the app, or it is not in maintenance mode")
                : $"an empty page, total {page["totalCount"]}";
        })
    {
        Needs = NeedsMaintenance,
        OtherWay = static options => options with
        {
            MaintenanceAnswer = options.MaintenanceAnswer == MaintenanceAnswer.Empty ? MaintenanceAnswer.Refused
            : MaintenanceAnswer.Empty
        },
    };

    static Probe MaintenanceComments => new("comments-in-maintenance", Group, "The comments on record 1 of such an app: refused, or none?",
        nameof(SimulatorOptions.ClosedCommentsAreEmpty),
        static options => options.MaintenanceAnswer == MaintenanceAnswer.Refused ? "refused 403 GAIA_NO02"
            : options.ClosedCommentsAreEmpty ? "an empty list" : "refused 403 CB_NO02",
        static async session =>
        {
            var answer = await session.Main.GetAsync("/k/v1/record/comments.json", ("app", $"{session.Settings.MaintenanceApp}"), ("record", "1"));
            return answer.Outcome != "accepted" ? answer.Outcome
                : answer.Must("Reading comments")["comments"]!.AsArray().Count == 0 ? "an empty list" : "comments";
        })
    {
        Needs = NeedsMaintenance,
        OtherWay = static options => options with { MaintenanceAnswer = MaintenanceAnswer.Empty, ClosedCommentsAreEmpty = !options.ClosedCommentsAreEmpty },
    };

    static Probe MissingRecord => new("rights-on-a-missing-record", Group, "What does records/acl/evaluate say of a record that was deleted?",
        nameof(SimulatorOptions.MissingRecordAnswer),
        static options => options.MissingRecordAnswer switch
        {
            MissingRecordAnswer.Refused => "refused 404 GAIA_RE01",
            MissingRecordAnswer.LeftOut => "nothing",
            _ => "not viewable",
        },
        static async session =>
        {
            var (gone, there) = (await session.AddAsync(), await session.AddAsync());
            await session.App.DeleteAsync([gone]);
            var answer = await session.Main.GetAsync(
                "/k/v1/records/acl/evaluate.json", ("app", $"{session.App.Id}"), ("ids[0]", $"{gone}"), ("ids[1]", $"{there}"));
            if (answer.Outcome != "accepted")
                return answer.Outcome;
            var right = answer.Must("Evaluating rights")["rights"]!.AsArray().FirstOrDefault(right => (string?)right!["id"] == $"{gone}");
            return right is null ? "nothing" : (bool?)right["record"]?["viewable"] == true ? "viewable" : "not viewable";
        })
    {
        OtherWay = static options => options with
        {
            MissingRecordAnswer = options.MissingRecordAnswer == MissingRecordAnswer.LeftOut ? MissingRecordAnswer.NotViewable : MissingRecordAnswer.LeftOut
        },
    };

    static async Task<Answer> WhileHiddenAsync(Session session, Func<Task<string>> look)
    {
        var right = new JsonObject
        {
            ["code"] = TestForm.Secret,
            ["entities"] = session.MeThenEveryone(new() { ["accessibility"] = "NONE" }, new() { ["accessibility"] = "WRITE" })
        };
        return await session.WhilePermittedAsync<string>("field/acl", [right], look);
    }

    static string? NeedsMaintenance(Settings settings) => settings.MaintenanceApp is null
        ? "KINTONE_MAINTENANCE_APP, an app with records that is in maintenance mode and that the user does not work on" : null;

    static string? NeedsGuestSpace(Settings settings) => settings.GuestSpace is null
        ? "KINTONE_GUEST_SPACE_ID, a guest space with an app, of which the user is a member" : null;

    static string? NeedsToken(Settings settings) => settings.Token is null
        ? "KINTONE_API_TOKEN and KINTONE_API_TOKEN_APP, a token of another app with the right to view" : null;
}
