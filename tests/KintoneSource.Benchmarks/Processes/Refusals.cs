using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>
/// What a program sends to a domain that refuses, and what it says: requests under Retry-After, passwords after a refusal, secrets in its output. By real
/// clocks, so some of it takes half a minute.
/// </summary>
static class Refusals
{
    const int Apps = 20, Records = 20_000;
    const string User = "sync", Password = "tr0ub4dor-and-3", ProxyPassword = "pr0xy-and-7";

    static readonly TimeSpan s_moment = TimeSpan.FromSeconds(6), s_asked = TimeSpan.FromSeconds(30);

    /// <param name="programs">Natively compiled connectors, the earlier one first.</param>
    public static async Task RunAsync(IReadOnlyList<string> programs)
    {
        foreach (var program in programs)
        {
            Console.WriteLine(program);
            await CountAsync(program, "requests in 6 s, Retry-After 0", Page(429, "0"), s_moment);
            await CountAsync(program, "requests in 6 s, a time in Retry-After that has passed", Page(429, "Thu, 01 Jan 1970 00:00:00 GMT"), s_moment);
            foreach (var (name, fault) in Passwords) await CountAsync(program, $"passwords sent, {name}", fault, s_asked);
            await PauseAsync(program);
            ShowProxy(program);
            ShowSecrets(program);
        }
    }

    static IEnumerable<(string Name, Fault Fault)> Passwords =>
    [
        .. ((string[])["CB_AU01", "CB_WA01", "CB_ZZ99", "GAIA_IA02"]).Select(static code => ($"401 {code}", Fault.Error(401, code))),
        ("401 without a code", Page(401)), ("403 CB_TW02", Fault.Error(403, "CB_TW02")), ("407", Page(407)), ("302", Fault.LoginRedirect),
    ];

