using System.Collections.Frozen;

namespace KintoneSimulator;

/// <param name="Accepts">The credentials that it takes; anything else is refused before the request is looked at.</param>
/// <param name="Scope">What an access token must allow.</param>
public sealed record Endpoint(Api Api, string Method, string Resource, Accepts Accepts, string? Scope, Func<ApiCall, Reply> Answer)
{
    /// <summary>Whether it exists below a guest space's path too.</summary>
    public bool InGuestSpaces { get; init; } = true;

    /// <summary>Below <c>preview/</c>: of settings that are not deployed yet.</summary>
    public bool IsPreview { get; init; }

    /// <summary>Whether it changes the domain. All that one request changes is undone when it is refused.</summary>
    public bool Writes { get; init; }
}

/// <summary>Finds the endpoint of a request, checks the credentials and lets it answer.</summary>
public sealed class Router
{
    readonly FrozenDictionary<(Api, string, bool, string), Endpoint> _endpoints = All()
        .ToFrozenDictionary(endpoint => (endpoint.Api, endpoint.Method, endpoint.IsPreview, endpoint.Resource));

    public Reply Answer(ApiCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.Path.Api == Api.OAuth)
            return OAuthEndpoints.Answer(call);
        if (Find(call) is not { } endpoint)
            return Reply.Html(404, "Not Found");
        call.Domain.FinishDeployments();
        return endpoint.Writes ? call.Domain.ChangeOrUndo(() => Answer(call, endpoint)) : call.Domain.Read(() => Answer(call, endpoint));
    }

    /// <summary>One of the requests that came together, as if it had come alone; null when there is no such endpoint.</summary>
    public Reply? AnswerPart(ApiCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return Find(call) is { Writes: true } endpoint ? Answer(call, endpoint) : null;
    }

    /// <summary>The paths that are served, by method, for those who hold them against a description.</summary>
    public static IEnumerable<(string Method, string Path)> Served() =>
        All().Where(static endpoint => endpoint.Api == Api.Kintone)
            .Select(static endpoint => (endpoint.Method, $"/k/v1/{(endpoint.IsPreview ? "preview/" : "")}{endpoint.Resource}.json"));

    Endpoint? Find(ApiCall call) =>
        _endpoints.TryGetValue((call.Path.Api, call.Entry.Method, call.Path.IsPreview, call.Path.Resource), out var endpoint)
        && (call.Path.GuestSpace is null || endpoint.InGuestSpaces) ? endpoint : null;

    static Reply Answer(ApiCall call, Endpoint endpoint)
    {
        call.Identity = Authenticator.Identify(call.Request, call.Domain, call.Options, endpoint.Accepts, endpoint.Scope);
        (call.Entry.Authentication, call.Entry.User) = (call.Identity.Kind, call.Identity.Kind == Authentication.None ? null : call.Identity.UserCode);
        if (call.Mistake is not null)
            throw call.Mistake;
        if (call.Path.GuestSpace is { } guest
            && (call.Domain.Space(guest) is not { IsGuest: true } space || (call.Identity.User is { } user && !space.Admits(user))))
            throw ApiException.NoPrivilege();
        return endpoint.Answer(call);
    }

    static IEnumerable<Endpoint> All() =>
    [
        .. AppEndpoints.All(),
        .. SettingsEndpoints.All(),
        .. PreviewEndpoints.All(),
        .. FormWriteEndpoints.All(),
        .. PermissionEndpoints.All(),
        .. RecordEndpoints.All(),
        .. RecordWriteEndpoints.All(),
        .. StatusEndpoints.All(),
        .. BulkEndpoint.All(),
        .. CursorEndpoints.All(),
        .. CommentEndpoints.All(),
        .. FileEndpoints.All(),
        .. SpaceEndpoints.All(),
        .. PluginEndpoints.All(),
        .. DirectoryEndpoints.All(),
    ];
}
