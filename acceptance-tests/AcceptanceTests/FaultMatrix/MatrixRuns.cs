using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace AcceptanceTests.FaultMatrix;

/// <summary>An app of three pages, and the connector in front of it while something goes wrong.</summary>
public sealed class MatrixRuns : IAsyncLifetime, IDisposable
{
    const int Records = 1200;
    const int FileSize = 300_000;
    const string User = "sync", ClientId = "qK8_client-of-matrix";

    /// <summary>Nothing that a sentence could hold by chance.</summary>
    const string Password = "xQ7_vZw9+Jt3/Lm2", ClientSecret = "hG5~rT8;pN1.bV4";

    /// <summary>What a sync may take of memory, its own and the runtime's; the program that is not published brings a compiler along.</summary>
    static readonly long s_mostMemory = (ConnectorProgram.IsPublished ? 300L : 400L) * 1024 * 1024;

    /// <summary>A check tries for 20 s, from its first request on; the machine of these tests may have other things to do.</summary>
    static readonly TimeSpan s_longestCheck = TimeSpan.FromSeconds(22);

    /// <summary>Three attempts; where a connection closes without a byte, the HTTP client asks three times again by itself.</summary>
    const int MostRequests = 3 * 4;

    readonly Simulator _simulator = new();
    readonly SemaphoreSlim _atOnce = new(ConnectorProgram.IsPublished ? 20 : 4); // a program that is compiled as it starts keeps a core busy
    App _app = null!, _withFiles = null!;
    string _refreshToken = "";
    IReadOnlyList<string> _rows = [];

    string Stream => $"app_{_app.Id}_records";

