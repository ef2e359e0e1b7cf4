using System.Text;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace KintoneSource.Certification;

/// <summary>How typical mistakes are refused: the connector decides by these codes who must act.</summary>
static class Mistakes
{
    const string Group = "Mistakes";

    public static IEnumerable<Probe> All { get; } =
    [
        Probe("no-credentials", "No credentials", 401, "CB_AU01",
            static session => session.Kintone.Nobody.GetAsync("/k/v1/app.json", ("id", $"{session.App.Id}"))),
        Probe("wrong-password", "A password of a user who does not exist", 401, "CB_WA01",
            static session => session.Main.As(headers => session.Kintone.SignIn(headers, $"nobody-{Guid.NewGuid():N}", "x"))
                .GetAsync("/k/v1/app.json", ("id", $"{session.App.Id}"))),
        Probe("unknown-token", "An app token that does not exist", 400, "GAIA_IA02",
            static session => session.Kintone.WithToken(new string('x', 40)).GetAsync("/k/v1/records.json", ("app", $"{session.App.Id}"))),
        Probe("unknown-app", "An app that does not exist", 404, "GAIA_AP01", static session => session.Main.GetAsync("/k/v1/app.json", ("id", "999999999"))),
        Probe("unknown-record", "A record that does not exist", 404, "GAIA_RE01",
            static session => session.Main.GetAsync("/k/v1/record.json", ("app", $"{session.App.Id}"), ("id", "999999999"))),
        Probe("unknown-comment", "A comment that does not exist", 400, "GAIA_RE02", static async session =>
            await session.Main.DeleteAsync("/k/v1/record/comment.json",
                new() { ["app"] = session.App.Id, ["record"] = await session.AddAsync(), ["comment"] = 999 })),
        Probe("unknown-file-key", "A file key that does not exist", 404, "GAIA_BL01",
            static session => session.Main.GetAsync("/k/v1/file.json", ("fileKey", "no-such-key"))),
        Probe("unknown-cursor", "A cursor that does not exist", 404, "GAIA_CN01",
            static session => session.Main.GetAsync("/k/v1/records/cursor.json", ("id", "00000000-0000-0000-0000-000000000000"))),
        Probe("missing-parameter", "A parameter that is missing", 400, "CB_VA01", static session => session.Main.GetAsync("/k/v1/records.json")),
        Probe("broken-json", "A body that is no JSON", 400, "CB_IJ01",
            static session => session.Main.SendAsync(HttpMethod.Post, "/k/v1/record.json",
                static () => new StringContent("{", Encoding.UTF8, "application/json"))),
        Probe("broken-query", "A query that is none", 400, "CB_VA01", static session => session.App.QueryAsync("(((")),
        Probe("unknown-field-in-query", "A query about a field that does not exist", 400, "GAIA_IQ11",
            static session => session.App.QueryAsync("no_such_field = 1")),
        Probe("wrong-operator", "An operator that the field's type does not have", 400, "GAIA_IQ03",
            static session => session.App.QueryAsync($"{TestForm.Choice} > \"A\"")),
        Probe("unknown-choice", "A query about a choice that does not exist", 400, "GAIA_IQ10",
            static session => session.App.QueryAsync($"{TestForm.Choice} in (\"no such choice\")")),
        Probe("equals-in-table", "`=` on a field of a table", 400, "GAIA_IQ07", static session => session.App.QueryAsync("数量 = 1")),
        Probe("dotted-field", "A dotted name of a field that shows no related records", 400, "GAIA_IR02",
            static session => session.App.QueryAsync($"{TestForm.Text}.{TestForm.Text} = \"a\"")),
        Probe("status-without-process", "A query about the status while there is no process", 400, "GAIA_ST02", static async session =>
            await session.Main.GetAsync("/k/v1/records.json", ("app", $"{session.App.Products}"), ("query", $"{session.App.Code("STATUS")} = \"Open\""))),
        Probe("unknown-user-in-query", "A query about a user who does not exist", 400, "GAIA_IL26",
            static session => session.App.QueryAsync("people in (\"nobody-of-that-name\")")),
        Probe("limit-501", "`limit 501`", 400, "GAIA_QU01", static session => session.App.QueryAsync("limit 501")),
        Probe("offset-10001", "`offset 10001`", 400, "GAIA_QU02", static session => session.App.QueryAsync("limit 1 offset 10001")),
        Probe("old-revision", "An edit of a revision that is not the latest", 409, "GAIA_CO02", static async session =>
        {
            var id = await session.AddAsync();
            await session.App.EditAsync(id, new() { [TestForm.Text] = "newer" });
            return await session.Main.PutAsync("/k/v1/record.json",
                new() { ["app"] = session.App.Id, ["id"] = id, ["revision"] = 1, ["record"] = new JsonObject() });
        }),
        Probe("unknown-action", "A status action that the record's state does not have", 400, "GAIA_IL03", static async session =>
            await session.Main.PutAsync("/k/v1/record/status.json",
                new() { ["app"] = session.App.Id, ["id"] = await session.AddAsync(), ["action"] = "no such action" })),
        Probe("unknown-look-up", "A look-up value that the other app does not have", 400, "GAIA_LO04", static session =>
            session.Main.PostAsync("/k/v1/record.json",
                new() { ["app"] = session.App.Id, ["record"] = new JsonObject { [TestForm.Lookup] = new JsonObject { ["value"] = "no such product" } } })),
        Probe("unknown-user-code", "A directory request about a user who does not exist", 400, "CB_IL02",
            static session => session.Main.GetAsync("/v1/user/groups.json", ("code", $"nobody-{Guid.NewGuid():N}"))),
    ];

    public static Probe Probe(string id, string group, string question, int status, string code, Func<Session, Task<KintoneAnswer>> ask) =>
        new(id, group, question, $"{nameof(SimulatorOptions.Refusals)}[{code}]",
            options => options.Refusals.TryGetValue(code, out var instead) ? $"refused {instead.Status} {instead.Code}" : $"refused {status} {code}",
            async session => (await ask(session)).Outcome)
        {
            OtherWay = options => options with
            {
                Refusals = new Dictionary<string,
            (int, string)>(options.Refusals)
                { [code] = (status == 400 ? 422 : 400, $"{code}_X") }
            }
        };

    static Probe Probe(string id, string mistake, int status, string code, Func<Session, Task<KintoneAnswer>> ask) =>
        Probe(id, Group, $"{mistake}: status and code?", status, code, ask);
}
