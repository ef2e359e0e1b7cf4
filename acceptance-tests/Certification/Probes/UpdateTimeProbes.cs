using System.Text;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace KintoneSource.Certification;

/// <summary>What moves the update time of a record, and what changes a record without moving it.</summary>
static class UpdateTimeProbes
{
    const string Group = "Update time";

    public static IEnumerable<Probe> All { get; } =
        [Comments, Choices, ChoiceValues, States, StateValues, Fields, Permissions, UserNames, UserNameValues, WholeMinutes, SameMinute, Actions, BackDated,
            Future];

    static Probe Comments => Moves("comment-moves-update-time", "Does a comment move the update time of its record?", UpdateTimeMoves.Comments,
        static session => session.MovesAsync(id => session.App.CommentAsync(id, "a comment")));

    static Probe Choices => Moves("choice-rename-moves-update-time", "Does renaming a choice in the form move the update time of the records that hold it?",
        UpdateTimeMoves.ChoiceRenames,
        static session => session.MovesAsync(_ => RenamedAsync(session, static () => Task.FromResult(true)), new() { [TestForm.Choice] = "A" }));

    static Probe ChoiceValues => new("choice-rename-changes-records", Group, "Does renaming a choice in the form rename it in records?",
        nameof(SimulatorOptions.ChoiceRenamesChangeRecords),
        static options => options.ChoiceRenamesChangeRecords ? "yes" : "no",
        static async session =>
        {
            var id = await session.AddAsync(new() { [TestForm.Choice] = "A" });
            return await RenamedAsync(session, () => session.App.ValueAsync(id, TestForm.Choice)) == "Ace" ? "yes" : "no";
        })
    { OtherWay = static options => options with { ChoiceRenamesChangeRecords = !options.ChoiceRenamesChangeRecords } };

    static Probe States => Moves("state-rename-moves-update-time", "Does renaming a state of the process move the update time of the records in it?",
        UpdateTimeMoves.StateRenames,
        static session => session.MovesAsync(_ => StatesRenamedAsync(session, static () => Task.FromResult(true))));

    static Probe StateValues => new("state-rename-changes-records", Group, "Does renaming a state of the process rename it in records?",
        nameof(SimulatorOptions.StateRenamesChangeRecords),
        static options => options.StateRenamesChangeRecords ? "yes" : "no",
        static async session =>
        {
            var id = await session.AddAsync();
            return await StatesRenamedAsync(session, () => session.App.ValueAsync(id, session.App.Code("STATUS"))) == "Renamed" ? "yes" : "no";
        })
    { OtherWay = static options => options with { StateRenamesChangeRecords = !options.StateRenamesChangeRecords } };

    static Probe Fields => Moves("new-field-moves-update-time", "Does adding a field move the update time of records?", UpdateTimeMoves.FieldChanges,
        static session => session.MovesAsync(async _ =>
        {
            await session.App.AddFieldsAsync(new() { ["added_by_probe"] = TestForm.Field("SINGLE_LINE_TEXT", "added_by_probe") });
            await session.Main.DeleteAsync("/k/v1/preview/app/form/fields.json",
                new() { ["app"] = session.App.Id, ["fields"] = new JsonArray("added_by_probe") });
            await session.App.DeployAsync();
        }));

    static Probe Permissions => Moves("permission-moves-update-time", "Does a changed permission move the update time of records?",
        UpdateTimeMoves.Permissions,
        static session => session.MovesAsync(_ => session.WhilePermittedAsync("field/acl",
            [new JsonObject { ["code"] = TestForm.Secret,
                ["entities"] = session.MeThenEveryone(new() { ["accessibility"] = "WRITE" }, new() { ["accessibility"] = "READ" }) }],
            static () => Task.FromResult(true))));

    static Probe UserNames => Moves("user-rename-moves-update-time", "Does a user's new display name move the update time of the records that name the user?",
        UpdateTimeMoves.UserRenames,
        static session => session.MovesAsync(_ => UserRenamedAsync(session, static () => Task.FromResult(true)), NamingSpare(session)))
        with
    { Needs = NeedsSpareUser };

    static Probe UserNameValues => new("user-rename-changes-records", Group, "Do old records show a user's new display name?",
        nameof(SimulatorOptions.UserRenamesChangeRecords),
        static options => options.UserRenamesChangeRecords ? "yes" : "no",
        static async session =>
        {
            var id = await session.AddAsync(NamingSpare(session));
            return await UserRenamedAsync(session,
                async () => (string?)(await session.App.RecordAsync(id))["people"]!["value"]![0]!["name"]) == "Renamed by a probe" ? "yes" : "no";
        })
    {
        Needs = NeedsSpareUser,
        OtherWay = static options => options with { UserRenamesChangeRecords = !options.UserRenamesChangeRecords },
    };

    static Probe WholeMinutes => new("seconds-of-update-times", Group, "Which seconds do update times have?", null, static _ => "00",
        static async session =>
        {
            var updated = await session.App.UpdatedAsync(await session.AddAsync());
            return updated.EndsWith(":00Z", StringComparison.Ordinal) ? "00" : new Answer("others", "an edit in the first second of a minute shows 00 too");
        })
    { Lie = static faults => Garble(faults, ":00Z\"", ":07Z\"") };

