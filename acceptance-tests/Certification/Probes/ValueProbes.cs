using System.Globalization;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace KintoneSource.Certification;

/// <summary>How values, files and names look.</summary>
static class ValueProbes
{
    const string Group = "Values and files";

    static readonly string[] s_listedMembers =
    [
        "id", "ctime", "mtime", "code", "valid", "name", "surName", "givenName", "surNameReading", "givenNameReading", "localName", "localNameLocale",
        "timezone", "locale", "description",
        "phone", "mobilePhone", "extensionNumber", "email", "callto", "url", "employeeNumber", "birthDate", "joinDate", "primaryOrganization", "sortOrder",
        "customItemValues",
    ];

    public static IEnumerable<Probe> All { get; } = [TrailingZeros, ManyDigits, UnknownField, SystemCodes, StatusKey, AppTimes, UserMembers, FileKeys,
        OldFileKey, FileSize, AnswerSize];

    static Probe TrailingZeros => new("zeros-of-a-number", Group, "How is 1.50 in a number field kept?", nameof(SimulatorOptions.NumbersLoseTrailingZeros),
        static options => options.NumbersLoseTrailingZeros ? "1.5" : "1.50",
        static async session => await session.App.ValueAsync(await session.AddAsync(new() { [TestForm.Number] = "1.50" }), TestForm.Number))
    { OtherWay = static options => options with { NumbersLoseTrailingZeros = !options.NumbersLoseTrailingZeros } };

    static Probe ManyDigits => new("thirty-digits", Group, "May an app's numbers have 30 digits, and are they kept?", nameof(SimulatorOptions.MostDigits),
        static options => options.MostDigits >= 30 ? "yes" : "refused 400 CB_VA01",
        static async session =>
        {
            var set = await SetAsync("30", "10");
            if (!set.IsOk)
                return set.Refusal;
            await session.App.DeployAsync();
            try
            {
                const string number = "12345678901234567890.0123456789";
                var kept = await session.App.ValueAsync(await session.AddAsync(new() { [TestForm.Number] = number }), TestForm.Number);
                return kept == number ? "yes" : new Answer("not exactly", $"{kept.Length} characters came back");
            }
            finally
            {
                (await SetAsync("16", "4")).Must("Setting the number precision back");
                await session.App.DeployAsync();
            }

            Task<KintoneAnswer> SetAsync(string digits, string places) => session.Main.PutAsync("/k/v1/preview/app/settings.json", new()
            {
                ["app"] = session.App.Id,
                ["numberPrecision"] = new JsonObject { ["digits"] = digits, ["decimalPlaces"] = places, ["roundingMode"] = "HALF_EVEN" },
            });
        })
    { OtherWay = static options => options with { MostDigits = 16 } };

    static Probe UnknownField => new("unknown-code-in-a-record", Group, "A record to be saved with a code that the form does not have: ignored or refused?",
        nameof(SimulatorOptions.UnknownFieldsInRecordsAreErrors),
        static options => options.UnknownFieldsInRecordsAreErrors ? "refused 400 CB_VA01" : "ignored",
        static async session => await session.Main.PostAsync("/k/v1/record.json", new()
        {
            ["app"] = session.App.Id,
            ["record"] = new JsonObject { ["no_such_field"] = new JsonObject { ["value"] = "x" } },
        }) is { IsOk: false } refused ? refused.Refusal : "ignored")
    { OtherWay = static options => options with { UnknownFieldsInRecordsAreErrors = !options.UnknownFieldsInRecordsAreErrors } };

    static Probe SystemCodes => new("codes-of-system-fields", Group, "Which codes do the last three system fields of a new app have?",
        nameof(SimulatorOptions.NewAppLanguage),
        static options => options.NewAppLanguage == MessageLanguage.English ? "Status, Assignee, Categories" : "ステータス, 作業者, カテゴリー",
        static session => Task.FromResult<Answer>($"{session.App.Code("STATUS")}, {session.App.Code("STATUS_ASSIGNEE")}, {session.App.Code("CATEGORY")}"))
    {
        OtherWay = static options =>
        options with { NewAppLanguage = options.NewAppLanguage == MessageLanguage.English ? MessageLanguage.Japanese : MessageLanguage.English }
    };

    static Probe StatusKey => new("key-of-a-status", Group, "Does a record hold its status under the field's code or under its name?",
        nameof(SimulatorOptions.StatusGoesByName),
        static options => options.StatusGoesByName ? "name" : "code",
        static async session =>
        {
            const string name = "probe's status";
            var code = session.App.Code("STATUS");
            await session.App.ChangeFieldsAsync(Labelled(name));
            try
            {
                var key = (await session.App.RecordAsync(await session.AddAsync())).Single(static cell => (string?)cell.Value?["type"] == "STATUS").Key;
                return key == code ? "code" : key == name ? "name" : "neither";
            }
            finally
            {
                await session.App.ChangeFieldsAsync(Labelled(code));
            }

            JsonObject Labelled(string label) => new() { [code] = TestForm.Field("STATUS", code, new() { ["label"] = label }) };
        })
    { OtherWay = static options => options with { StatusGoesByName = !options.StatusGoesByName } };

