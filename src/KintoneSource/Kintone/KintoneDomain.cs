using System.Globalization;
using System.Text.Json;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone;

/// <summary>An app as apps.json and app.json describe it.</summary>
/// <param name="Json">The whole description, as sent.</param>
readonly record struct AppInfo(AppAddress Address, string Name, JsonElement Json);

/// <summary>The endpoints of the domain as a whole. All answers obey <see cref="KintoneHttp.ReadAsync"/>.</summary>
sealed class KintoneDomain(KintoneHttp http)
{
    /// <summary>Kintone's own limit for apps.json.</summary>
    const int LargestPage = 100;

    /// <summary>Every app that the credentials see, in the order of ids; password and OAuth only.</summary>
    /// <param name="guestSpace">Its apps instead of those outside guest spaces.</param>
    public async IAsyncEnumerable<AppInfo> ListAppsAsync(long? guestSpace, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        for (var offset = 0; ; offset += LargestPage)
        {
            var page = await ListAppsAsync(guestSpace, offset, ct);
            foreach (var app in page) yield return app;
            if (page.Count < LargestPage) yield break; // there is no total: a short page is the last
        }
    }

    /// <summary>One app; works with tokens too.</summary>
    public Task<AppInfo> ReadAppAsync(AppAddress address, CancellationToken ct) =>
        http.ReadAsync(
            new KintoneRequest(address.Path("app"), $"looking up app {address.App}") { App = address }.With("id", address.App),
            answer => Describe(Parse(answer), address.GuestSpace), ct);

    Task<List<AppInfo>> ListAppsAsync(long? guestSpace, int offset, CancellationToken ct) =>
        http.ReadAsync(
            new KintoneRequest(new AppAddress(0, guestSpace).Path("apps"), guestSpace is null ? "listing the apps" : $"listing the apps of guest space {guestSpace}")
                .With("limit", LargestPage).With("offset", offset),
            answer =>
            {
                var root = Parse(answer);
                if (!root.TryGetProperty("apps", out var apps) || apps.ValueKind != JsonValueKind.Array)
                    throw new UnexpectedResponseException("Kintone answered apps.json without \"apps\".");
                return apps.EnumerateArray().Select(app => Describe(app, guestSpace)).ToList();
            }, ct);

    static JsonElement Parse(KintoneAnswer answer)
    {
        using var document = JsonDocument.Parse(answer.Body.Memory);
        return document.RootElement.Clone();
    }

    static AppInfo Describe(JsonElement json, long? guestSpace) =>
        json.TryGetProperty("appId", out var id) && long.TryParse(id.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var app)
            ? new(new(app, guestSpace), json.TryGetProperty("name", out var name) ? name.ToString() : "", json)
            : throw new UnexpectedResponseException("Kintone described an app without \"appId\".");
}
