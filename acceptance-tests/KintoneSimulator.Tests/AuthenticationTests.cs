using System.Net;

namespace KintoneSimulator.Tests;

public sealed class AuthenticationTests : IDisposable
{
    readonly Company _company = new();

    [Fact]
    public async Task A_token_for_the_directory_reads_people_and_nothing_of_Kintone()
    {
        _company.Add(1);
        _company.Domain.DirectoryTokens["cy.s.api1.x"] = _company.Domain.User("admin")!;
        Assert.Equal((200, null), Outcome(await _company.GetAsync("/v1/users.json", Company.Bearer("cy.s.api1.x"))));
        Assert.Equal((401, "CB_OA01"), Outcome(await _company.GetAsync("/v1/users.json", Company.Bearer("cy.s.api1.y"))));
        Assert.Equal((401, "CB_OA01"), Outcome(await _company.GetAsync("/k/v1/records.json?app=1", Company.Bearer("cy.s.api1.x"))));
    }

    [Theory]
    [InlineData("admin", "wrong")]
    [InlineData("nobody", "secret")]
    [InlineData("", "")]
    public async Task A_wrong_password_is_401_with_its_own_code(string user, string password)
    {
        var answer = await _company.GetAsync("/k/v1/apps.json", Company.Password(user, password));
        Assert.Equal((401, "CB_WA01"), answer.Refusal);
        Assert.Equal("CB_WA01", answer.Headers["X-Cybozu-Error"]);
        Assert.Matches("^[A-Za-z0-9]{20}$", (string)answer.Json["id"]!);
    }

    [Fact]
    public async Task A_password_header_that_is_not_base64_is_a_wrong_password() =>
        Assert.Equal((401, "CB_WA01"), (await _company.GetAsync("/k/v1/apps.json", ("X-Cybozu-Authorization", "?"))).Refusal);

    [Fact]
    public async Task A_password_may_hold_a_colon() =>
        Assert.Equal(HttpStatusCode.OK, (await _company.GetAsync("/k/v1/apps.json", Company.Password("ann", "pass:word"))).Status);

    [Fact]
    public async Task A_user_with_two_factors_has_no_password_for_the_api()
    {
        _company.Domain.AddUser("two", "p", with: user => user with { TwoFactor = true });
        Assert.Equal((403, "CB_TW02"), (await _company.GetAsync("/k/v1/apps.json", Company.Password("two", "p"))).Refusal);
    }

    [Fact]
    public async Task Tokens_are_refused_for_each_reason_with_its_code()
    {
        var token = _company.App.AddToken();
        const string records = "/k/v1/records.json?app=1";

        Assert.Equal((400, "GAIA_IA02"), (await _company.GetAsync(records, Company.Token("unknown"))).Refusal);
        Assert.Equal((400, "GAIA_IA02"), (await _company.GetAsync(records, Company.Token(token, "unknown"))).Refusal);
        Assert.Equal((400, "GAIA_IA02"), (await _company.GetAsync(records, Company.Token(_company.App.AddToken(deployed: false)))).Refusal);
        Assert.Equal((400, "GAIA_DA03"), (await _company.GetAsync(records, Company.Token(token, _company.App.AddToken()))).Refusal);
        Assert.Equal((403, "GAIA_NO01"), (await _company.GetAsync(records, Company.Token(_company.App.AddToken(AppRights.Add)))).Refusal);
        Assert.Equal((403, "GAIA_NO01"), (await _company.GetAsync("/k/v1/app/acl.json?app=1", Company.Token(token))).Refusal);
    }

    [Theory]
    [InlineData(ForeignTokenAnswer.UnknownToken, 400, "GAIA_IA02")]
    [InlineData(ForeignTokenAnswer.WrongApp, 403, "GAIA_AP15")]
    [InlineData(ForeignTokenAnswer.NoRight, 403, "GAIA_NO01")]
    public async Task Tokens_of_other_apps_alone_are_refused_in_one_of_three_ways(ForeignTokenAnswer answer, int status, string code)
    {
        _company.Simulator.Options = _company.Simulator.Options with { ForeignTokenAnswer = answer };
        var (other, another) = (_company.Domain.AddApp("other").AddToken(), _company.Domain.AddApp("another").AddToken());
        foreach (var path in new[] { "records.json?app=1", "app.json?id=1", "app/form/fields.json?app=1" })
        {
            Assert.Equal((status, code), (await _company.GetAsync($"/k/v1/{path}", Company.Token(other))).Refusal);
            Assert.Equal((status, code), (await _company.GetAsync($"/k/v1/{path}", Company.Token(other, another))).Refusal);
            Assert.Equal((200, null), Outcome(await _company.GetAsync($"/k/v1/{path}", Company.Token(other, _company.App.AddToken()))));
        }
    }

    [Fact]
    public async Task Nine_tokens_pass_in_one_header_or_several_and_ten_do_not()
    {
        var tokens = Enumerable.Range(0, 9).Select(i => _company.Domain.AddApp($"a{i}").AddToken()).Prepend(_company.App.AddToken()).ToList();
        Assert.Equal(200, (int)(await _company.GetAsync("/k/v1/records.json?app=1", Company.Token(string.Join(" , ", tokens.Take(9))))).Status);
        Assert.Equal(200, (int)(await _company.GetAsync("/k/v1/records.json?app=1", [.. tokens.Take(9).Select(token => Company.Token(token))])).Status);
        Assert.Equal((400, "CB_VA01"), (await _company.GetAsync("/k/v1/records.json?app=1", Company.Token(tokens))).Refusal);
    }

