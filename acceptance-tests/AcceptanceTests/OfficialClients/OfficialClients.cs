using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AcceptanceTests;

/// <summary>An app and, when it is in one, its guest space.</summary>
public sealed record ClientApp(long App, long? GuestSpace = null);

/// <summary>What the client saw of one app: the form's properties, and its records by the two ways to read them all, in the order of ids.</summary>
public sealed record ClientRecords(JsonElement Properties, IReadOnlyList<JsonElement> ById, IReadOnlyList<JsonElement> ByCursor);

/// <param name="Apps">The answer of apps.json.</param>
public sealed record ClientView(IReadOnlyList<JsonElement> Apps, IReadOnlyDictionary<long, ClientRecords> ByApp);

/// <summary>
/// <c>@kintone/rest-api-client</c> and <c>cli-kintone</c>, as Cybozu publishes them, installed once per lock file under the artifacts. They
/// take <c>http</c> for the host name <c>localhost</c> only. Where there is no Node or no registry, <see cref="Unavailable"/> says so and
/// tests skip; with <c>CI=true</c> that is a failure.
/// </summary>
public sealed partial class OfficialClients
{
    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    string _folder = "";

    /// <summary>Whether records are read by a sorted cursor too.</summary>
    public bool ByCursor { get; init; } = true;

    /// <summary>Why the clients cannot run here; null when they can.</summary>
    public string? Unavailable { get; private set; }

    public async Task InitializeAsync()
    {
        try
        {
            await InstallAsync();
        }
        catch (Exception failed) when (failed is Win32Exception or InvalidOperationException && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Unavailable = $"Kintone's official clients cannot run here: {failed.Message}";
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Everything of some apps through the JavaScript client.</summary>
    public async Task<ClientView> ReadAsync(string baseUrl, string username, string password, params IEnumerable<ClientApp> apps)
    {
        var request = new JsonObject
        {
            ["baseUrl"] = baseUrl,
            ["username"] = username,
            ["password"] = password,
            ["byCursor"] = ByCursor,
            ["apps"] = new JsonArray([.. apps.Select(app => new JsonObject { ["app"] = app.App, ["guestSpaceId"] = app.GuestSpace })]),
        };
        var seen = JsonDocument.Parse(await RunAsync("node", ["read-apps.mjs"], request.ToJsonString())).RootElement;
        return new(
            [.. seen.GetProperty("apps").EnumerateArray()],
            seen.GetProperty("byApp").EnumerateObject().ToDictionary(
                app => long.Parse(app.Name, System.Globalization.CultureInfo.InvariantCulture),
                app => new ClientRecords(
                    app.Value.GetProperty("properties"), [.. app.Value.GetProperty("byId").EnumerateArray()],
                    [.. app.Value.GetProperty("byCursor").EnumerateArray()])));
    }

    /// <summary>Makes an app of every field type through the JavaScript client, fills it, and gives what it then reads: see make-app.mjs.</summary>
    public async Task<JsonElement> MakeAppAsync(string baseUrl, string username, string password) =>
        JsonDocument.Parse(await RunAsync("node", ["make-app.mjs"],
        new JsonObject { ["baseUrl"] = baseUrl, ["username"] = username, ["password"] = password }.ToJsonString())).RootElement;

    /// <summary>Runs <c>cli-kintone record import</c>.</summary>
    /// <param name="updateKey">The field by which records are found again; without it all are added.</param>
    public Task ImportAsync(string baseUrl, string username, string password, ClientApp app, string file, string attachments, string? updateKey = null) =>
        RunAsync("node",
    [
        Path.Combine("node_modules", "@kintone", "cli", "cli.js"), "record", "import", "--log-level", "error",
        "--base-url", baseUrl, "--username", username, "--password", password, "--app", $"{app.App}",
        "--file-path", file, "--attachments-dir", attachments,
        .. updateKey is null ? Array.Empty<string>() : ["--update-key", updateKey],
    ]);

    /// <summary>The CSV of <c>cli-kintone record export</c>, as rows of cells; the first row holds the field codes.</summary>
    /// <param name="attachments">A folder for the records' files; without it they are not downloaded.</param>
    public async Task<IReadOnlyList<IReadOnlyList<string>>> ExportAsync(
        string baseUrl, string username, string password, ClientApp app, string? attachments = null)
    {
        var text = await RunAsync("node",
        [
            Path.Combine("node_modules", "@kintone", "cli", "cli.js"), "record", "export", "--log-level", "error",
            "--base-url", baseUrl, "--username", username, "--password", password, "--app", $"{app.App}",
            .. app.GuestSpace is { } space ? ["--guest-space-id", $"{space}"] : Array.Empty<string>(),
            .. attachments is null ? Array.Empty<string>() : ["--attachments-dir", attachments],
        ]);
        return Csv.Parse(text);
    }

    async Task InstallAsync()
    {
        var source = Path.Combine(RepositoryRoot(), "acceptance-tests", "AcceptanceTests", "OfficialClients");
        string[] files = ["package.json", "package-lock.json", "read-apps.mjs", "make-app.mjs"];
        var hash = SHA256.HashData([.. files[..2].SelectMany(file => File.ReadAllBytes(Path.Combine(source, file)))]);
        _folder = Path.Combine(RepositoryRoot(), "artifacts", "official-clients", Convert.ToHexStringLower(hash.AsSpan(0, 6)));
        Directory.CreateDirectory(_folder);
        foreach (var file in files)
            File.Copy(Path.Combine(source, file), Path.Combine(_folder, file), overwrite: true);
        await RunAsync("node", ["--version"]);
        var installed = Path.Combine(_folder, "installed");
        if (File.Exists(installed))
            return;
        var (npm, arguments) = OperatingSystem.IsWindows() ? ("cmd", new[] { "/c", "npm" }) : ("npm", []);
        await RunAsync(npm, [.. arguments, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        await File.WriteAllTextAsync(installed, "");
    }

    /// <summary>What the program wrote to stdout.</summary>
    /// <exception cref="Win32Exception">There is no such program.</exception>
    /// <exception cref="InvalidOperationException">It failed, or did not end.</exception>
    async Task<string> RunAsync(string program, IEnumerable<string> arguments, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        // The client honours proxies, the simulator is on this machine.
        start.Environment["NO_PROXY"] = start.Environment["no_proxy"] = $"localhost,{Environment.GetEnvironmentVariable("NO_PROXY")}";
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.StandardInput.WriteAsync(input.AsMemory(), patience.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode == 0
                ? await output
                : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await error}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} did not end within {s_patience}.");
        }
    }

    static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "KintoneSource.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"No repository above {AppContext.BaseDirectory}.");
    }
}
