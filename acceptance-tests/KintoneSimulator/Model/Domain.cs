using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>
/// One company's Kintone: users, spaces, apps. Requests read it under a lock that all changes take too, so that a test may change it while
/// it is being read. Changes made by its methods take the lock themselves; join several by <see cref="Change"/>.
/// </summary>
public sealed class Domain(Func<DateTimeOffset> now, Func<SimulatorOptions>? options = null) : IDisposable
{
    static readonly SimulatorOptions s_defaults = new();

    readonly ReaderWriterLockSlim _lock = new(LockRecursionPolicy.SupportsRecursion);
    readonly Dictionary<long, App> _apps = [];
    readonly Dictionary<string, ApiToken> _tokens = [];
    readonly Dictionary<string, User> _users = [];
    readonly Dictionary<string, Organization> _organizations = [];
    readonly Dictionary<string, Group> _groups = [];
    readonly Dictionary<long, Space> _spaces = [];
    readonly Dictionary<string, StoredFile> _files = [];
    readonly Dictionary<string, StoredFile> _uploads = [];
    readonly Dictionary<long, App> _unpublished = [];
    readonly List<Deployment> _deployments = [];
    List<Action>? _undo;
    long _lastId;
    long _lastAppId;
    long _lastSpaceId;
    long _lastRowId;

    /// <summary>What a request by an app token does is done by this user.</summary>
    public static Entity TokenUser { get; } = new("Administrator", "Administrator");

    /// <summary>The server's clock.</summary>
    public DateTimeOffset Now => now();

    public IReadOnlyCollection<App> Apps => _apps.Values;

    public IReadOnlyCollection<User> Users => _users.Values;

    public IReadOnlyCollection<Organization> Organizations => _organizations.Values;

    public IReadOnlyCollection<Group> Groups => _groups.Values;

    public IReadOnlyCollection<Space> Spaces => _spaces.Values;

    public OAuthServer OAuth { get; } = new();

    /// <summary>How this Kintone behaves where no source settles it.</summary>
    public SimulatorOptions Options => options?.Invoke() ?? s_defaults;

    public App? App(long id) => _apps.GetValueOrDefault(id);

    /// <summary>An app that may not have been deployed yet: only its settings are there.</summary>
    public App? AppOrUnpublished(long id) => App(id) ?? _unpublished.GetValueOrDefault(id);

    public User? User(string code) => _users.GetValueOrDefault(code);

    public Space? Space(long id) => _spaces.GetValueOrDefault(id);

    public ApiToken? Token(string text) => _tokens.GetValueOrDefault(text);

    public int TokensOf(App app) => _tokens.Values.Count(token => token.App == app);

    /// <summary>Tokens of cybozu.com's for the User API, with who made them.</summary>
    public ConcurrentDictionary<string, User> DirectoryTokens { get; } = new();

    /// <summary>A file by its key; whatever follows a dot in the key does not count, see <see cref="SimulatorOptions.FileKeysChange"/>.</summary>
    public StoredFile? File(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _files.GetValueOrDefault(key.Split('.')[0]);
    }

    /// <summary>A user; the first of a domain administers it.</summary>
    public User AddUser(string code, string password = "", string? name = null, Func<User, User>? with = null) => Change(() =>
    {
        var user = new User(NextId(), code, name ?? code) { Password = password, Administrator = _users.Count == 0, Created = Now, Modified = Now };
        return _users[code] = with?.Invoke(user) ?? user;
    });

    /// <summary>Changes what is known of a user, such as the display name.</summary>
    public User? ChangeUser(string code, Func<User, User> change) =>
        Change(() =>
        {
            if (!_users.TryGetValue(code, out var user))
                return null;
            var changed = _users[code] = change(user) with { Modified = Now };
            if (changed.Name != user.Name)
                foreach (var app in _apps.Values)
                    app.RenamePerson(changed.Entity, Options.UserRenamesChangeRecords, Options.UpdateTimeMovesWith.HasFlag(UpdateTimeMoves.UserRenames));
            return changed;
        });

    public Organization AddOrganization(string code, string name, string? parent = null, IReadOnlyDictionary<string, string?>? members = null) =>
        Change(() => _organizations[code] = new(NextId(), code, name, parent, members ?? new Dictionary<string, string?>()));

    public Group AddGroup(string code, string name, params IReadOnlyList<string> members) =>
        Change(() => _groups[code] = new(NextId(), code, name, members));

    /// <param name="members">Codes of its users; none lets everyone in.</param>
    public Space AddSpace(string name, bool isGuest = false, bool isPrivate = false, long? id = null, params IReadOnlyList<string> members) =>
        Change(() =>
        {
            var space = new Space(Claim(ref _lastSpaceId, id), name, isGuest, isPrivate, members, NextId()) { Creator = FirstUser(), Created = Now };
            return _spaces[space.Id] = space;
        });

    public bool RemoveUser(string code) => Change(() => _users.Remove(code));

    public bool RemoveOrganization(string code) => Change(() => _organizations.Remove(code));

    public bool RemoveGroup(string code) => Change(() => _groups.Remove(code));

    public bool RemoveSpace(long id) => Change(() => _spaces.Remove(id));

