using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Testing;
using KintoneSource.Testing.Form;

namespace AcceptanceTests;

/// <summary>What the platform's form sends, whatever a person does in it, goes to the program's check.</summary>
[Collection(SampleCompanyCollection.Name)]
public sealed class FormTests(SampleCompanyRuns company)
{
    const string Passphrase = "passphrase-of-nobody";

    static readonly string[] s_secrets =
    [
        "password", "api_tokens", "client_id", "client_secret", "refresh_token", "directory_api_token", "basic_auth_password", "client_certificate",
        "client_certificate_passphrase",
    ];

    static readonly string[][] s_together =
    [
        ["basic_auth_username", "basic_auth_password"], ["client_certificate", "client_certificate_passphrase"], ["app_selection.part", "app_selection.parts"],
    ];

    [Fact]
    public async Task What_the_form_sends_the_program_takes_or_explains()
    {
        var spec = company.Spec.Messages[0].GetProperty("spec").GetProperty("connectionSpecification");
        var steps = new FormWalk(spec, Values(), s_together).Steps().ToArray();
        var untouched = steps[0].Sent;
        var table = new StringBuilder("what was done | what was sent, beside the untouched form | what check said\n");
        foreach (var step in steps) await TellAsync(step.Done, step.Sent);

        var tokens = SourceForm.New(spec).Fill("subdomain", "sample")
            .Choose("credentials", "api_token").Fill("credentials.api_tokens", Values()["credentials|api_token.api_tokens"])
            .Choose("app_selection", "single_app").Fill("app_selection.app", 5);
        await TellAsync("chose api_token of credentials and single_app of app_selection", tokens.Send());

        // What is emptied again is as if it had never been filled, but for lists and defaults.
        foreach (var left in steps.Where(static step => step.Leaves is not null).DistinctBy(step => Difference(untouched, step.Leaves!)))
            await TellAsync($"undone: {left.Done}", left.Leaves!);

        var server = new SourceServer(spec);
        Assert.Empty(server.Save(untouched));
        Assert.Empty(server.Save(SourceForm.Edit(spec, server.Masked()).Send()));
        await TellAsync("saved, masked, edited, saved", server.Saved!);
        await Verifier.Verify(table.ToString());

        async Task TellAsync(string done, JsonObject sent) =>
            table.Append(done).Append(" | ").Append(Difference(untouched, sent)).Append(" | ").Append(await CheckAsync(sent)).Append('\n');
    }

    async Task<string> CheckAsync(JsonObject sent)
    {
        using var connector = new Connector(sent.DeepClone().AsObject().With("base_url", company.Address)); // hidden in the form
        var run = await connector.CheckAsync();
        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.ErrorMessages);
        var (status, message) = run.Status;
        Assert.True(status == "SUCCEEDED" || message?.Length > 20, $"{sent.ToJsonString()} is refused without a word.");
        var told = message?.Replace("The configuration has a problem. ", "", StringComparison.Ordinal).Split(". ")[0].ReplaceLineEndings(" ");
        return told is null ? status : $"{status}: {told}";
    }

    static Dictionary<string, JsonNode> Values() => new()
    {
        ["subdomain"] = "sample",
        ["credentials|password.username"] = SampleCompany.DemoUser,
        ["credentials|password.password"] = SampleCompany.DemoPassword,
        ["credentials|api_token.api_tokens"] = $"{SampleCompany.TokenOf(5)}\n{SampleCompany.TokenOf(2)}",
        ["app_selection|single_app.app"] = 5,
        ["app_selection|single_app.filter"] = "$id > 0",
        ["app_selection|single_app.record_number"] = 1,
        ["app_selection|all_apps.name_contains"] = "案件",
        ["app_selection|all_apps.guest_space_ids"] = new JsonArray(SampleCompany.GuestSpace),
        ["app_selection|listed_apps.apps"] = new JsonArray(new JsonObject { ["app"] = 5 }, new JsonObject { ["app"] = 2, ["filter"] = "$id > 0" }),
        ["app_selection.part"] = 1,
        ["app_selection.parts"] = 2,
        ["client_certificate"] = Certificate(),
        ["client_certificate_passphrase"] = Passphrase,
    };

    static string Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=nobody", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return Convert.ToBase64String(certificate.Export(X509ContentType.Pkcs12, Passphrase));
    }

    /// <summary>Members that differ; a dash before those that are not sent, and no secret.</summary>
    static string Difference(JsonObject untouched, JsonObject sent)
    {
        var changed = sent.Where(member => !JsonNode.DeepEquals(member.Value, untouched[member.Key]));
        string[] differences =
        [
            .. changed.Select(static member => $"{member.Key}: {Shown(member.Key, member.Value!)}"),
            .. untouched.Where(member => !sent.ContainsKey(member.Key)).Select(static member => $"-{member.Key}"),
        ];
        return differences.Length == 0 ? "the same" : string.Join(", ", differences);
    }

    static string Shown(string name, JsonNode value) => value is JsonObject inner
        ? $"{{{string.Join(", ", inner.Select(static member => $"{member.Key}: {Shown(member.Key, member.Value!)}"))}}}"
        : s_secrets.Contains(name) ? "****" : value.ToJsonString(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
