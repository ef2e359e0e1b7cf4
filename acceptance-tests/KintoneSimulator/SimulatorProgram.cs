using System.Globalization;
using System.Text.Json;

namespace KintoneSimulator;

/// <summary>The command line: a simulated domain until Ctrl-C.</summary>
static class SimulatorProgram
{
    const string Usage = """
        A simulated Kintone until Ctrl-C: read it, and write to it as to Kintone.

        KintoneSimulator [options]
          --port N         listen on http://localhost:N; default 8080, 0 takes a free port
          --any-address    listen on every address of this machine, for clients in containers
          --https          listen on https too, with a certificate of its own
          --sample         the sample company, with its own users
          --seed FILE      a company from a JSON file; may be given several times
          --records N      an app of N generated records; may be given several times
          --gaps PERCENT   that share of the generated ids is missing; default 0
          --latency MS     every answer takes so long
          --background N   requests of the limit of 100 that are in use by people
          --user U:P       a user's name and password; default admin:admin, or the sample company's administrator
          --help           this text

        It starts empty. With data, in turn: a made-up company, a million generated records, a slow domain that others keep busy:
          dotnet run --project acceptance-tests/KintoneSimulator -- --sample
          dotnet run --project acceptance-tests/KintoneSimulator -- --records 1000000 --gaps 10
          dotnet run --project acceptance-tests/KintoneSimulator -- --sample --latency 100 --background 60

        The connector reads it with this configuration (of --sample; the user is printed at the start):
          {"subdomain": "sample", "base_url": "http://localhost:8080",
           "credentials": {"auth_type": "password", "username": "admin", "password": "admin-password"},
           "app_selection": {"mode": "all_apps"}}

        Read and add a record of app 1 by hand:
          login="X-Cybozu-Authorization: $(printf admin:admin-password | base64)"
          curl -H "$login" 'http://localhost:8080/k/v1/records.json?app=1&query=limit%201'
          curl -H "$login" -H 'Content-Type: application/json' -d '{"app":1,"record":{}}' http://localhost:8080/k/v1/record.json
        Make an app, give it a field, and take it into use (the first answer says the app's number):
          curl … -d '{"name":"Orders"}' http://localhost:8080/k/v1/preview/app.json
          curl … -d '{"app":10,"properties":{"name":{"type":"SINGLE_LINE_TEXT","code":"name","label":"Name"}}}' http://localhost:8080/k/v1/preview/app/form/fields.json
          curl … -d '{"apps":[{"app":10}]}' http://localhost:8080/k/v1/preview/app/deploy.json
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var (options, host, user) = (new SimulatorOptions(), new HostOptions { Port = 8080 }, (string?)null);
        var (seeds, counts, gaps, withSample) = (new List<string>(), new List<long>(), 0.0, false);
        for (var i = 0; i < args.Count; i++)
        {
            try
            {
                switch (args[i])
                {
                    case "--port": host = host with { Port = int.Parse(Next(), CultureInfo.InvariantCulture) }; break;
                    case "--any-address": host = host with { EveryAddress = true }; break;
                    case "--https": host = host with { Https = true }; break;
                    case "--sample": withSample = true; break;
                    case "--seed": seeds.Add(Next()); break;
                    case "--records": counts.Add(long.Parse(Next(), CultureInfo.InvariantCulture)); break;
                    case "--gaps": gaps = double.Parse(Next(), CultureInfo.InvariantCulture) / 100; break;
                    case "--latency":
                        options = options with { Latency = TimeSpan.FromMilliseconds(double.Parse(Next(), CultureInfo.InvariantCulture)) };
                        break;
                    case "--background": options = options with { BackgroundRequests = int.Parse(Next(), CultureInfo.InvariantCulture) }; break;
                    case "--user": user = Next(); break;
                    case "--help" or "-h":
                        await Console.Out.WriteLineAsync(Usage);
                        return 0;
                    default:
                        await Console.Error.WriteLineAsync($"Unknown option {args[i]}.\n{Usage}");
                        return 2;
                }
            }
            catch (Exception error) when (error is FormatException or ArgumentOutOfRangeException or OverflowException)
            {
                await Console.Error.WriteLineAsync($"Option {args[Math.Min(i, args.Count - 1)]}: a value is missing or wrong.\n{Usage}");
                return 2;
            }

            string Next() => args[++i];
        }
        using var simulator = new Simulator(options);
        // A long run must not fill the memory with its own history.
        simulator.Journal.Capacity = 1000;
        // The first user administers the domain: the sample company brings its own.
        if (withSample)
            SampleCompany.Fill(simulator.Domain);
        user ??= withSample ? $"{SampleCompany.Administrator}:{SampleCompany.AdministratorPassword}" : "admin:admin";
        var colon = user.IndexOf(':', StringComparison.Ordinal);
        if (simulator.Domain.User(user[..colon]) is not { } known || known.Password != user[(colon + 1)..])
            simulator.Domain.AddUser(user[..colon], user[(colon + 1)..]);
        try
        {
            foreach (var seed in seeds)
                Seed.Load(simulator.Domain, seed);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or ArgumentException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync($"The seed cannot be loaded: {error.Message}");
            return 1;
        }
        foreach (var count in counts)
        {
            var pattern = gaps > 0 ? IdPattern.Gaps(gaps) : IdPattern.Dense;
            simulator.Domain.AddApp($"案件 {count:N0}件", source: GeneratedRecords.Of(count, pattern));
        }
        await using var running = await SimulatorHost.StartAsync(simulator, options: host);
        await TellAsync(running, user);
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, press) =>
        {
            press.Cancel = true;
            stop.Cancel();
        };
        using var terminated = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stop.Cancel();
        });
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token);
        }
        catch (OperationCanceledException)
        {
            await Console.Out.WriteLineAsync("Stopped.");
        }
        return 0;
    }

    static async Task TellAsync(SimulatorHost host, string user)
    {
        var domain = host.Simulator.Domain;
        await Console.Out.WriteLineAsync($"Listening on {host.Address}");
        if (host.HttpsAddress is not null)
            await Console.Out.WriteLineAsync($"Listening on {host.HttpsAddress}");
        await Console.Out.WriteLineAsync($"User {user}");
        foreach (var app in domain.Apps.OrderBy(app => app.Id))
        {
            var place = app.Space is { } space ? $", {(space.IsGuest ? "guest space" : "space")} {space.Id}" : "";
            await Console.Out.WriteLineAsync($"App {app.Id} {app.Name}: {app.Records.Count:N0} records, token {app.AddToken()}{place}");
        }
    }
}
