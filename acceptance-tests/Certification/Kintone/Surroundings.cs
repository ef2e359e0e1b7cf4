using System.Net.Http.Headers;
using System.Security.Cryptography;
using KintoneSimulator;

namespace KintoneSource.Certification;

/// <summary>The Kintone that is asked: a real domain, or a simulated one whose waits cost nothing. Dispose it to end the simulator.</summary>
public sealed class Surroundings : IAsyncDisposable
{
    readonly SimulatorHost? _host;
    readonly HttpClient _http;

    Surroundings(Settings settings, SimulatorHost? host, SimulatedClock? clock)
    {
        (Settings, _host) = (settings, host);
        _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = TimeSpan.FromMinutes(5) };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("source-kintone-certification");
        Wait = clock is null ? static time => Task.Delay(time, TimeProvider.System) : time =>
        {
            clock.Advance(time);
            return Task.CompletedTask;
        };
        Time = clock ?? TimeProvider.System;
        Main = new(_http, settings.BaseUrl!, headers => SignIn(headers, settings.Username, settings.Password), Wait);
    }

    /// <summary>With an address, whether it was given or is the simulator's.</summary>
    public Settings Settings { get; }

    public Simulator? Simulator => _host?.Simulator;

    /// <summary>The administrator of the app.</summary>
    public KintoneClient Main { get; }

    public Func<TimeSpan, Task> Wait { get; }

    public TimeProvider Time { get; }

    /// <summary>Nobody: only what the domain itself asks for is on the request.</summary>
    public KintoneClient Nobody => Main.As(Gate);

    public KintoneClient? Viewer => Settings.Viewer is { } viewer ? Main.As(headers => SignIn(headers, viewer.User, viewer.Password)) : null;

    public KintoneClient WithToken(string token) => Main.As(headers =>
    {
        Gate(headers);
        headers.Add("X-Cybozu-API-Token", token);
    });

    public KintoneClient WithBearer(string token) => Main.As(headers => headers.Authorization = new("Bearer", token));

    public void SignIn(HttpRequestHeaders headers, string user, string password)
    {
        Gate(headers);
        KintoneClient.Password(headers, user, password);
    }

    public static async Task<Surroundings> OpenAsync(Settings settings, SimulatorOptions? simulated = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.BaseUrl is not null)
            return new(settings, null, null);
        var clock = new SimulatedClock();
        var simulator = new Simulator((simulated ?? new()) with { Time = clock });
        var host = await SimulatorHost.StartAsync(simulator);
        return new(Furnish(simulator, new(host.Address)), host, clock);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_host is null)
            return;
        await _host.DisposeAsync();
        _host.Simulator.Dispose();
    }

    void Gate(HttpRequestHeaders headers)
    {
        if (Settings.Basic is { } basic)
            headers.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{basic.User}:{basic.Password}")));
    }

    /// <summary>Everything that a domain may have for all facts to be asked: a guest space, a token, a colleague, an app in maintenance mode, an OAuth
    /// client.</summary>
    static Settings Furnish(Simulator simulator, Uri address)
    {
        var domain = simulator.Domain;
        var (password, colleague, secret) = (RandomNumberGenerator.GetHexString(16), RandomNumberGenerator.GetHexString(16),
            RandomNumberGenerator.GetHexString(16));
        var admin = domain.AddUser("certifier", password, "認定 花子");
        domain.AddUser("viewer", colleague, "閲覧 一郎");
        domain.AddUser("spare", RandomNumberGenerator.GetHexString(16), "予備 次郎");
        var space = domain.AddSpace("Guests", isGuest: true, members: [admin.Code]);
        domain.AddApp("Guests' app", space);
        var other = domain.AddApp("Another app");
        other.Add();
        var closed = domain.AddApp("An app in maintenance mode");
        closed.Add();
        closed.Close();
        var client = domain.OAuth.AddClient("certification", secret, "https://example.org/");
        return new()
        {
            BaseUrl = address,
            Username = admin.Code,
            Password = password,
            GuestSpace = space.Id,
            Token = (other.AddToken(), other.Id),
            Viewer = ("viewer", colleague),
            SpareUser = "spare",
            MaintenanceApp = closed.Id,
            OAuth = new(client.Id, secret, domain.OAuth.IssueRefreshToken(client, admin, "k:app_record:read")),
        };
    }
}

/// <summary>The time of day, which can be put forward.</summary>
public sealed class SimulatedClock : TimeProvider
{
    TimeSpan _ahead;

    public void Advance(TimeSpan time) => _ahead += time;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _ahead;
}
