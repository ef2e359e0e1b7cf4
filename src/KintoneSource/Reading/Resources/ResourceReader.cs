using KintoneSource.Catalog;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Http;

namespace KintoneSource.Reading.Resources;

/// <summary>Where a space's own description stands.</summary>
/// <param name="IsGuest">Guest spaces answer only below their own path.</param>
readonly record struct SpaceAddress(long Space, bool IsGuest);

/// <summary>Reads the streams with a request for each app or space.</summary>
sealed class ResourceReader(ResourceRun run)
{
    /// <summary>The stream <c>apps</c> for tokens, which may describe each app and list none.</summary>
    public Task ReadAppsAsync(IReadOnlyList<AppAddress> apps, CancellationToken ct) =>
        AskAllAsync(
            apps, "app", static app => app.App,
            run.OneApp,
            (_, answer) => ResourceRows.Of(run.Stream, ResourceStreams.OneApp, answer.ToJson(), selected: run.Selected),
            ct);

    /// <summary>The stream <c>apps</c>, out of lists as they come.</summary>
    public async Task ReadAppsAsync(IAsyncEnumerable<AppInfo> apps, CancellationToken ct)
    {
        var seen = new HashSet<long>(); // whether the list of all apps holds those of guest spaces is unverified
        await foreach (var app in apps.WithCancellation(ct))
        {
            if (seen.Add(app.Address.App))
                await run.WriteAsync([.. ResourceRows.Of(run.Stream, ResourceStreams.OneApp, app.Json, selected: run.Selected)], ct);
        }
        await run.CompleteAsync(ct);
    }

    /// <summary>A stream of how apps are set up: each of its resources for each app.</summary>
    public Task ReadSettingsAsync(IReadOnlyList<AppAddress> apps, CancellationToken ct) =>
        AskAllAsync(
            [.. apps.SelectMany(app => run.Stream.Resources.Select(resource => (app, resource)))], "app", static question => question.app.App,
            question => run.Setting(question.app, question.resource.Path),
            (question, answer) => ResourceRows.Of(run.Stream, question.resource, answer.ToJson(), question.app.App, run.Selected),
            ct);

    /// <summary>A stream of the spaces that hold selected apps.</summary>
    public Task ReadSpacesAsync(IReadOnlyList<SpaceAddress> spaces, CancellationToken ct) =>
        AskAllAsync(
            spaces, "space", static space => space.Space,
            space => run.Request(new AppAddress(0, space.IsGuest ? space.Space : null).Path(run.Stream.Resources[0].Path), $"reading space {space.Space}")
                .With("id", space.Space),
            (space, answer) => ResourceRows.Of(run.Stream, run.Stream.Resources[0], answer.ToJson(), space.Space, run.Selected),
            ct);

    Task AskAllAsync<T>(
        IReadOnlyCollection<T> questions, string noun, Func<T, long> number, Func<T, KintoneRequest> request,
        Func<T, KintoneAnswer, IEnumerable<ResourceRow>> rows, CancellationToken ct) =>
        run.AskAllAsync(
            questions, noun, number, (question, token) => run.Http.ReadAsync(request(question), answer => rows(question, answer).ToArray(), token), ct);
}
