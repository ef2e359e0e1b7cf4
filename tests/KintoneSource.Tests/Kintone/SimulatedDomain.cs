using System.Text.Json;
using KintoneSimulator;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Credentials;
using KintoneSource.Kintone.Http;
using Microsoft.Extensions.Time.Testing;
using Authentication = KintoneSource.Kintone.Http.Authentication;

namespace KintoneSource.Tests.Kintone;

/// <summary>A simulated domain in memory and the connector's own way of talking to it, under one clock that stands still but for short waits.</summary>
sealed class SimulatedDomain : IDisposable
{
    static readonly Uri s_address = new("http://localhost/");

    public SimulatedDomain(Func<SimulatorOptions, SimulatorOptions>? with = null, int ceiling = 8)
    {
        var options = new SimulatorOptions { Time = Time };
        Simulator = new(with?.Invoke(options) ?? options);
        Http = new(new InMemoryHandler(Simulator));
        Gate = new(Time, Patience.ForSync, ceiling);
        Connection = new(Http, s_address, Gate, Simulation.Answers.Reader(), new(s_address, hasClientCertificate: false, proxy: null));
    }

    public FakeTimeProvider Time { get; } = new WaitsPassAtOnce();
    public Simulator Simulator { get; }
    public HttpClient Http { get; }
    public DomainGate Gate { get; }
    public DomainConnection Connection { get; }

    public KintoneHttp SignIn(Authentication authentication) => new(Connection, authentication);

    public OAuthAuthentication OAuth(string refreshToken, Func<OAuthTokens, ValueTask>? renewed = null, string secret = "secret") =>
        new(new(Connection, HeaderAuthentication.OfClient("client", secret)), refreshToken, renewed ?? (static _ => default), Time);

    /// <summary>The user's consent to a registered client.</summary>
    public string Consent(params IEnumerable<string> scopes) => Simulator.Domain.OAuth.IssueRefreshToken(
        Simulator.Domain.OAuth.Client("client") ?? Simulator.Domain.OAuth.AddClient("client", "secret"),
        Simulator.Domain.User("user") ?? Simulator.Domain.AddUser("user", "password"), scopes);

    /// <summary>The newest record's id.</summary>
    public static Task<long> ReadAsync(KintoneHttp kintone, App app) => ReadAsync(kintone, app.Id);

    public static async Task<long> ReadAsync(KintoneHttp kintone, long app) =>
        (await new KintoneApp(kintone, new(app)).ReadHeadAsync(null, CancellationToken.None)).MaxId;

    public static Task<int> CountFieldsAsync(KintoneHttp kintone, App app) =>
        new KintoneApp(kintone, new(app.Id)).ReadResourceAsync("app/form/fields", "app", static answer =>
        {
            using var form = JsonDocument.Parse(answer.Body.Memory);
            return form.RootElement.GetProperty("properties").EnumerateObject().Count();
        }, CancellationToken.None);

    public void Dispose()
    {
        Http.Dispose();
        Gate.Dispose();
        Simulator.Dispose();
    }

    /// <summary>Who waits for less than a minute finds the time passed; longer ones are limits of patience.</summary>
    sealed class WaitsPassAtOnce() : FakeTimeProvider(new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero))
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime <= TimeSpan.Zero || dueTime >= TimeSpan.FromMinutes(1)) return base.CreateTimer(callback, state, dueTime, period);
            Advance(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