    /// <summary>An app with the system fields of a new app, or with those of a source of records.</summary>
    public App AddApp(string name, Space? space = null, long? id = null, string code = "", IRecordSource? source = null) => Change(() =>
    {
        var app = new App(this, Claim(ref _lastAppId, id), name, code, space, FirstUser(), source);
        return _apps[app.Id] = app;
    });

    /// <summary>An app that exists only in its settings until it is deployed.</summary>
    public App AddUnpublishedApp(string name, Space? space, Entity creator) => Change(() =>
    {
        var app = new App(this, Claim(ref _lastAppId, null), name, "", space, creator, null);
        return _unpublished[app.Id] = app;
    });

    /// <summary>Shows an app that was unpublished.</summary>
    public void Publish(App app) => Change(() =>
    {
        ArgumentNullException.ThrowIfNull(app);
        return _unpublished.Remove(app.Id) && _apps.TryAdd(app.Id, app);
    });

    /// <summary>Takes an app's new settings into use once <paramref name="time"/> has passed.</summary>
    public void Deploy(App app, TimeSpan time) => Change(() =>
    {
        _deployments.RemoveAll(deployment => deployment.App == app);
        _deployments.Add(new(app, Now + time));
        return FinishDeployments();
    });

    /// <summary>Whether an app's new settings are on their way.</summary>
    public bool IsDeploying(App app) => _deployments.Any(deployment => deployment.App == app && !deployment.IsDone);

    /// <summary>Does what is due. Requests call it before they look.</summary>
    public bool FinishDeployments()
    {
        if (!Read(() => _deployments.Any(deployment => !deployment.IsDone && deployment.Due <= Now)))
            return false;
        return Change(() =>
        {
            foreach (var deployment in _deployments.Where(deployment => !deployment.IsDone && deployment.Due <= Now).ToList())
            {
                deployment.App.UseDraft();
                deployment.IsDone = true;
            }
            return true;
        });
    }

    /// <summary>A file that waits for a record; its key is good for one.</summary>
    public string Upload(string name, FileContent content, string contentType) => Change(() =>
    {
        var key = $"upload-{NextId()}-{Guid.NewGuid():N}";
        _uploads[key] = new(key, name, contentType, content);
        return key;
    });

    /// <summary>What a FILE field shows of an uploaded file, which from now on is the record's; null when there is none of that key.</summary>
    public JsonObject? TakeUpload(string key) => Change(() =>
    {
        if (!_uploads.Remove(key, out var file))
            return null;
        _undo?.Add(() => _uploads[key] = file);
        return AddFile(file.Name, file.Content, file.ContentType);
    });

    public void RemoveApp(App app) => Change(() =>
    {
        ArgumentNullException.ThrowIfNull(app);
        foreach (var token in _tokens.Values.Where(token => token.App == app).ToList())
            _tokens.Remove(token.Text);
        return _apps.Remove(app.Id);
    });

    /// <summary>A file that a record's FILE field can show: the member of such a field's value.</summary>
    public JsonObject AddFile(string name, FileContent content, string contentType = "application/octet-stream") => Change(() =>
    {
        ArgumentNullException.ThrowIfNull(content);
        var key = $"file-{NextId()}-{Guid.NewGuid():N}";
        _files[key] = new(key, name, contentType, content);
        return new JsonObject { ["contentType"] = contentType, ["fileKey"] = key, ["name"] = name, ["size"] = $"{content.Length}" };
    });

    public ApiToken AddToken(ApiToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return Change(() => _tokens[token.Text] = token);
    }

    public void RemoveToken(string text) => Change(() => _tokens.Remove(text));

    /// <summary>Makes a change while no request reads.</summary>
    public T Change<T>(Func<T> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        _lock.EnterWriteLock();
        try
        {
            return change();
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Makes a change of records and takes back what was done of it when it fails.</summary>
    public T ChangeOrUndo<T>(Func<T> change) => Change(() =>
    {
        ArgumentNullException.ThrowIfNull(change);
        var undo = _undo = [];
        try
        {
            return change();
        }
        catch
        {
            _undo = null;
            foreach (var back in Enumerable.Reverse(undo))
                back();
            throw;
        }
        finally
        {
            _undo = null;
        }
    });

    /// <summary>How to take back what is being done; null while nobody may ask for it.</summary>
    internal List<Action>? Undo => _undo;

    /// <summary>Reads while nothing changes.</summary>
    public T Read<T>(Func<T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        _lock.EnterReadLock();
        try
        {
            return read();
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    public long NextId() => Interlocked.Increment(ref _lastId);

    static long Claim(ref long last, long? id)
    {
        var claimed = id ?? last + 1;
        last = Math.Max(last, claimed);
        return claimed;
    }

    /// <summary>Ids of table rows are unique in the domain; one that is given is kept.</summary>
    public long RowId(long? given) => Claim(ref _lastRowId, given);

    public void Dispose() => _lock.Dispose();

    sealed record Deployment(App App, DateTimeOffset Due)
    {
        public bool IsDone { get; set; }
    }

    Entity FirstUser() => _users.Values.FirstOrDefault()?.Entity ?? TokenUser;
}
