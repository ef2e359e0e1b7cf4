namespace KintoneSimulator;

public enum Api
{
    None,
    Kintone,
    Directory,
    OAuth,
}

/// <summary>The parts of a path: which API, which guest space, whether settings that are not deployed yet, and the endpoint's own name.</summary>
public readonly record struct ApiPath(Api Api, string Resource, long? GuestSpace, bool IsPreview)
{
    public static ApiPath Parse(string path)
    {
        if (path.StartsWith("/oauth2/", StringComparison.Ordinal))
            return new(Api.OAuth, path[8..], null, false);
        if (!path.EndsWith(".json", StringComparison.Ordinal))
            return new(Api.None, path, null, false);
        var rest = path.AsSpan()[..^5];
        if (rest.StartsWith("/v1/"))
            return new(Api.Directory, rest[4..].ToString(), null, false);
        long? guest = null;
        if (rest.StartsWith("/k/guest/"))
        {
            rest = rest[9..];
            var slash = rest.IndexOf('/');
            if (slash < 0 || !long.TryParse(rest[..slash], out var id))
                return new(Api.None, path, null, false);
            guest = id;
            rest = rest[slash..];
        }
        else if (rest.StartsWith("/k/"))
        {
            rest = rest[2..];
        }
        if (!rest.StartsWith("/v1/"))
            return new(Api.None, path, null, false);
        rest = rest[4..];
        var isPreview = rest.StartsWith("preview/");
        return new(Api.Kintone, rest[(isPreview ? 8 : 0)..].ToString(), guest, isPreview);
    }
}