    static Probe SameMinute => new("edits-of-one-minute", Group, "What tells two edits of one minute apart?", null, static _ => "the revision alone",
        static async session =>
        {
            var id = await session.AddAsync();
            await session.App.EditAsync(id, new() { [TestForm.Text] = "one" });
            var first = await session.App.RecordAsync(id);
            await session.App.EditAsync(id, new() { [TestForm.Text] = "two" });
            var second = await session.App.RecordAsync(id);
            var (time, revision) = (session.App.Code("UPDATED_TIME"), "$revision");
            return (Same(time), Same(revision)) switch { (true, false) => "the revision alone", (false, _) => "the update time", _ => "nothing" };

            bool Same(string code) => (string?)first[code]!["value"] == (string?)second[code]!["value"];
        })
    { Lie = static faults => Garble(faults, "\"__REVISION__\",\"value\":\"3\"", "\"__REVISION__\",\"value\":\"2\"") };

    static Probe Actions => new("revisions-of-a-status-action", Group, "By how much does a status action raise the revision?",
        nameof(SimulatorOptions.StatusActionRevisions),
        static options => $"{options.StatusActionRevisions}",
        static async session =>
        {
            var id = await session.AddAsync();
            var before = int.Parse(await session.App.ValueAsync(id, "$revision"), System.Globalization.CultureInfo.InvariantCulture);
            await session.App.ActAsync(id, $"to {session.App.States[1]}");
            return $"{int.Parse(await session.App.ValueAsync(id, "$revision"), System.Globalization.CultureInfo.InvariantCulture) - before}";
        })
    { OtherWay = static options => options with { StatusActionRevisions = options.StatusActionRevisions + 1 } };

    static Probe BackDated => new("record-of-the-past", Group,
        "May an administrator of the app add a record with an update time of the past, and is it kept to the minute?", null,
        static _ => "yes",
        static async session => await session.App.UpdatedAsync(await session.AddAsync(time: Session.LongAgo.AddSeconds(42))) == "2019-03-01T10:00:00Z" ? "yes"
            : "not to the minute")
    { Lie = static faults => Garble(faults, "2019-03-01T10:00", "2019-03-01T10:01") };

    static Probe Future => Mistakes.Probe("record-of-the-future", Group, "How is a record with an update time in the future refused?", 400, "CB_VA01",
        static session => session.Main.PostAsync("/k/v1/record.json", new()
        {
            ["app"] = session.App.Id,
            ["record"] = new JsonObject { [session.App.Code("UPDATED_TIME")] = new JsonObject { ["value"] = "2099-01-01T00:00:00Z" } },
        }));

    static Probe Moves(string id, string question, UpdateTimeMoves cause, Func<Session, Task<Answer>> ask) =>
        new(id, Group, question, $"{nameof(SimulatorOptions.UpdateTimeMovesWith)}.{cause}",
        options => options.UpdateTimeMovesWith.HasFlag(cause) ? "yes" : "no", ask)
        { OtherWay = options => options with { UpdateTimeMovesWith = options.UpdateTimeMovesWith ^ cause } };

    static async Task<T> RenamedAsync<T>(Session session, Func<Task<T>> look)
    {
        await session.App.ChangeFieldsAsync(Choices(("A", "Ace"), ("B", "B"), ("C", "C")));
        try
        {
            return await look();
        }
        finally
        {
            await session.App.ChangeFieldsAsync(Choices(("Ace", "A"), ("B", "B"), ("C", "C")));
        }

        static JsonObject Choices(params (string, string)[] choices)
        {
            var field = TestForm.Options(choices);
            field["type"] = "DROP_DOWN";
            return new() { [TestForm.Choice] = field };
        }
    }

    static async Task<T> StatesRenamedAsync<T>(Session session, Func<Task<T>> look)
    {
        var before = session.App.States;
        await session.App.SetProcessAsync(["Renamed", .. before.Skip(1)]);
        await session.App.DeployAsync();
        try
        {
            return await look();
        }
        finally
        {
            await session.App.SetProcessAsync(before);
            await session.App.DeployAsync();
        }
    }

    static async Task<T> UserRenamedAsync<T>(Session session, Func<Task<T>> look)
    {
        var user = session.Settings.SpareUser!;
        var known = (await session.Main.GetAsync("/v1/users.json", ("codes[0]", user))).Must("Reading the spare user")["users"]!.AsArray();
        var name = known.Count == 1 ? (string)known[0]!["name"]! : throw new CertificationException("The user of KINTONE_SPARE_USER is not there.");
        await RenameAsync("Renamed by a probe");
        try
        {
            return await look();
        }
        finally
        {
            await RenameAsync(name);
        }

        async Task RenameAsync(string to) => (await session.Main.PutAsync("/v1/users.json", new()
        {
            ["users"] = new JsonArray(new JsonObject { ["code"] = user, ["name"] = to }),
        })).Must("Renaming the spare user");
    }

    static JsonObject NamingSpare(Session session) => new() { ["people"] = new JsonArray(new JsonObject { ["code"] = session.Settings.SpareUser }) };

    static string? NeedsSpareUser(Settings settings) => settings.SpareUser is null ? "KINTONE_SPARE_USER, a user who may be renamed for a moment" : null;

    static void Garble(Faults faults, string from, string to) => faults.Always(
        new Fault("lie") { Garble = body => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body.Span).Replace(from, to, StringComparison.Ordinal)) },
        static entry => entry is { Method: "GET", Resource: "record" });
}
