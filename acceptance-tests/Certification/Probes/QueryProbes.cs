using System.Text.Json.Nodes;
using KintoneSimulator;

namespace KintoneSource.Certification;

/// <summary>What queries may say and what they mean.</summary>
static class QueryProbes
{
    const string Group = "Queries";

    public static IEnumerable<Probe> All { get; } = [LimitZero, UnknownFields, LiteralSeconds, AndBeforeOr, Assignees, CursorOrder, TotalCount, IdsFirst];

    static Probe LimitZero => new("limit-zero", Group, "What does `limit 0` give?", nameof(SimulatorOptions.LimitZeroAllowed),
        static options => options.LimitZeroAllowed ? "an empty page" : "refused 400 CB_VA01",
        static async session =>
        {
            var page = await session.App.QueryAsync("limit 0");
            return !page.IsOk ? page.Refusal : page.Json!["records"]!.AsArray().Count == 0 ? "an empty page" : "records";
        })
    { OtherWay = static options => options with { LimitZeroAllowed = !options.LimitZeroAllowed } };

    static Probe UnknownFields => new("unknown-code-in-fields", Group, "A code in `fields` that the app does not have: ignored or refused?",
        nameof(SimulatorOptions.UnknownFieldsAreErrors),
        static options => options.UnknownFieldsAreErrors ? "refused 400 GAIA_IQ11" : "ignored",
        static async session => await session.App.QueryAsync("limit 1", ("fields[0]", "$id"), ("fields[1]", "no_such_field")) is { IsOk: false } refused
            ? refused.Refusal : "ignored")
    { OtherWay = static options => options with { UnknownFieldsAreErrors = !options.UnknownFieldsAreErrors } };

    static Probe LiteralSeconds => new("seconds-in-a-literal", Group, "Is a record of 10:00 found by `>= \"…10:00:30Z\"`?", nameof(SimulatorOptions.Seconds),
        static options => options.Seconds == KintoneSimulator.Query.LiteralSeconds.Compared ? "no: compared as given" : "yes: cut to the minute",
        static async session =>
        {
            var id = await session.AddAsync(time: Session.LongAgo);
            var found = await session.App.IdsAsync($"{session.App.Code("UPDATED_TIME")} >= \"2019-03-01T10:00:30Z\" and $id = {id}");
            return found.Count == 0 ? "no: compared as given" : "yes: cut to the minute";
        })
    {
        OtherWay = static options => options with
        {
            Seconds = options.Seconds == KintoneSimulator.Query.LiteralSeconds.Compared ? KintoneSimulator.Query.LiteralSeconds.Truncated
                : KintoneSimulator.Query.LiteralSeconds.Compared,
        },
    };

    static Probe AndBeforeOr => new("and-before-or", Group, "Does `and` bind tighter than `or`?", nameof(SimulatorOptions.AndBindsLikeOr),
        static options => options.AndBindsLikeOr ? "no: from left to right" : "yes",
        static async session =>
        {
            var id = await session.AddAsync();
            return (await session.App.IdsAsync($"$id = {id} or $id = {id} and $id = 0")).Count == 1 ? "yes" : "no: from left to right";
        })
    { OtherWay = static options => options with { AndBindsLikeOr = !options.AndBindsLikeOr } };

    static Probe Assignees => new("assignee-in-a-query", Group, "May a query name the assignee of the process?",
        nameof(SimulatorOptions.AssigneesCanBeSearched),
        static options => options.AssigneesCanBeSearched ? "accepted" : "refused 400 GAIA_IQ03",
        static async session => (await session.App.QueryAsync($"{session.App.Code("STATUS_ASSIGNEE")} in (LOGINUSER()) limit 1")).Outcome)
    { OtherWay = static options => options with { AssigneesCanBeSearched = !options.AssigneesCanBeSearched } };

    static Probe CursorOrder => new("order-by-in-a-cursor", Group, "May the query of a cursor sort? (Description: no; samples and measurements: yes.)",
        nameof(SimulatorOptions.CursorsTakeOrderBy),
        static options => options.CursorsTakeOrderBy ? "accepted" : "refused 400 CB_VA01",
        static async session =>
        {
            var opened = await session.Main.PostAsync("/k/v1/records/cursor.json",
                new() { ["app"] = session.App.Id, ["query"] = $"order by {TestForm.Number} asc", ["size"] = 1 });
            if (opened.IsOk)
                await session.Main.DeleteAsync("/k/v1/records/cursor.json", new() { ["id"] = (string?)opened.Json!["id"] });
            return opened.Outcome;
        })
    { OtherWay = static options => options with { CursorsTakeOrderBy = !options.CursorsTakeOrderBy } };

    static Probe TotalCount => new("total-count-under-permissions", Group, "Does `totalCount` count records that the user may not view?",
        nameof(SimulatorOptions.TotalCountIgnoresPermissions),
        static options => options.TotalCountIgnoresPermissions ? "yes" : "no",
        static async session =>
        {
            var (shown, hidden) = (await session.AddAsync(), await session.AddAsync());
            var rights = new JsonArray(new JsonObject
            {
                ["filterCond"] = $"{session.App.Code("RECORD_NUMBER")} = {hidden}",
                ["entities"] = session.MeThenEveryone(
                    new() { ["viewable"] = false, ["editable"] = false, ["deletable"] = false },
                        new() { ["viewable"] = true, ["editable"] = true, ["deletable"] = true }),
            });
            return await session.WhilePermittedAsync("record/acl", rights, async () =>
            {
                var page = (await session.App.QueryAsync($"$id >= {shown} and $id <= {hidden} limit 1", ("totalCount", "true"), ("fields[0]", "$id")))
                    .Must("Counting");
                var seen = (await session.App.IdsAsync($"$id >= {shown} and $id <= {hidden}")).Count;
                return seen == 2 ? new Answer("records stay visible", "the permission had no effect on this user")
                    : new Answer((string?)page["totalCount"] == $"{seen}" ? "no" : "yes");
            });
        })
    { OtherWay = static options => options with { TotalCountIgnoresPermissions = !options.TotalCountIgnoresPermissions } };

    static Probe IdsFirst => new("place-of-ids", Group, "Do `$id` and `$revision` come before or after a record's fields?",
        nameof(SimulatorOptions.PlaceOfIds),
        static options => options.PlaceOfIds switch { PlaceOfIds.First => "before", PlaceOfIds.Last => "after", _ => "among them" },
        static async session =>
        {
            // Of several records, since among the fields they may stand first or last by chance.
            var seen = new HashSet<string>();
            for (var asked = 0; asked < 5; asked++)
            {
                var codes = (await session.App.RecordAsync(await session.AddAsync())).Select(static member => member.Key).ToList();
                seen.Add((codes.IndexOf("$id"), codes.IndexOf("$revision")) switch
                {
                    (0, 1) or (1, 0) => "before",
                    var (id, revision) when Math.Min(id, revision) == codes.Count - 2 => "after",
                    _ => "among them",
                });
            }
            return seen.Count == 1 ? seen.Single() : "among them";
        })
    { OtherWay = static options => options with { PlaceOfIds = options.PlaceOfIds == PlaceOfIds.Last ? PlaceOfIds.First : PlaceOfIds.Last } };
}
