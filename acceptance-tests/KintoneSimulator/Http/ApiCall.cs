using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>One request on its way through the router: what came, who asks, and what is looked up for it.</summary>
public sealed class ApiCall(
    Simulator simulator, HttpRequest request, JournalEntry entry, SimulatorOptions options, Fault? fault, ApiException? mistake,
    ReadOnlyMemory<byte> body = default)
{
    JsonObject? _json;

    public Simulator Simulator => simulator;

    public Domain Domain => simulator.Domain;

    public SimulatorOptions Options => options;

    public HttpRequest Request => request;

    public JournalEntry Entry => entry;

    /// <summary>What is wrong with the form of the request.</summary>
    public ApiException? Mistake => mistake;

    public Fault? Fault => fault;

    public ApiPath Path { get; } = ApiPath.Parse(entry.Path);

    public Parameters Parameters => entry.Parameters;

    /// <summary>The bytes that came with it.</summary>
    public ReadOnlyMemory<byte> Body => body;

    /// <summary>The body as JSON, for what is more than a value or a list of them; empty when there is none.</summary>
    public JsonObject Json => _json ??= body.IsEmpty ? [] : (JsonObject)JsonNode.Parse(body.Span)!;

    /// <summary>An object that must be in the body.</summary>
    public JsonObject RequiredObject(string name) => Json[name] as JsonObject ?? throw ApiException.Required(name);

    /// <summary>A list that must be in the body and hold at least one member.</summary>
    public JsonArray RequiredArray(string name, int most)
    {
        if (Json[name] is not JsonArray { Count: > 0 } list)
            throw ApiException.Required(name);
        return list.Count <= most ? list : throw ApiException.TooManyMembers(name, most);
    }

    /// <summary>The same caller with another request: one of those that came together.</summary>
    public ApiCall For(JournalEntry part, ReadOnlyMemory<byte> content) => new(simulator, request, part, options, null, null, content) { Identity = Identity };

    public Identity Identity { get; set; } = Identity.Nobody;

    public DateTimeOffset Now => Domain.Now;

    /// <summary>The user; only for endpoints that take passwords alone.</summary>
    public User User => Identity.User ?? throw ApiException.NoPrivilege();

    public Query.QueryContext QueryContext => new()
    {
        Now = Now,
        TimeZone = options.TimeZone,
        Seconds = options.Seconds,
        LoginUser = Identity.UserCode,
        PrimaryOrganization = Identity.User?.PrimaryOrganization,
    };

    /// <summary>The parameter <c>query</c>.</summary>
    public Query.RecordQuery Query(App app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var query = KintoneSimulator.Query.QueryParser.Parse(Parameters.Text("query") ?? "", app.Form,
            new(options.AndBindsLikeOr, !options.AssigneesCanBeSearched));
        // Generated records name people that the domain does not know.
        if (app.Records.Source is null && query.UsersNamed.FirstOrDefault(code => Domain.User(code) is null) is { } unknown)
            throw new ApiException(400, "GAIA_IL26", $"The user ({unknown}) is not found.", $"指定したユーザー（{unknown}）が見つかりません。");
        return query;
    }

    /// <summary>An app's settings, also while it is not deployed yet; for those who may manage it.</summary>
    public App AppToEdit(string parameter = "app")
    {
        var id = Parameters.Number(parameter);
        var app = Domain.AppOrUnpublished(id) ?? throw ApiException.NoApp(id);
        Check(app, AppRights.Manage);
        return app;
    }

    /// <summary>The revision that a request saw; null when it does not say, or -1.</summary>
    public long? Revision => Parameters.Number("revision", -1, -1) is >= 0 and var revision ? revision : null;

    /// <summary>Who a change is done by.</summary>
    public Entity Actor => Identity.User?.Entity ?? Domain.TokenUser;

    /// <summary>The app that a parameter names, reachable on this path and by this user.</summary>
    /// <param name="needed">One of these rights must be there.</param>
    /// <exception cref="ApiException">Otherwise.</exception>
    public App App(string parameter, AppRights needed)
    {
        var id = Parameters.Number(parameter);
        var app = Domain.App(id) ?? throw ApiException.NoApp(id);
        Check(app, needed);
        return app;
    }

    public void Check(App app, AppRights needed)
    {
        ArgumentNullException.ThrowIfNull(app);
        entry.App = app.Id;
        if (Path.GuestSpace is { } guest)
        {
            if (app.Space is not { IsGuest: true } space || space.Id != guest)
                throw ApiException.NoPrivilege();
        }
        else if (app.Space is { IsGuest: true })
        {
            throw ApiException.GuestApp(options.GuestAppStatus);
        }
        if (Identity.User is { } user && app.Space is { IsGuest: true } or { IsPrivate: true } && !app.Space.Admits(user))
            throw ApiException.NoPrivilege();
        if ((Identity.RightsOn(app) & needed) != 0)
            return;
        if (Identity.Kind != Authentication.Token)
            throw ApiException.NoPrivilege();
        throw Identity.Tokens.Any(token => token.App == app)
            ? new ApiException(403, "GAIA_NO01", "Using this API token, you cannot run the specified API.", "指定したAPIトークンには権限がありません。")
            : ApiException.ForeignToken(options.ForeignTokenAnswer, app.Id);
    }

    /// <summary>An app whose records are asked for or changed.</summary>
    /// <exception cref="ApiException">Also when it is closed for maintenance and says so.</exception>
    public App AppOfRecords(AppRights needed)
    {
        var app = App("app", needed);
        CheckOpen(app, forReading: needed == AppRights.View);
        return app;
    }

    /// <summary>Refuses where maintenance keeps this user from an app's records, unless reading finds none instead.</summary>
    public void CheckOpen(App app, bool forReading)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (app.IsClosedTo(Identity.UserCode) && !(forReading && options.MaintenanceAnswer == MaintenanceAnswer.Empty))
            throw ApiException.InMaintenance();
    }

    /// <summary>Whether the user sees the app in lists.</summary>
    public bool Sees(App app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return (Identity.RightsOn(app) & (AppRights.View | AppRights.Add)) != 0
            && (app.Space is null or { IsGuest: false, IsPrivate: false } || (Identity.User is { } user && app.Space.Admits(user)));
    }

    public Func<long, bool>? RecordFilter(App app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (app.IsClosedTo(Identity.UserCode))
            return static _ => false;
        var visible = app.RecordIsVisible;
        var permitted = Identity.User is { } user ? app.RecordPermission(user, QueryContext) : null;
        return visible is null && permitted is null ? null
            : id => (visible is null || visible(Identity.UserCode, id)) && (permitted is null || permitted(id).HasFlag(AppRights.View));
    }

    /// <summary>The records that a search finds: those that may be viewed, as far as they can be found yet.</summary>
    public Func<long, bool>? SearchFilter(App app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var visible = RecordFilter(app);
        return !app.HasUnfindable ? visible : id => app.IsFindable(id) && visible?.Invoke(id) != false;
    }
}