    static Probe AppTimes => new("milliseconds-of-app-times", Group, "Do times of apps have milliseconds?", nameof(SimulatorOptions.AppTimesHaveMilliseconds),
        static options => options.AppTimesHaveMilliseconds ? "yes" : "no",
        static async session => ((string)(await session.Main.GetAsync("/k/v1/app.json", ("id", $"{session.App.Id}"))).Must("Reading the app")["createdAt"]!)
            .Contains('.', StringComparison.Ordinal) ? "yes" : "no")
    { OtherWay = static options => options with { AppTimesHaveMilliseconds = !options.AppTimesHaveMilliseconds } };

    static Probe UserMembers => new("members-of-a-user", Group, "Which members does a user have that the documentation does not list?",
        nameof(SimulatorOptions.MoreUserMembers),
        static options => options.MoreUserMembers.Count == 0 ? "none" : string.Join(", ", options.MoreUserMembers.Order(StringComparer.Ordinal)),
        static async session =>
        {
            var user = (JsonObject)(await session.Main.GetAsync("/v1/users.json", ("codes[0]", session.Settings.Username)))
                .Must("Reading the user")["users"]![0]!;
            var more = user.Select(static member => member.Key).Except(s_listedMembers).Order(StringComparer.Ordinal).ToList();
            var missing = s_listedMembers.Except(user.Select(static member => member.Key)).ToList();
            return new Answer(more.Count == 0 ? "none" : string.Join(", ", more), missing.Count == 0 ? null : $"missing: {string.Join(", ", missing)}");
        })
    { OtherWay = static options => options with { MoreUserMembers = ["nickname"] } };

    static Probe FileKeys => new("file-keys-between-reads", Group, "Has a record's file the same key in two reads?", nameof(SimulatorOptions.FileKeysChange),
        static options => options.FileKeysChange ? "no" : "yes",
        static async session =>
        {
            var id = await AddFileAsync(session, 10);
            return await KeyAsync(session, id) == await KeyAsync(session, id) ? "yes" : "no";
        })
    { OtherWay = static options => options with { FileKeysChange = !options.FileKeysChange } };

    static Probe OldFileKey => new("file-key-after-an-edit", Group, "Is a file's key still good after its record was edited?",
        $"{nameof(SimulatorOptions.Refusals)}[GAIA_BL01]",
        static _ => "yes",
        static async session =>
        {
            var id = await AddFileAsync(session, 10);
            var key = await KeyAsync(session, id);
            await session.App.EditAsync(id, new() { [TestForm.Text] = "edited" });
            return await session.Main.GetAsync("/k/v1/file.json", ("fileKey", key)) is { IsOk: false } refused ? refused.Refusal : "yes";
        })
    { Lie = static faults => faults.Always(Fault.Error(404, "GAIA_BL01"), static entry => entry is { Method: "GET", Resource: "file" }) };

    static Probe FileSize => new("file-of-three-megabytes", Group, "Is a file of 3 MB taken and given back whole? (The limit is believed to be 1 GB.)",
        nameof(SimulatorOptions.FileLimit),
        static options => options.FileLimit >= 3_000_000 ? "yes" : "refused 400 CB_VA01",
        static async session =>
        {
            var upload = await session.Main.UploadAsync("/k/v1/file.json", "large.bin", new byte[3_000_000], "application/octet-stream");
            if (!upload.IsOk)
                return upload.Refusal;
            var id = await session.AddAsync(new() { [TestForm.Files] = new JsonArray(new JsonObject { ["fileKey"] = (string?)upload.Json!["fileKey"] }) });
            var back = await session.Main.GetAsync("/k/v1/file.json", ("fileKey", await KeyAsync(session, id)));
            await session.App.DeleteAsync([id]);
            return back.Body.Length == 3_000_000 ? "yes" : $"{back.Body.Length} bytes came back";
        })
    { OtherWay = static options => options with { FileLimit = 1_000_000 } };

    static Probe AnswerSize => new("page-of-five-megabytes", Group, "Does a page of more than 5 MB come whole?", nameof(SimulatorOptions.AnswerLimit),
        static options => options.AnswerLimit >= 6_000_000 ? "yes" : "refused 500 without a code",
        static async session =>
        {
            var text = new string('x', 60_000);
            var ids = await session.App.AddAllAsync(
                [.. Enumerable.Range(0, 90).Select(n => new JsonObject { [TestForm.Key] = $"large {n} {Guid.NewGuid():N}", ["備考"] = text })]);
            var page = await session.App.QueryAsync($"$id >= {ids[0]} and $id <= {ids[^1]} limit 500");
            await session.App.DeleteAsync(ids);
            return !page.IsOk ? page.Refusal : page.Json!["records"]!.AsArray().Count == ids.Count
                ? new Answer("yes", string.Create(CultureInfo.InvariantCulture, $"{page.Body.Length / 1e6:0.0} MB"))
                : "cut";
        })
    { OtherWay = static options => options with { AnswerLimit = 4_000_000 } };

    static async Task<long> AddFileAsync(Session session, int size) => await session.AddAsync(new()
    {
        [TestForm.Files] = new JsonArray(new JsonObject { ["fileKey"] = await session.App.UploadAsync("probe.txt", new byte[size]) }),
    });

    static async Task<string> KeyAsync(Session session, long id) => (string)(await session.App.RecordAsync(id))[TestForm.Files]!["value"]![0]!["fileKey"]!;
}
