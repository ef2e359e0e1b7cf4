using System.Net;
using System.Text.Json.Nodes;

namespace KintoneSimulator.Tests;

public sealed class OAuthTests : IDisposable
{
    readonly Company _company = new();
    readonly OAuthClient _client;
    readonly HttpClient _http;

    public OAuthTests()
    {
        _client = _company.Domain.OAuth.AddClient("client", "s e:cret", "https://example.com/back");
        _http = new(new InMemoryHandler(_company.Simulator)) { BaseAddress = new("http://localhost") };
    }

    [Fact]
    public async Task A_refresh_token_gives_access_for_an_hour()
    {
        var refresh = _company.Domain.OAuth.IssueRefreshToken(_client, _company.Domain.User("ann")!, "k:app_record:read");
        var (status, grant) = await TokenAsync(("grant_type", "refresh_token"), ("refresh_token", refresh));
        Assert.Equal((HttpStatusCode.OK, 3600), (status, (int)grant["expires_in"]!));
        Assert.Null(grant["refresh_token"]);
        var bearer = Company.Bearer((string)grant["access_token"]!);

        Assert.Equal(200, (int)(await _company.GetAsync("/k/v1/records.json?app=1", bearer)).Status);
        Assert.Equal("ann", _company.Simulator.Journal.Entries[^1].User);
        Assert.Equal((403, "CB_OA01"), (await _company.GetAsync("/k/v1/app.json?id=1", bearer)).Refusal);

        _company.Clock.Advance(TimeSpan.FromMinutes(60));
        Assert.Equal((401, "CB_OA01"), (await _company.GetAsync("/k/v1/records.json?app=1", bearer)).Refusal);
    }

    [Fact]
    public async Task A_rotating_refresh_token_counts_once()
    {
        _company.Simulator.Options = _company.Simulator.Options with { RefreshTokensRotate = true };
        var first = _company.Domain.OAuth.IssueRefreshToken(_client, _company.Domain.User("ann")!);
        var (_, grant) = await TokenAsync(("grant_type", "refresh_token"), ("refresh_token", first));
        Assert.Equal("invalid_grant", (string?)(await TokenAsync(("grant_type", "refresh_token"), ("refresh_token", first))).Json["error"]);
        Assert.Equal(HttpStatusCode.OK, (await TokenAsync(("grant_type", "refresh_token"), ("refresh_token", (string)grant["refresh_token"]!))).Status);
    }

    [Fact]
    public async Task A_code_from_the_consent_counts_once()
    {
        var response = await _http.GetAsync("/oauth2/authorization?client_id=client&redirect_uri=https%3A%2F%2Fexample.com%2Fback&state=a%26b&response_type=code&scope=k%3Afile%3Aread&login_hint=ann");
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(response.Headers.Location!.Query);
        Assert.Equal("a&b", query["state"]);
        var code = ("code", query["code"].ToString());
        var (_, grant) = await TokenAsync(("grant_type", "authorization_code"), code);
        Assert.Equal("k:file:read", (string?)grant["scope"]);
        Assert.NotNull(grant["refresh_token"]);
        Assert.Equal("invalid_grant", (string?)(await TokenAsync(("grant_type", "authorization_code"), code)).Json["error"]);
    }

    [Fact]
    public async Task A_client_is_refused_for_a_wrong_secret_and_may_send_the_right_one_in_the_form()
    {
        var refresh = _company.Domain.OAuth.IssueRefreshToken(_client, _company.Domain.User("ann")!);
        var fields = new[] { ("grant_type", "refresh_token"), ("refresh_token", refresh) };
        Assert.Equal((401, "invalid_client"), await PostAsync("wrong", fields));
        Assert.Equal(200, (await PostAsync("s e:cret", fields)).Status);
        Assert.Equal((400, "unsupported_grant_type"), await PostAsync("s e:cret", ("grant_type", "password")));

        async Task<(int Status, string? Error)> PostAsync(string secret, params (string Name, string Value)[] form)
        {
            using var content = Form([.. form, ("client_id", "client"), ("client_secret", secret)]);
            var answer = await Answer.ReadAsync(await _http.PostAsync("/oauth2/token", content));
            return ((int)answer.Status, (string?)answer.Json["error"]);
        }
    }

    async Task<(HttpStatusCode Status, JsonObject Json)> TokenAsync(params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token") { Content = Form(form) };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String("client:s%20e%3Acret"u8));
        var answer = await Answer.ReadAsync(await _http.SendAsync(request));
        return (answer.Status, answer.Json);
    }

    static FormUrlEncodedContent Form(params (string Name, string Value)[] form) => new(form.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    public void Dispose()
    {
        _http.Dispose();
        _company.Dispose();
    }
}
