using System.Collections.Frozen;

namespace KintoneSimulator;

/// <param name="Accepts">The credentials that it takes; anything else is refused before the request is looked at.</param>
/// <param name="Scope">What an access token must allow.</param>
public sealed record Endpoint(Api Api, string Method, string Resource, Accepts Accepts, string? Scope, Func<ApiCall, Reply> Answer)
{
    /// <summary>Whether it exists below a guest space's path too.</summary>
    public bool InGuestSpaces { get; init; } = true;
}

/// <summary>Finds the endpoint of a request, checks the credentials and lets it answer.</summary>
public sealed class Router
{
    readonly FrozenDictionary<(Api, string, string), Endpoint> _endpoints = All()
        .ToFrozenDictionary(endpoint => (endpoint.Api, endpoint.Method, endpoint.Resource));

    public Reply Answer(ApiCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.Path.Api == Api.OAuth)
            return OAuthEndpoints.Answer(call);
        if (call.Path.IsPreview || !_endpoints.TryGetValue((call.Path.Api, call.Entry.Method, call.Path.Resource), out var endpoint)
            || (call.Path.GuestSpace is not null && !endpoint.InGuestSpaces))
            return Reply.Html(404, "Not Found");
        return call.Domain.Read(() =>
        {
            call.Identity = Authenticator.Identify(call.Request, call.Domain, call.Options, endpoint.Accepts, endpoint.Scope);
            (call.Entry.Authentication, call.Entry.User) = (call.Identity.Kind, call.Identity.Kind == Authentication.None ? null : call.Identity.UserCode);
            if (call.Mistake is not null)
                throw call.Mistake;
            if (call.Path.GuestSpace is { } guest
                && (call.Domain.Space(guest) is not { IsGuest: true } space || (call.Identity.User is { } user && !space.Admits(user))))
                throw ApiException.NoPrivilege();
            return endpoint.Answer(call);
        });
    }

    static IEnumerable<Endpoint> All() =>
    [
        .. AppEndpoints.All(),
        .. SettingsEndpoints.All(),
        .. RecordEndpoints.All(),
        .. CursorEndpoints.All(),
        .. CommentEndpoints.All(),
        .. FileEndpoints.All(),
        .. SpaceEndpoints.All(),
        .. DirectoryEndpoints.All(),
    ];
}
