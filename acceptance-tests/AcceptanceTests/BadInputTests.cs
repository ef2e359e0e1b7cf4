using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KintoneSimulator;
using KintoneSource.Testing;

namespace AcceptanceTests;

/// <summary>
/// What a person reads when something in their hands is wrong. The snapshot is the list of sentences: each must say what
/// was attempted, what came back and what to do, and none may be a stack trace.
/// </summary>
[Collection(SampleCompanyCollection.Name)]
public sealed partial class BadInputTests(SampleCompanyRuns company)
{
    const int Failed = 1, WrongUse = 2;

    [Fact]
    public async Task Wrong_use_of_the_command_line_is_told_on_stderr_and_ends_with_2()
    {
        using var connector = new Connector(Demo());
        var text = new StringBuilder();
        foreach (var arguments in (string[][])[[], ["reed"], ["check"], ["read", "--config", connector.ConfigFile], ["check", "--config"], ["--debug"]])
        {
            var run = await connector.RunAsync(arguments);
            Assert.Equal(WrongUse, run.ExitCode);
            Assert.Empty(run.Lines);
            Add(text, connector, run, run.Errors.Trim());
        }
        await Verifier.Verify(text.ToString());
    }

    [Fact]
    public async Task A_file_that_can_not_be_used_is_named_with_the_place_in_it()
    {
        using var connector = new Connector(Demo().WithApp(SampleCompany.CustomersApp));
        var missing = Path.Combine(connector.Folder, "missing.json");
        var catalog = connector.Write("good-catalog", ConfiguredCatalogs.ByName("full_refresh", "apps"));
        var records = connector.Write("records-catalog", ConfiguredCatalogs.ByName("incremental", "app_1_records"));
        string[][] calls =
        [
            ["check", "--config", missing],
            ["check", "--config", connector.Folder],
            ["check", "--config", connector.Write("empty", "")],
            ["check", "--config", connector.Write("broken",
                "{\n  \"subdomain\": \"sample\",\n  \"credentials\": {\"password\": \"very-secret\" \"x\": 1}\n}")],
            ["discover", "--config", connector.Write("list", "[]")],
            ["check", "--config", connector.Write("wrong", """{"subdomain": "sample", "credentials": {"auth_type": "password", "username": ""}, "app_selection": {"mode": "single_app", "app": "twelve"}, "max_concurrent_requests": 500, "start_date": "yesterday"}""")],
            ["read", "--config", connector.ConfigFile, "--catalog", missing],
            ["read", "--config", connector.ConfigFile, "--catalog", connector.Write("broken-catalog", "{\"streams\": [\n{]}")],
            ["read", "--config", connector.ConfigFile, "--catalog", connector.Write("no-streams", "{}")],
            ["read", "--config", connector.ConfigFile, "--catalog", connector.Write("nameless", """{"streams": [{"stream": {}}]}""")],
            ["read", "--config", connector.ConfigFile, "--catalog", catalog, "--state", missing],
            ["read", "--config", connector.ConfigFile, "--catalog", catalog, "--state", connector.Write("broken-state", "[{\"type\": \"STREAM\",\n ")],
            ["read", "--config", connector.ConfigFile, "--catalog", catalog, "--state", connector.Write("no-state", "12")],
            ["read", "--config", connector.ConfigFile, "--catalog", records, "--state", connector.Write("strange-state", """{"app_1_records": {"cursor": "soon"}}""")],
            ["read", "--config", connector.ConfigFile, "--catalog", records, "--state", connector.Write("newer-state", """{"app_1_records": {"version": 99}}""")],
            ["check", "--config", connector.Write("latin-1-config", "{\n \"subdomain\": \"m\u00fcller\"}", Encoding.Latin1)],
            ["discover", "--config", connector.Write("utf-16-config", "{}", Encoding.Unicode)],
            ["read", "--config", connector.ConfigFile, "--catalog",
                connector.Write("latin-1-catalog", "{\"streams\": [{\"stream\": {\"name\": \"\u00e9\"}}]}", Encoding.Latin1)],
            ["read", "--config", connector.ConfigFile, "--catalog", records, "--state", connector.Write("latin-1-state", "{\"\u00e9\": {}}", Encoding.Latin1)],
            ["check", "--config", connector.Write("strange-token", Configs.Tokens(company.Address, "good-token-1", "token-with-\u200bnothing", "to\u212aen")
                .WithApp(SampleCompany.CustomersApp).ToJsonString())],
        ];
        var text = new StringBuilder();
        foreach (var run in await Task.WhenAll(calls.Select(connector.RunAsync)))
        {
            var isCheck = run.Command.StartsWith("check", StringComparison.Ordinal);
            Assert.Equal(isCheck ? 0 : Failed, run.ExitCode);
            Assert.DoesNotContain("very-secret", Encoding.UTF8.GetString(run.Output.Span), StringComparison.Ordinal);
            if (isCheck) Assert.Equal("FAILED", run.Status.Status);
            else AssertConfigError(run);
            Add(text, connector, run, isCheck ? run.Status.Message! : run.ErrorMessages[0]);
        }
        await Verifier.Verify(text.ToString());
    }

