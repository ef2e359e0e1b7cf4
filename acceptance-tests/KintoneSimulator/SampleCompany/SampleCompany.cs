using KintoneSimulator.Sample;

namespace KintoneSimulator;

/// <summary>
/// 架空文具株式会社, a made-up Japanese company of some four thousand records: the demo's data, and the hard cases of every field type. The
/// same in every run but for the file keys. The names and passwords below are placeholders, known to everyone.
/// </summary>
public static class SampleCompany
{
    public const string Administrator = "admin";
    public const string AdministratorPassword = "admin-password";

    /// <summary>Sees every app but <see cref="MinutesApp"/>, as an ordinary user.</summary>
    public const string DemoUser = "demo";
    public const string DemoPassword = "demo-password";

    /// <summary>Cannot use the REST API with a password.</summary>
    public const string TwoFactorUser = "two-factor";
    public const string TwoFactorPassword = "two-factor-password";

    /// <summary>A user of the guest space alone.</summary>
    public const string Guest = "guest/partner@example.org";

    public const long CustomersApp = 1;
    public const long DealsApp = 2;
    public const long ReportsApp = 3;
    public const long ExpensesApp = 4;
    public const long AssetsApp = 5;
    public const long MinutesApp = 6;
    public const long TasksApp = 7;
    public const long EdgesApp = 8;
    public const long EmptyApp = 9;

    public const long NormalSpace = 2;
    public const long GuestSpace = 3;

    /// <summary>The apps that the demo user may read on the normal path.</summary>
    public static IReadOnlyList<long> DemoApps { get; } = [CustomersApp, DealsApp, ReportsApp, ExpensesApp, AssetsApp, EdgesApp, EmptyApp];

    /// <summary>The API token of an app, with the right to view.</summary>
    public static string TokenOf(long app) => $"sample-token-of-app-{app}";

    /// <summary>A simulator of the company alone, its users' days those of Tokyo.</summary>
    public static Simulator Create(TimeProvider time, SimulatorOptions? options = null)
    {
        var simulator = new Simulator((options ?? new()) with { Time = time, TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo") });
        Fill(simulator.Domain);
        return simulator;
    }

    /// <summary>Puts the company into an empty domain.</summary>
    public static void Fill(Domain domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        var company = People.Add(domain);
        var space = domain.AddSpace("営業部スペース", id: NormalSpace);
        var guestSpace = domain.AddSpace("共同開発（ゲスト）", isGuest: true, isPrivate: true, id: GuestSpace,
            members: [Administrator, DemoUser, Guest, .. company.Staff.Take(4).Select(user => user.Code)]);
        AddApps(company, space, guestSpace);
        foreach (var app in domain.Apps)
            app.AddToken(text: TokenOf(app.Id));
    }

    static void AddApps(Company company, Space space, Space guestSpace)
    {
        Customers.Add(company);
        Deals.Add(company);
        Reports.Add(company, space);
        Expenses.Add(company, space);
        SmallApps.AddAssets(company);
        SmallApps.AddMinutes(company);
        SmallApps.AddTasks(company, guestSpace);
        Edges.Add(company);
        SmallApps.AddEmpty(company);
    }
}
