namespace KintoneSimulator;

/// <summary>A user, organization or group as records and settings name it.</summary>
public readonly record struct Entity(string Code, string Name);

public sealed record User(long Id, string Code, string Name)
{
    public string Password { get; init; } = "";

    /// <summary>A system administrator: may manage every app and read statistics.</summary>
    public bool Administrator { get; init; }

    /// <summary>Its password is no credential for the REST API.</summary>
    public bool TwoFactor { get; init; }

    public bool Valid { get; init; } = true;

    public string Email { get; init; } = "";

    public DateTimeOffset Created { get; init; }

    public DateTimeOffset Modified { get; init; }

    public string? PrimaryOrganization { get; init; }

    public Entity Entity => new(Code, Name);
}

/// <param name="Members">User codes and the title that each has, or null.</param>
public sealed record Organization(long Id, string Code, string Name, string? ParentCode, IReadOnlyDictionary<string, string?> Members)
{
    public Entity Entity => new(Code, Name);
}

/// <param name="Members">User codes.</param>
public sealed record Group(long Id, string Code, string Name, IReadOnlyList<string> Members)
{
    public Entity Entity => new(Code, Name);
}

/// <param name="Members">User codes; an empty list lets everyone in.</param>
public sealed record Space(long Id, string Name, bool IsGuest, bool IsPrivate, IReadOnlyList<string> Members, long DefaultThread)
{
    public required Entity Creator { get; init; }

    public DateTimeOffset Created { get; init; }

    public string Body { get; init; } = "";

    public bool Admits(User user) => Members.Count == 0 || Members.Contains(user.Code);
}

/// <summary>A file's bytes and the record whose field shows it; without a record its key is not found.</summary>
public sealed record StoredFile(string Key, string Name, string ContentType, FileContent Content);

public sealed record Comment(long Id, string Text, DateTimeOffset Created, Entity Creator, IReadOnlyList<(string Code, string Type)> Mentions);

[Flags]
public enum AppRights
{
    None = 0,
    View = 1,
    Add = 2,
    Edit = 4,
    Delete = 8,
    Manage = 16,
    Everyday = View | Add | Edit | Delete,
    All = Everyday | Manage,
}

/// <param name="Deployed">False until the app was updated after the token was made: GAIA_IA02 until then.</param>
public sealed record ApiToken(string Text, App App, AppRights Rights, bool Deployed);
