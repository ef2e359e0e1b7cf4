using System.Globalization;
using System.Text.Json;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone.Apps;

/// <summary>An app as apps.json and app.json describe it.</summary>
/// <param name="Space">The space that holds it; null for none.</param>
/// <param name="Json">The whole description, as sent.</param>
readonly record struct AppInfo(AppAddress Address, string Name, long? Space, JsonElement Json);

/// <summary>The endpoints of the domain as a whole. All answers obey <see cref="KintoneHttp.ReadAsync"/>.</summary>
sealed class KintoneDomain(KintoneHttp http)
{
    /// <summary>Kintone's own limit for apps.json, of its page and of its list of ids.</summary>
    const int LargestPage = 100;

    /// <summary>Every app that the credentials see, in the order of ids; password and OAuth only.</summary>
    /// <param name="guestSpace">Its apps instead of those outside guest spaces.</param>
    public async IAsyncEnumerable<AppInfo> ListAppsAsync(long? guestSpace, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var pages = OffsetList.ReadAsync<AppInfo>(
            "apps", LargestPage,
            async (offset, token) => await ReadPageAsync(Apps(guestSpace).With("limit", LargestPage).With("offset", offset), guestSpace, token),
            static app => app.Address.App.ToString(CultureInfo.InvariantCulture), ct);
        await foreach (var page in pages)
            foreach (var app in page) yield return app;
    }

    /// <summary>Those of the apps that the credentials see, one request for each hundred; password and OAuth only.</summary>
    public async Task<IReadOnlyList<AppInfo>> FindAppsAsync(long? guestSpace, IEnumerable<long> apps, CancellationToken ct)
    {
        var found = new List<AppInfo>();
        foreach (var ids in apps.Chunk(LargestPage))
        {
            found.AddRange(await ReadPageAsync(
                Apps(guestSpace).With("ids", [.. ids.Select(static id => id.ToString(CultureInfo.InvariantCulture))]).With("limit", LargestPage), guestSpace,
                ct));
        }
        return found;
    }

    /// <summary>Whether Kintone shows the apps of a guest space.</summary>
    /// <exception cref="KintoneException">It is none, or the user is no member of it.</exception>
    public async Task<bool> HasGuestSpaceAsync(long space, CancellationToken ct) =>
        await ReadPageAsync(Apps(space).With("limit", 1), space, ct) is not null;

    /// <summary>Asks the directory for one user, to see whether it may be read.</summary>
    public Task LookAtDirectoryAsync(CancellationToken ct) =>
        http.ReadAsync(new KintoneRequest("/v1/users.json", "looking at the directory").With("size", 1), static answer => answer.ToJson(), ct);

    /// <summary>One app; works with tokens too.</summary>
    public Task<AppInfo> ReadAppAsync(AppAddress address, CancellationToken ct) =>
        http.ReadAsync(
            new KintoneRequest(address.Path("app"), $"looking up {address.Name}") { App = address }.With("id", address.App),
            answer => Describe(answer.ToJson(), address.GuestSpace), ct);

    static KintoneRequest Apps(long? guestSpace) =>
        new(new AppAddress(0, guestSpace).Path("apps"), guestSpace is null ? "listing the apps" : $"listing the apps of guest space {guestSpace}");

    Task<List<AppInfo>> ReadPageAsync(KintoneRequest request, long? guestSpace, CancellationToken ct) =>
        http.ReadAsync(request, answer =>
        {
            var root = answer.ToJson();
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("apps", out var apps) || apps.ValueKind != JsonValueKind.Array)
                throw new UnexpectedResponseException("Kintone answered apps.json without \"apps\".");
            return apps.EnumerateArray().Select(app => Describe(app, guestSpace)).ToList();
        }, ct);

    static AppInfo Describe(JsonElement json, long? guestSpace) =>
        json.ValueKind == JsonValueKind.Object && Number(json, "appId") is { } app
            ? new(new(app, guestSpace), json.TryGetProperty("name", out var name) ? name.ToString() : "", Number(json, "spaceId"), json)
            : throw new UnexpectedResponseException("Kintone described an app without \"appId\".");

    static long? Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && long.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : null;
}