    [Fact]
    public async Task What_Kintone_refuses_is_explained_by_check_with_what_to_do()
    {
        var address = company.Address;
        var customers = company.Simulator.Domain.App(SampleCompany.CustomersApp)!;
        var undeployed = customers.AddToken(deployed: false, text: "token-before-update-app");
        var writeOnly = customers.AddToken(AppRights.None, text: "token-without-the-right-to-view");
        (string Case, JsonObject Config)[] cases =
        [
            ("wrong password", Configs.Password(address, password: "not-the-password")),
            ("unknown user", Configs.Password(address, user: "nobody")),
            ("two-factor authentication", Configs.Password(address, SampleCompany.TwoFactorUser, SampleCompany.TwoFactorPassword)
                .WithApp(SampleCompany.CustomersApp)),
            ("missing app", Demo().WithApp(4711)),
            ("no permission to view the app", Demo().WithApp(SampleCompany.MinutesApp)),
            ("app of a guest space without it", Demo().WithApp(SampleCompany.TasksApp)),
            ("app outside the guest space", Demo().WithApp(SampleCompany.CustomersApp, SampleCompany.GuestSpace)),
            ("unknown token", Configs.Tokens(address, "no-such-token-at-all").WithApp(SampleCompany.CustomersApp)),
            ("token before Update App", Configs.Tokens(address, undeployed).WithApp(SampleCompany.CustomersApp)),
            ("token without View records", Configs.Tokens(address, writeOnly).WithApp(SampleCompany.CustomersApp)),
            ("token of another app", Configs.Tokens(address, SampleCompany.TokenOf(SampleCompany.DealsApp)).WithApp(SampleCompany.CustomersApp)),
            ("tokens without an app", Configs.Tokens(address, SampleCompany.TokenOf(SampleCompany.DealsApp))),
            ("filter with an order", Demo().WithApp(SampleCompany.CustomersApp, filter: "会社名 != \"\" order by $id desc")),
            ("filter with an open quote", Demo().WithApp(SampleCompany.CustomersApp, filter: "会社名 = \"株式会社")),
            ("filter with an unknown field", Demo().WithApp(SampleCompany.CustomersApp, filter: "会社 = \"x\"")),
            ("filter with a text without quotes", Demo().WithApp(SampleCompany.CustomersApp, filter: "会社名 = 株式会社")),
            ("filter with a wrong operator", Demo().WithApp(SampleCompany.CustomersApp, filter: "業種 = \"製造\"")),
            ("several problems at once", Demo().WithApps(SampleCompany.CustomersApp, SampleCompany.MinutesApp, 4711, SampleCompany.TasksApp)),
        ];
        var text = new StringBuilder();
        var sentences = new List<string>();
        foreach (var (name, config) in cases)
        {
            using var connector = new Connector(config);
            var run = await connector.CheckAsync();
            var (said, exit) = run.ErrorMessages is [var failure] ? (failure, Failed) : (run.Status.Message ?? "", 0);
            if (exit == 0) Assert.True(run.Status.Status == "FAILED", $"{name}: the check succeeds");
            Assert.Equal(exit, run.ExitCode);
            Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
            sentences.Add(Normalised(connector, said));
            Add(text, connector, run, said, name);
        }
        Assert.All(sentences, static s => Assert.Contains(':', s));
        await Verifier.Verify(text.ToString());
    }

    [Fact]
    public async Task What_stands_in_the_configuration_without_effect_is_a_warning_of_every_command()
    {
        var config = Demo().WithApp(SampleCompany.CustomersApp).With("colum_names", "ascii");
        config["app_selection"]!["filtr"] = "会社名 = \"x\"";
        using var connector = new Connector(config);
        foreach (var run in new[] { await connector.CheckAsync(), await connector.DiscoverAsync() })
        {
            run.MustSucceed();
            Assert.Equal(
                ["The configuration has an unknown option colum_names: did you mean column_names?",
                    "The configuration has an unknown option filtr in Apps: did you mean filter?"],
                run.Logs.Where(static log => log.Level == "WARN").Take(2).Select(static log => log.Message));
        }
    }