    [Fact]
    public async Task A_password_goes_before_a_token_and_a_token_before_an_access_token()
    {
        var password = Company.Password("admin", "secret");
        Assert.Equal(200, (int)(await _company.GetAsync("/k/v1/apps.json", password, Company.Token("unknown"), Company.Bearer("unknown"))).Status);
        Assert.Equal((400, "GAIA_IA02"), (await _company.GetAsync("/k/v1/apps.json", Company.Token("unknown"), Company.Bearer("unknown"))).Refusal);
        Assert.Equal((401, "CB_OA01"), (await _company.GetAsync("/k/v1/apps.json", Company.Bearer("unknown"))).Refusal);
    }

    [Fact]
    public async Task Basic_authentication_is_a_gate_before_all_others()
    {
        _company.Simulator.Options = _company.Simulator.Options with { BasicAuthentication = ("gate", "open") };
        var basic = ("Authorization", $"Basic {Convert.ToBase64String("gate:open"u8)}");
        var closed = await _company.GetAsync("/k/v1/apps.json", Company.Password("admin", "secret"));
        Assert.Equal((401, (string?)null), closed.Refusal);
        Assert.StartsWith("Basic", closed.Headers["WWW-Authenticate"], StringComparison.Ordinal);
        Assert.Equal(200, (int)(await _company.GetAsync("/k/v1/apps.json", Company.Password("admin", "secret"), basic)).Status);
        Assert.Equal(401, (int)(await _company.GetAsync("/k/v1/apps.json", Company.Bearer("any"))).Status);
    }

    [Fact]
    public async Task Rights_decide_which_apps_a_user_sees_and_reads()
    {
        var ann = Company.Password("ann", "pass:word");
        Assert.Equal(200, (int)(await _company.GetAsync("/k/v1/records.json?app=1", ann)).Status);
        Assert.Equal((403, "CB_NO02"), (await _company.GetAsync("/k/v1/app/acl.json?app=1", ann)).Refusal);

        _company.App.SetRights("ann", AppRights.Add);
        Assert.Equal((403, "CB_NO02"), (await _company.GetAsync("/k/v1/records.json?app=1", ann)).Refusal);
        Assert.Single((await _company.GetAsync("/k/v1/apps.json", ann)).Json["apps"]!.AsArray());

        _company.App.SetRights("ann", AppRights.None);
        Assert.Equal((403, "CB_NO02"), (await _company.GetAsync("/k/v1/app.json?id=1", ann)).Refusal);
        Assert.Empty((await _company.GetAsync("/k/v1/apps.json", ann)).Json["apps"]!.AsArray());
    }

    [Fact]
    public async Task Settings_may_be_open_to_those_who_only_view()
    {
        const string path = "/k/v1/record/acl.json?app=1";
        var token = Company.Token(_company.App.AddToken());
        Assert.Equal((403, "GAIA_NO01"), (await _company.GetAsync(path, token)).Refusal);
        _company.Simulator.Options = _company.Simulator.Options with { SettingsNeedManagement = false };
        Assert.Equal(200, (int)(await _company.GetAsync(path, token)).Status);
    }

    [Fact]
    public async Task A_hidden_field_may_be_missing_from_the_form_too()
    {
        _company.App.HideField("amount", "Administrator");
        var token = Company.Token(_company.App.AddToken());
        Assert.Contains("amount", (await _company.GetAsync("/k/v1/app/form/fields.json?app=1", token)).Text, StringComparison.Ordinal);
        _company.Simulator.Options = _company.Simulator.Options with { HiddenFieldsLeaveForm = true };
        Assert.DoesNotContain("amount", (await _company.GetAsync("/k/v1/app/form/fields.json?app=1", token)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hidden_fields_are_absent_and_hidden_records_do_not_count()
    {
        _company.Add(10);
        _company.App.HideField("amount", "ann");
        _company.App.RecordIsVisible = (user, id) => user != "ann" || id % 2 == 0;
        var answer = await _company.GetAsync("/k/v1/records.json?app=1&totalCount=true", Company.Password("ann", "pass:word"));
        Assert.Equal([10, 8, 6, 4, 2], answer.Ids);
        Assert.Equal("5", (string?)answer.Json["totalCount"]);
        Assert.DoesNotContain("amount", answer.Text, StringComparison.Ordinal);
        Assert.Contains("amount", (await _company.GetAsync("/k/v1/records.json?app=1")).Text, StringComparison.Ordinal);
        Assert.Equal((403, "CB_NO02"), (await _company.GetAsync("/k/v1/record.json?app=1&id=1", Company.Password("ann", "pass:word"))).Refusal);
    }

    static (int, string?) Outcome(Answer answer) => answer.Status == HttpStatusCode.OK ? (200, null) : answer.Refusal;

    public void Dispose() => _company.Dispose();
}