    public async Task InitializeAsync()
    {
        _simulator.Domain.AddUser(User, Password);
        _app = _simulator.Domain.AddApp("メモ帳");
        _app.AddField("メモ", "SINGLE_LINE_TEXT");
        _app.AddTable("表", Field.Create("数", "NUMBER", null));
        var start = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var number = 1; number <= Records; number++) _app.Add(new JsonObject { ["メモ"] = $"{number}番" }, start.AddMinutes(number),
            start.AddMinutes(number));
        _withFiles = _simulator.Domain.AddApp("請求");
        _withFiles.AddField("請求書", "FILE");
        for (var number = 1; number <= 3; number++)
            _withFiles.Add(new JsonObject
            {
                ["請求書"] = new JsonArray(_simulator.Domain.AddFile($"{number}.pdf", FileContent.Generated(FileSize, number),
                "application/pdf"))
            }, start, start.AddMinutes(number));
        var oauth = _simulator.Domain.OAuth;
        _refreshToken = oauth.IssueRefreshToken(oauth.AddClient(ClientId, ClientSecret), _simulator.Domain.User(User)!,
            ["k:app_record:read", "k:app_settings:read"]);
        _rows = RowsOf(await ReadAsync(static (_, _, _) => Task.FromResult(false), byOAuth: false));
        Assert.Equal(Records, _rows.Count);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _atOnce.Dispose();
        _simulator.Dispose();
    }

    /// <summary>A sync in which the fault happens once at each of the positions, as long as the sync gets there.</summary>
    /// <returns>What is wrong with what came of it.</returns>
    internal Task<IEnumerable<string>> SyncAsync(WireFault fault, IReadOnlyCollection<Position> positions) =>
        TryAsync($"{fault.Kind}: {fault.Name} at {string.Join(", ", positions)}", async () =>
    {
        var left = positions.ToHashSet();
        var run = await ReadAsync(async (position, wire, answer) =>
        {
            lock (left) if (!left.Remove(position)) return false;
            await fault.Play(wire, answer);
            return true;
        }, byOAuth: positions.Contains(Position.Token));

        if (fault.Read == Outcome.SameRows)
        {
            run.MustSucceed();
            Assert.Empty(left);
            Assert.Equal(_rows, RowsOf(run));
        }
        else AssertFailure(run, Stream, fault.Read, fault.Says);
        AssertNothingClaimed(run);
        AssertBounds(run);
    });

    /// <summary>A sync of three files in which the fault happens once, with the contents of one.</summary>
    internal Task<IEnumerable<string>> FilesAsync(WireFault fault) => TryAsync($"{fault.Kind}: {fault.Name} at {Position.File}", async () =>
    {
        var (left, stream) = (1, $"app_{_withFiles.Id}_files");
        await using var server = new FaultyServer(_simulator, async (position, wire, answer) =>
        {
            if (position != Position.File || Interlocked.Exchange(ref left, 0) == 0) return false;
            await fault.Play(wire, answer);
            return true;
        }).Start();
        using var connector = Connect(server.Address, app: _withFiles);
        var run = await connector.RunAsync(connector.ReadArguments(ConfiguredCatalogs.WithFiles("incremental", stream)));
        Assert.Equal(0, left);

        var staged = run.Records.Where(static r => r.TryGetProperty("file_reference", out _))
            .ToDictionary(static r => r.GetProperty("file_reference").GetProperty("staging_file_url").GetString()!);
        // nothing is left of what did not come
        Assert.Equal(staged.Keys.Order(StringComparer.Ordinal), Directory.EnumerateFiles(connector.Staging, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal));
        foreach (var (path, row) in staged)
        {
            var (content, arrived) = (new byte[FileSize], await File.ReadAllBytesAsync(path));
            _simulator.Domain.File(row.GetProperty("data").GetProperty("fileKey").GetString()!)!.Content.Read(0, content);
            Assert.True(content.AsSpan().SequenceEqual(arrived), $"{path} is not what Kintone has");
        }
        if (fault.WithFile is Outcome.SameRows or Outcome.RowSaysSo)
        {
            run.MustSucceed();
            Assert.Equal(fault.WithFile == Outcome.SameRows ? 3 : 2, staged.Count);
            Assert.Equal(staged.Count, run.RecordsOf(stream).Count);
            Assert.Equal(3 - staged.Count, run.Logs.Count(static l => l.Message.Contains("not to be read with these credentials", StringComparison.Ordinal)));
        }
        else AssertFailure(run, stream, fault.WithFile!.Value, fault.Says);
        AssertBounds(run);
    });

    /// <summary>A check that meets the fault with every answer.</summary>
    internal Task<IEnumerable<string>> CheckAsync(WireFault fault) => TryAsync($"{fault.Kind}: {fault.Name}, check", async () =>
    {
        var asked = new List<long>();
        await using var server = new FaultyServer(_simulator, async (position, wire, answer) =>
        {
            if (fault.Positions is [Position.Token] && position != Position.Token) return false;
            lock (asked) asked.Add(Stopwatch.GetTimestamp());
            await fault.Play(wire, answer);
            return true;
        }).Start();
        using var connector = Connect(server.Address, fault.Positions is [Position.Token]);
        var run = await connector.CheckAsync();
        Assert.InRange(asked.Count, 1, MostRequests);
        Assert.InRange(Stopwatch.GetElapsedTime(asked[0], asked[^1]), TimeSpan.Zero, s_longestCheck);
        Assert.Equal("FAILED", run.Status.Status);
        AssertSentence(run.Status.Message!, fault.Says);
        AssertBounds(run);
    });

    /// <summary>A sync of so many apps in which every answer is the fault.</summary>
    internal Task<IEnumerable<string>> LastingAsync(WireFault fault, int apps, int mostRequests) => TryAsync($"{fault.Name}, {apps} apps", async () =>
    {
        var asked = 0;
        await using var server = new FaultyServer(_simulator, async (_, wire, answer) =>
        {
            Interlocked.Increment(ref asked);
            await fault.Play(wire, answer);
            return true;
        }).Start();
        long[] ids = [.. Enumerable.Range(1, apps)];
        var config = Configs.Password(server.Address, User, Password).WithApps(ids);
        using var connector = new Connector(config) { WatchesMemory = true };
        var run = await connector.RunAsync(
            connector.ReadArguments(ConfiguredCatalogs.ByName("incremental", [.. ids.Select(static app => $"app_{app}_records")])));
        Assert.Equal(1, run.ExitCode);
        var errors = run.Traces("ERROR").Select(static e => e.GetProperty("error")).ToArray();
        Assert.Equal(apps, errors.Length);
        Assert.Equal(fault.Read == Outcome.ConfigError ? "config_error" : "transient_error",
            Assert.Single(errors.Select(static e => e.GetProperty("failure_type").GetString()).Distinct()));
        Assert.InRange(errors.Select(static e => e.GetProperty("message").GetString()).Distinct().Count(), 1, mostRequests);
        Assert.InRange(asked, 1, mostRequests);
        AssertBounds(run);
    });

    internal async Task<ConnectorRun> ReadAsync(Func<Position, Wire, WireAnswer, Task<bool>> play, bool byOAuth, Func<Process, Task>? act = null)
    {
        await using var server = new FaultyServer(_simulator, play).Start();
        using var connector = Connect(server.Address, byOAuth);
        var arguments = connector.ReadArguments(ConfiguredCatalogs.ByName("incremental", Stream));
        return act is null ? await connector.RunAsync(arguments) : await connector.RunAsync(arguments, static _ => true, act);
    }

    internal Connector Connect(string address, bool byOAuth = false, App? app = null)
    {
        // so that the pages come in their order
        var config = Configs.Password(address, User, Password).WithApp((app ?? _app).Id).With("max_concurrent_requests", 1);
        if (byOAuth)
            config["credentials"] = new JsonObject
            {
                ["auth_type"] = "oauth2",
                ["client_id"] = ClientId,
                ["client_secret"] = ClientSecret,
                ["refresh_token"] = _refreshToken
            };
        return new(config) { WatchesMemory = true };
    }

    async Task<IEnumerable<string>> TryAsync(string name, Func<Task> run)
    {
        await _atOnce.WaitAsync();
        try
        {
            await run();
            return [];
        }
        catch (Exception e) when (e is Xunit.Sdk.XunitException or TimeoutException)
        {
            return [$"{name}: {e.Message}"];
        }
        finally { _atOnce.Release(); }
    }

    IReadOnlyList<string> RowsOf(ConnectorRun run) => [.. run.RecordsOf(Stream).Select(static r => r.GetRawText()).Order(StringComparer.Ordinal)];

    static void AssertFailure(ConnectorRun run, string stream, Outcome outcome, string says)
    {
        Assert.Equal(1, run.ExitCode);
        var error = Assert.Single(run.Traces("ERROR")).GetProperty("error");
        Assert.Equal(outcome switch { Outcome.ConfigError => "config_error", Outcome.TransientError => "transient_error", _ => "system_error" },
            error.GetProperty("failure_type").GetString());
        Assert.Equal("INCOMPLETE", run.StatusesOf(stream)[^1]);
        AssertSentence(error.GetProperty("message").GetString()!, says);
    }

    static void AssertSentence(string message, string says)
    {
        Assert.Contains(says, message, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected went wrong", message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", message, StringComparison.Ordinal);
        Assert.EndsWith(".", message, StringComparison.Ordinal);
    }

    /// <summary>Of what the last STATE says is read, every row was delivered.</summary>
    void AssertNothingClaimed(ConnectorRun run)
    {
        if (run.StatesOf(Stream).LastOrDefault() is not { ValueKind: JsonValueKind.Object } state) return;
        var left = state.GetProperty("stream").GetProperty("stream_state").TryGetProperty("scan", out var scan)
            ? scan.GetProperty("ranges").EnumerateArray().Select(static r => (After: r[0].GetInt64(), UpTo: r[1].GetInt64())).ToArray() : [];
        var delivered = run.IdsOf(Stream).ToHashSet();
        var claimed = Enumerable.Range(1, Records).Where(id => !left.Any(r => id > r.After && id <= r.UpTo));
        Assert.DoesNotContain(claimed, id => !delivered.Contains(id));
    }

    static void AssertBounds(ConnectorRun run)
    {
        Assert.True(run.PeakMemory < s_mostMemory, $"took {run.PeakMemory / (1024 * 1024)} MB");
        var shown = string.Join('\n', run.Lines.Where(static l => !l.StartsWith("{\"type\":\"CONTROL\"", StringComparison.Ordinal)));
        foreach (var secret in new[] { Password, ClientSecret, Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{User}:{Password}")) })
            for (var at = 0; at + 6 <= secret.Length; at++) Assert.DoesNotContain(secret.Substring(at, 6), shown, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(run.Errors);
    }
}
