using System.Text.Json.Nodes;
using KintoneSimulator;

namespace AcceptanceTests;

/// <summary>A part of a sync, told by its requests.</summary>
public enum Phase
{
    /// <summary>An access token is fetched.</summary>
    Token,

    /// <summary>The form and the newest record.</summary>
    Form,

    /// <summary>The pages of records.</summary>
    Scan,

    /// <summary>What was deleted since the last sync.</summary>
    Search,

    /// <summary>Streams of settings.</summary>
    Settings,
}

/// <summary>An app whose sync passes through a phase, over OAuth, and what the platform must have in the end.</summary>
sealed class KillScene : IAsyncDisposable
{
    const int Records = 4_000;
    static readonly string[] s_settings = ["apps", "app_fields", "app_settings", "app_layouts", "app_views"];

    readonly SimulatedKintone _kintone;
    readonly Phase _phase;
    readonly App _app;
    readonly string[] _streams;

    KillScene(SimulatedKintone kintone, Phase phase, App app, Connector connector, string[] streams) =>
        (_kintone, _phase, _app, Connector, _streams) = (kintone, phase, app, connector, streams);

    public Connector Connector { get; }

    public Simulator Simulator => _kintone.Simulator;

    public KeptByPlatform Kept { get; } = new();

    string RecordsStream => $"app_{_app.Id}_records";

    public static async Task<KillScene> StartAsync(Phase phase, int seed)
    {
        var kintone = await SimulatedKintone.StartAsync(new() { Latency = TimeSpan.FromMilliseconds(2) });
        App[] apps = phase switch
        {
            Phase.Search => [kintone.AddSmall(Records)],
            Phase.Settings => [.. Enumerable.Range(0, 4).Select(_ => kintone.AddSmall(1))],
            _ => [kintone.AddGenerated(Records, IdPattern.Gaps(0.4, seed))],
        };
        var oauth = kintone.Domain.OAuth;
        var client = oauth.AddClient("the-client", "secret-of-the-client");
        var token = oauth.IssueRefreshToken(client, kintone.Domain.User(SimulatedKintone.User)!, "k:app_record:read", "k:app_settings:read");
        var config = kintone.Config(apps).With("credentials", new JsonObject
        {
            ["auth_type"] = "oauth2",
            ["client_id"] = client.Id,
            ["client_secret"] = client.Secret,
            ["refresh_token"] = token,
        });
        var scene = new KillScene(kintone, phase, apps[0], new(config), phase == Phase.Settings ? s_settings : [$"app_{apps[0].Id}_records"]);
        if (phase == Phase.Search) await scene.DeleteSomeAsync(seed);
        return scene;
    }

    public string[] Arguments(string? state) => Connector.ReadArguments(
        _phase == Phase.Settings ? ConfiguredCatalogs.ByName("full_refresh", _streams) : ConfiguredCatalogs.ByName("incremental", _streams), state);

    /// <summary>A request of the phase.</summary>
    public bool IsInPhase(JournalEntry request) => _phase switch
    {
        Phase.Token => request.Path == "/oauth2/token",
        Phase.Form => request.Resource == "app/form/fields" || IsHead(request),
        Phase.Scan => request.Resource == "records" && !IsHead(request) && !IsOfIdsAlone(request),
        Phase.Search => request.Resource == "records" && !IsHead(request) && IsOfIdsAlone(request),
        _ => request.Path != "/oauth2/token",
    };

    /// <summary>How many requests of the phase an undisturbed sync has. The platform keeps nothing of it.</summary>
    public async Task<(int Requests, ConnectorRun Run)> MeasureAsync()
    {
        var requests = 0;
        Simulator.BeforeAnswer = request => requests += IsInPhase(request) ? 1 : 0;
        var run = (await Connector.RunAsync(Arguments(Kept.State))).MustSucceed();
        Simulator.BeforeAnswer = null;
        return (requests, run);
    }

    /// <param name="undisturbed">A run that nothing happened to.</param>
    public void AssertWhole(ConnectorRun undisturbed)
    {
        var expected = new KeptByPlatform();
        expected.Take(undisturbed);
        foreach (var stream in _streams)
        {
            if (_phase == Phase.Settings)
            {
                Assert.Equal(expected.RowsOf(stream).Order(), Kept.RowsOf(stream).Order());
                continue;
            }
            // The second sync of the search's scene brings what changed; the first one's records are kept already.
            Assert.Subset(Kept.IdsOf(stream).ToHashSet(), expected.IdsOf(stream).ToHashSet());
            Assert.Equal(expected.IdsOf(stream, areGone: true), Kept.IdsOf(stream, areGone: true));
        }
        Assert.Contains(_streams, stream => expected.RowsOf(stream).Count > 0);
        if (_phase == Phase.Settings) return;
        Assert.Equal(_phase == Phase.Search ? Records : Ids().Length, Kept.IdsOf(RecordsStream).Count());
        if (_phase == Phase.Search) Assert.Equal(Enumerable.Range(1, Records).Select(static id => (long)id).Except(Ids()),
            Kept.IdsOf(RecordsStream, areGone: true));
        else Assert.Equal(Ids(), Kept.IdsOf(RecordsStream));
    }

    async Task DeleteSomeAsync(int seed)
    {
        Kept.Take((await Connector.RunAsync(Arguments(null))).MustSucceed());
        var dice = new Random(seed);
        for (var i = 0; i < 40; i++) _app.Edit(1 + dice.Next(Records), new JsonObject { ["メモ"] = "あと" });
        foreach (var id in Enumerable.Range(0, 12).Select(_ => 1L + dice.Next(Records)).Distinct()) _app.Delete(id);
    }

    static bool IsHead(JournalEntry request) => request.Query?.EndsWith("order by $id desc limit 1", StringComparison.Ordinal) == true;

    static bool IsOfIdsAlone(JournalEntry request) => request.Parameters.List("fields") is ["$id"];

    long[] Ids()
    {
        var ids = new List<long>();
        _app.Records.Visit(static _ => Verdict.All, static _ => true, false, id =>
        {
            ids.Add(id);
            return true;
        });
        return [.. ids.Order()];
    }

    public async ValueTask DisposeAsync()
    {
        Connector.Dispose();
        await _kintone.DisposeAsync();
    }
}
