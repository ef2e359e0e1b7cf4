using System.Text;
using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Testing;

namespace KintoneSource.Tests.Commands;

/// <summary>Each way to sign in, over real sockets, by the commands that a platform runs.</summary>
public sealed class AuthenticationTests : IAsyncLifetime, IDisposable
{
    const string User = "sync", Password = "correct-horse+battery/1", BasicPassword = "knock=knock&who/2", ClientSecret = "client-secret~3";

    readonly Simulator _simulator = new();
    readonly ConnectorRuns _runs = new();
    SimulatorHost _host = null!;
    App _app = null!, _other = null!;

    public async Task InitializeAsync()
    {
        _host = await SimulatorHost.StartAsync(_simulator);
        _simulator.Domain.AddUser("admin", "admin");
        _simulator.Domain.AddUser(User, Password);
        _simulator.Domain.AddUser("two-factor", Password, with: static u => u with { TwoFactor = true });
        _simulator.Domain.AddUser("stopped", Password, with: static u => u with { Valid = false });
        (_app, _other) = (_simulator.Domain.AddApp("Orders"), _simulator.Domain.AddApp("Customers"));
        for (var i = 0; i < 3; i++) _app.Add();
        _other.Add();
        _runs.Secrets.AddRange(
        [
            Password, BasicPassword, ClientSecret, $"{User}:{Password}", $"door:{BasicPassword}", $"the-client:{ClientSecret}",
        ]);
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public void Dispose()
    {
        _runs.Dispose();
        _simulator.Dispose();
    }

    [Theory]
    [InlineData("password", false)]
    [InlineData("password", true)]
    [InlineData("api_token", false)]
    [InlineData("api_token", true)]
    [InlineData("oauth2", false)]
    public async Task Checks_discovers_and_reads(string kind, bool basic)
    {
        var config = Config(kind switch { "password" => ByPassword(), "api_token" => ByTokens(Token(_app)), _ => ByOAuth() }, basic);
        if (basic) _simulator.Options = _simulator.Options with { BasicAuthentication = ("door", BasicPassword) };

        Assert.Equal("SUCCEEDED", (await _runs.RunAsync("check", config)).CheckStatus);
        var discovered = await _runs.RunAsync("discover", config);
        Assert.Equal(0, discovered.ExitCode);
        var read = await _runs.RunAsync("read", config, ConnectorRuns.Everything(discovered));
        Assert.Equal(0, read.ExitCode);
        Assert.Equal(3, read.Of("RECORD").Count(r => (string)r["record"]!["stream"]! == $"app_{_app.Id}_records"));
        Assert.Empty(read.Of("CONTROL"));
    }

    [Theory]
    [InlineData("api_token")]
    [InlineData("oauth2")]
    public async Task A_token_of_its_own_reads_the_directory_beside_the_sign_in(string kind)
    {
        const string Token = "cy.s.api1.directory-token-4";
        _runs.Secrets.Add(Token);
        _simulator.Domain.DirectoryTokens[Token] = _simulator.Domain.User("admin")!;
        var config = Config(kind == "oauth2" ? ByOAuth() : ByTokens(this.Token(_app)), basic: false);
        config["directory_api_token"] = $" {Token}\n";

        Assert.Equal("SUCCEEDED", (await _runs.RunAsync("check", config)).CheckStatus);
        var discovered = await _runs.RunAsync("discover", config);
        var read = await _runs.RunAsync("read", config, ConnectorRuns.Everything(discovered));
        Assert.Equal(0, read.ExitCode);
        Assert.Equal(4, read.Of("RECORD").Count(static r => (string)r["record"]!["stream"]! == "users"));
        Assert.Equal(3, read.Of("RECORD").Count(r => (string)r["record"]!["stream"]! == $"app_{_app.Id}_records"));
    }

    [Theory]
    [InlineData(401, "CB_OA01")]
    [InlineData(401, "CB_AU01")]
    [InlineData(401, "CB_ZZ99")]
    public async Task A_refused_token_for_the_directory_fails_its_streams_and_no_other(int status, string code)
    {
        const string Token = "cy.s.api1.void-token-5";
        _runs.Secrets.Add(Token);
        _simulator.Options = _simulator.Options with { AccessTokenRefusal = (status, code) };
        var config = Config(ByTokens(this.Token(_app)), basic: false);
        config["directory_api_token"] = Token;

        var check = await _runs.RunAsync("check", config);
        Assert.Equal("FAILED", check.CheckStatus);
        Assert.Contains("The API token for the directory was refused", check.Complaints, StringComparison.Ordinal);
        var read = await _runs.RunAsync("read", config, ConnectorRuns.Everything(await _runs.RunAsync("discover", config)));
        Assert.Equal(1, read.ExitCode);
        Assert.Equal(3, read.Of("RECORD").Count(r => (string)r["record"]!["stream"]! == $"app_{_app.Id}_records"));
        Assert.Equal(3, System.Text.RegularExpressions.Regex.Count(read.Complaints, "config_error .*The API token for the directory was refused"));
    }

    [Theory] // as with a password: what may not be read is missing, and says nothing of the token
    [InlineData("/v1/group/users.json", "are missing.", 4)]
    [InlineData("/v1/users.json", "users is empty, because it may not be read.", 0)]
    public async Task What_a_token_for_the_directory_may_not_read_is_a_warning(string path, string told, int users)
    {
        const string Token = "cy.s.api1.narrow-token-6";
        _runs.Secrets.Add(Token);
        _simulator.Domain.DirectoryTokens[Token] = _simulator.Domain.User("admin")!;
        _simulator.Domain.AddGroup("staff", "Staff", "admin", User);
        _simulator.Faults.Always(Fault.Error(403, "CB_NO02"), entry => entry.Path == path);
        var config = Config(ByTokens(this.Token(_app)), basic: false);
        config["directory_api_token"] = Token;

        var read = await _runs.RunAsync("read", config, ConnectorRuns.Everything(await _runs.RunAsync("discover", config)));
        Assert.Equal(0, read.ExitCode);
        Assert.Contains(told, read.Complaints, StringComparison.Ordinal);
        var records = read.Of("RECORD").Select(static r => r["record"]!).ToLookup(static r => (string)r["stream"]!, static r => r["data"]!);
        Assert.Equal(users, records["users"].Count());
        Assert.NotEmpty(records["groups"]);
        Assert.All(records["groups"], group => Assert.Equal(users == 0, group["users"] is JsonArray { Count: > 0 }));
    }

    [Fact]
    public async Task Every_command_hands_back_a_rotated_refresh_token()
    {
        _simulator.Options = _simulator.Options with { RefreshTokensRotate = true };
        var config = Config(ByOAuth(), basic: false);
        config["kept"] = "as it is";
        JsonObject? catalog = null;
        foreach (var command in (string[])["check", "discover", "read"])
        {
            var output = await _runs.RunAsync(command, config, catalog);
            Assert.Equal(0, output.ExitCode);
            var next = Assert.Single(output.Of("CONTROL"))["control"]!["connectorConfig"]!["config"]!.AsObject();
            var token = (string)next["credentials"]!["refresh_token"]!;
            Assert.NotEqual((string)config["credentials"]!["refresh_token"]!, token);
            _runs.Secrets.Add(token);
            next["credentials"]!["refresh_token"] = (string)config["credentials"]!["refresh_token"]!;
            Assert.True(JsonNode.DeepEquals(config, next));
            config["credentials"]!["refresh_token"] = token;
            if (command == "discover") catalog = ConnectorRuns.Everything(output);
        }
    }

    [Fact]
    public async Task Each_refusal_has_its_own_sentence()
    {
        var text = new StringBuilder();
        await Refused("wrong password", ByPassword(password: Known("not-his-password-9")));
        await Refused("unknown or stopped user", ByPassword("stopped"));
        await Refused("two-factor authentication", ByPassword("two-factor"));
        _app.SetRights(User, AppRights.None);
        await Refused("user without permission", ByPassword());
        _app.SetRights(User, AppRights.Everyday);

        _simulator.Options = _simulator.Options with { ForeignTokenAnswer = ForeignTokenAnswer.NoRight };
        await Refused("unknown token", ByTokens(Known("no-such-token-4")));
        await Refused("token before Update App", ByTokens(Token(_app, deployed: false)));
        await Refused("token before Update App among others", ByTokens(Token(_other), Token(_app, deployed: false)));
        await Refused("token without permission to view", ByTokens(Token(_app, AppRights.Add)));
        await Refused("token of another app", ByTokens(Token(_other)));
        _simulator.Options = _simulator.Options with { ForeignTokenAnswer = ForeignTokenAnswer.WrongApp };
        await Refused("token of another app, named so", ByTokens(Token(_other)));
        await Refused("two tokens of the app (works)", ByTokens(Token(_app), Token(_app)), succeeds: true);
        await Refused("an unknown token beside the right one (works)", ByTokens(Known("no-such-token-5"), Token(_app)), succeeds: true);

        await Refused("withdrawn consent", ByOAuth(refreshToken: Known("withdrawn-token-6")));
        await Refused("wrong client secret", ByOAuth(secret: Known("wrong-secret-7")));
        await Refused("missing scope of records", ByOAuth("k:app_settings:read"));
        await Refused("missing scope of apps", ByOAuth("k:app_record:read"));
        _simulator.Options = _simulator.Options with { ScopeRefusal = (401, "CB_OA01") };
        await Refused("missing scope, refused as an old token is", ByOAuth("k:app_settings:read"));

        _simulator.Options = _simulator.Options with { BasicAuthentication = ("door", BasicPassword) };
        await Refused("Basic authentication missing", ByPassword());
        await Refused("Basic authentication missing with tokens", ByTokens(Token(_app)));
        await Refused("Basic authentication with OAuth", ByOAuth());
        await Refused("Basic authentication wrong", ByPassword(), basicPassword: Known("wrong-knock-8"));
        await Verifier.Verify(text.ToString());

        async Task Refused(string name, JsonObject credentials, string? basicPassword = null, bool succeeds = false)
        {
            var config = Config(credentials, basicPassword is not null);
            if (basicPassword is not null) config["basic_auth_password"] = basicPassword;
            var output = await _runs.RunAsync("check", config);
            Assert.Equal(0, output.ExitCode);
            Assert.Equal(succeeds ? "SUCCEEDED" : "FAILED", output.CheckStatus);
            text.Append("== ").Append(name).Append('\n').Append(output.Complaints).Append("\n\n");
            // The other commands fail with it, or leave the app out: their texts go through the search for secrets too.
            await _runs.RunAsync("discover", config);
        }
    }

    [Fact] // each wrong try brings a user closer to being locked
    public async Task A_wrong_password_is_not_tried_for_every_app()
    {
        var config = Config(ByPassword(password: Known("not-his-password-9")), basic: false);
        config["app_selection"] = new JsonObject
        {
            ["mode"] = "listed_apps",
            ["apps"] = new JsonArray([.. Enumerable.Range(1, 50).Select(static app => new JsonObject { ["app"] = app })]),
        };
        Assert.Equal("FAILED", (await _runs.RunAsync("check", config)).CheckStatus);
        Assert.InRange(_simulator.Journal.Count, 1, 2);
    }

    JsonObject Config(JsonObject credentials, bool basic)
    {
        var config = new JsonObject
        {
            ["subdomain"] = "mycompany",
            ["base_url"] = _host.Address,
            ["credentials"] = credentials,
            ["app_selection"] = new JsonObject { ["mode"] = "single_app", ["app"] = _app.Id },
        };
        if (basic) (config["basic_auth_username"], config["basic_auth_password"]) = ("door", BasicPassword);
        return config;
    }

    static JsonObject ByPassword(string user = User, string password = Password) =>
        new() { ["auth_type"] = "password", ["username"] = user, ["password"] = password };

    static JsonObject ByTokens(params IEnumerable<string> tokens) =>
        new() { ["auth_type"] = "api_token", ["api_tokens"] = string.Join('\n', tokens) };

    /// <param name="scopes">Those of the consent, in one text; all that reading needs where nothing is given.</param>
    JsonObject ByOAuth(string scopes = "k:app_record:read k:app_settings:read", string? refreshToken = null, string secret = ClientSecret)
    {
        var oauth = _simulator.Domain.OAuth;
        var client = oauth.Client("the-client") ?? oauth.AddClient("the-client", ClientSecret);
        return new()
        {
            ["auth_type"] = "oauth2",
            ["client_id"] = "the-client",
            ["client_secret"] = secret,
            ["refresh_token"] = refreshToken ?? Known(oauth.IssueRefreshToken(client, _simulator.Domain.User(User)!, scopes.Split(' '))),
        };
    }

    string Token(App app, AppRights rights = AppRights.View, bool deployed = true) => Known(app.AddToken(rights, deployed));

    string Known(string secret)
    {
        _runs.Secrets.Add(secret);
        return secret;
    }
}