    static async Task CountAsync(string program, string name, Fault fault, TimeSpan longest)
    {
        var requests = await PlayAsync(program, longest, static simulator => simulator.Journal.Count, simulator => simulator.Faults.Always(fault));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}: {requests}"));
    }

    /// <summary>One request is refused in the middle of a sync: who else goes out before the 30 s are over?</summary>
    static async Task PauseAsync(string program)
    {
        var (asked, others) = (0L, 0);
        await PlayAsync(program, TimeSpan.FromSeconds(40), static _ => 0, simulator =>
        {
            simulator.Options = simulator.Options with { Latency = TimeSpan.FromMilliseconds(50) };
            var requests = 0;
            simulator.Faults.Always(Page(429, "30"), _ =>
            {
                if (Interlocked.Increment(ref requests) == 15) return (asked = Stopwatch.GetTimestamp()) > 0;
                var since = Stopwatch.GetElapsedTime(asked);
                if (asked > 0 && since > TimeSpan.FromSeconds(0.5) && since < TimeSpan.FromSeconds(29)) Interlocked.Increment(ref others);
                return false;
            });
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  requests during Retry-After 30: {others}"));
    }

    static async Task<int> PlayAsync(string program, TimeSpan longest, Func<Simulator, int> count, Action<Simulator> break_)
    {
        using var simulator = new Simulator();
        simulator.Domain.AddUser(User, Password);
        var apps = Enumerable.Range(0, Apps).Select(_ => simulator.Domain.AddApp("案件", source: GeneratedRecords.Of(Records)).Id).ToArray();
        break_(simulator);
        await using var host = await SimulatorHost.StartAsync(simulator);
        var config = Configuration(host.Address);
        config["app_selection"] = new JsonObject
        {
            ["mode"] = "listed_apps",
            ["apps"] = new JsonArray([.. apps.Select(static app => new JsonObject { ["app"] = app })]),
        };
        NativeProgram.Run(program, longest, "read", config, Catalog(apps));
        return count(simulator);
    }

    /// <summary>A proxy that asks for another password, one that nobody runs, and two variables that can't be used.</summary>
    static void ShowProxy(string program)
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        _ = RefuseAsync(proxy);
        var config = Configuration("");
        config.Remove("base_url");
        var lines = ((string[])[$"{proxy.LocalEndpoint}", "127.0.0.1:9", "proxy:99999", "pro xy:8080"])
            .SelectMany(place => NativeProgram.Run(
                program, s_asked, "check", config, variables: ("HTTPS_PROXY", $"http://user:{ProxyPassword}@{place}")).Said.Split('\n'))
            .Count(static line => line.Contains(ProxyPassword, StringComparison.Ordinal));
        Console.WriteLine($"  lines with the proxy's password: {lines}");
    }

    static async Task RefuseAsync(TcpListener proxy)
    {
        try
        {
            while (true)
            {
                using var client = await proxy.AcceptTcpClientAsync();
                await client.Client.ReceiveAsync(new byte[4096]);
                await client.GetStream().WriteAsync("HTTP/1.1 407 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException) { }
    }

    /// <summary>The password is typed into another option as well, which it may break.</summary>
    static void ShowSecrets(string program)
    {
        var spec = JsonNode.Parse(Output.Of(program, "spec"))!["spec"]!["connectionSpecification"]!;
        var (options, quoted) = (0, new HashSet<string>());
        foreach (var (name, config) in Places(spec, [], Configuration("http://localhost:1")))
        {
            options++;
            foreach (var command in (string[])["check", "discover", "read"])
            {
                var run = NativeProgram.Run(program, s_asked, command, config, command == "read" ? Catalog([1]) : null);
                if (run.Said.Contains(Password, StringComparison.Ordinal)) quoted.Add(name);
            }
        }
        Console.WriteLine($"  options that quote a secret: {quoted.Count} of {options} {string.Join(", ", quoted)}");
    }

    /// <summary>A configuration for each named option, at any depth, in which it holds the password.</summary>
    static IEnumerable<(string Name, JsonObject Config)> Places(JsonNode schema, string[] path, JsonObject config)
    {
        foreach (var (name, option) in schema["properties"]?.AsObject() ?? [])
        {
            var here = At(config, path);
            if (option!["const"] is not null) continue;
            foreach (var variant in option["oneOf"]?.AsArray() ?? [])
            {
                var chosen = config.DeepClone().AsObject();
                var inner = new JsonObject();
                foreach (var (key, value) in variant!["properties"]!.AsObject())
                    if (value!["const"] is { } constant) inner[key] = constant.DeepClone();
                if (name == "credentials" && variant["properties"]!["password"] is not null) inner = config["credentials"]!.DeepClone().AsObject();
                At(chosen, path)[name] = inner;
                foreach (var place in Places(variant, [.. path, name], chosen)) yield return place;
            }
            var broken = config.DeepClone().AsObject();
            At(broken, path)[name] = Password;
            broken["directory_api_token"] ??= Password; // where it belongs
            yield return (string.Join('.', [.. path, name]), broken);
        }
    }

    static JsonObject At(JsonObject config, IEnumerable<string> path) => path.Aggregate(config, static (node, name) => node[name]!.AsObject());

    static Fault Page(int status, string? retryAfter = null) => new("page")
    {
        Instead = _ => retryAfter is null ? Reply.Html(status, "No") : Reply.Html(status, "No").With("Retry-After", retryAfter),
    };

    static JsonObject Configuration(string address) => new()
    {
        ["subdomain"] = "mycompany",
        ["base_url"] = address,
        ["credentials"] = new JsonObject { ["auth_type"] = "password", ["username"] = User, ["password"] = Password },
    };

    static JsonObject Catalog(IEnumerable<long> apps) => new()
    {
        ["streams"] = new JsonArray([.. apps.Select(static app => new JsonObject
        {
            ["stream"] = new JsonObject { ["name"] = $"app_{app}_records", ["json_schema"] = new JsonObject() },
            ["sync_mode"] = "incremental",
            ["destination_sync_mode"] = "append",
        })]),
    };
}
