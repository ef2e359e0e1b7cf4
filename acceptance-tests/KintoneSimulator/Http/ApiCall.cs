namespace KintoneSimulator;

/// <summary>One request on its way through the router: what came, who asks, and what is looked up for it.</summary>
public sealed class ApiCall(Simulator simulator, HttpRequest request, JournalEntry entry, SimulatorOptions options, Fault? fault, ApiException? mistake)
{
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
            : new ApiException(403, options.ForeignTokenCode, "The API token does not match the app.", "APIトークンとアプリの組み合わせが正しくありません。");
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
        return app.RecordIsVisible is { } visible ? id => visible(Identity.UserCode, id) : null;
    }
}