    [Fact]
    public async Task A_check_without_apps_says_that_no_records_will_be_offered()
    {
        using var connector = new Connector(Demo());
        var run = (await connector.CheckAsync()).MustSucceed();
        Assert.Equal("SUCCEEDED", run.Status.Status);
        Assert.StartsWith("No apps are chosen, so no records will be offered", run.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_discover_can_not_read_is_left_out_and_named()
    {
        using var connector = new Connector(Demo().WithApps(SampleCompany.CustomersApp, SampleCompany.MinutesApp, 4711));
        var run = (await connector.DiscoverAsync()).MustSucceed();
        var names = run.Catalog.Select(SampleCompanyRuns.Name).ToArray();
        Assert.Contains("app_1_records", names);
        Assert.DoesNotContain("app_6_records", names);
        foreach (var app in new[] { "6", "4711" })
            Assert.Contains(run.Logs, log => log.Level == "WARN" && log.Message.Contains($"App {app} ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Discover_with_a_wrong_password_fails_as_a_whole()
    {
        using var connector = new Connector(Configs.Password(company.Address, password: "not-the-password").WithApp(SampleCompany.CustomersApp));
        var run = await connector.DiscoverAsync();
        Assert.Equal(Failed, run.ExitCode);
        AssertConfigError(run);
        Assert.Empty(run.Of("CATALOG", "catalog"));
    }

    [Fact]
    public async Task Streams_that_fail_say_so_each_and_the_others_are_read()
    {
        using var connector = new Connector(Demo().WithApps(SampleCompany.CustomersApp, SampleCompany.MinutesApp, SampleCompany.AssetsApp));
        var run = await connector.ReadAsync(ConfiguredCatalogs.ByName("full_refresh", "app_1_records", "app_6_records", "no_such_stream", "app_99_records",
            "app_5_records"));

        Assert.Equal(Failed, run.ExitCode);
        var failed = run.Traces("ERROR").Select(static t => t.GetProperty("error")).ToDictionary(
            static e => e.GetProperty("stream_descriptor").GetProperty("name").GetString()!, static e => e.GetProperty("failure_type").GetString());
        Assert.Equal(["app_6_records", "app_99_records", "no_such_stream"], failed.Keys.Order(StringComparer.Ordinal));
        Assert.All(failed.Values, static type => Assert.Equal("config_error", type));
        foreach (var stream in failed.Keys) Assert.Equal("INCOMPLETE", run.StatusesOf(stream)[^1]);
        foreach (var stream in new[] { "app_1_records", "app_5_records" })
        {
            Assert.Equal("COMPLETE", run.StatusesOf(stream)[^1]);
            Assert.NotEmpty(run.RecordsOf(stream));
        }
    }

    [Theory]
    [InlineData("INVALID")]
    [InlineData("")]
    public async Task A_sync_mode_that_does_not_exist_fails_its_streams_and_says_what_there_is(string mode)
    {
        using var connector = new Connector(Demo().WithApp(SampleCompany.AssetsApp));
        var run = await connector.ReadAsync(ConfiguredCatalogs.ByName(mode, "app_5_records", "apps"));
        Assert.Equal(Failed, run.ExitCode);
        Assert.Equal(2, run.ErrorMessages.Count);
        Assert.All(run.ErrorMessages, message => Assert.Contains($"sync_mode should be \"full_refresh\" or \"incremental\", but is \"{mode}\"", message,
            StringComparison.Ordinal));
    }

    static void AssertConfigError(ConnectorRun run)
    {
        var error = Assert.Single(run.Traces("ERROR")).GetProperty("error");
        Assert.Equal("config_error", error.GetProperty("failure_type").GetString());
        Assert.False(error.TryGetProperty("stack_trace", out _));
        Assert.DoesNotContain("   at ", run.ErrorMessages[0], StringComparison.Ordinal);
        Assert.Empty(run.Errors);
    }

    void Add(StringBuilder text, Connector connector, ConnectorRun run, string said, string? name = null) =>
        text.Append(name ?? Normalised(connector, run.Command)).Append(" → ").Append(run.ExitCode).Append('\n')
            .Append("    ").Append(Normalised(connector, said).Replace("\n", "\n    ", StringComparison.Ordinal)).Append("\n\n");

    /// <summary>Without what differs from run to run: folders, ports, error ids.</summary>
    string Normalised(Connector connector, string text) => ErrorId().Replace(
        text.Replace(connector.Folder, "FOLDER", StringComparison.Ordinal).Replace(company.Address, "http://localhost:PORT", StringComparison.Ordinal), "ID");

    [GeneratedRegex("(?<=error id )[A-Za-z0-9-]+|(?<=, id )[A-Za-z0-9-]+", RegexOptions.IgnoreCase)]
    private static partial Regex ErrorId();

    JsonObject Demo() => Configs.Password(company.Address);
}
