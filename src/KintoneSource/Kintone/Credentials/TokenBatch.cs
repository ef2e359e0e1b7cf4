using KintoneSource.Kintone.Http;

namespace KintoneSource.Kintone.Credentials;

/// <param name="Place">In the user's list, from 1 on: how messages name it.</param>
readonly record struct ApiToken(string Text, int Place);

/// <summary>Tokens that go out together.</summary>
sealed class TokenGroup(IReadOnlyList<ApiToken> tokens)
{
    public const string HeaderName = "X-Cybozu-API-Token";

    public IReadOnlyList<ApiToken> Tokens => tokens;

    /// <summary>The header's value.</summary>
    public string Header { get; } = string.Join(",", tokens.Select(static t => t.Text));

    /// <summary>Kintone knows every one of them, and no two are of one app: they were good together for some app.</summary>
    public bool IsSound { get; set; }
}

/// <summary>
/// Up to nine tokens. One that Kintone does not recognise, or two of the same app, spoil a request for the rest. Kintone may say the same of an
/// unknown token and of a good one of another app: a token is given up only where it spoils what works without it.
/// </summary>
sealed class TokenBatch(IReadOnlyList<ApiToken> tokens) : IDisposable
{
    readonly SemaphoreSlim _sorting = new(1);

    public int Count => tokens.Count;

    /// <summary>Never empty: where no token is of use, all of them, so that Kintone says what is wrong.</summary>
    public IReadOnlyList<TokenGroup> Groups { get; private set; } = [new(tokens)];

    public IReadOnlyList<ApiToken> NotRecognised { get; private set; } = [];

    /// <summary>
    /// The group that may read the app's records. With the app's own token at hand, the others are sorted into groups that go well together, by asking
    /// for each once: for all apps, since what spoils a request does so for every app.
    /// </summary>
    public async Task<TokenGroup?> FindAsync(AppAddress app, TokenProbe probe, CancellationToken ct)
    {
        await _sorting.WaitAsync(ct);
        try
        {
            foreach (var group in Groups.Where(static g => g.IsSound))
                if (await probe.AskAsync(app, group, ct) == TokenVerdict.Works) return group;
            if (Groups.All(static g => g.IsSound)) return null;
            foreach (var token in tokens)
                if (await probe.AskAsync(app, new([token]), ct) == TokenVerdict.Works) return await SortAsync(app, token, probe, ct);
            return null;
        }
        finally { _sorting.Release(); }
    }

    async Task<TokenGroup> SortAsync(AppAddress app, ApiToken own, TokenProbe probe, CancellationToken ct)
    {
        var group = new List<ApiToken> { own };
        List<ApiToken> notRecognised = [], repeated = [];
        foreach (var token in tokens.Where(t => t != own))
        {
            var verdict = await probe.AskAsync(app, new([.. group, token]), ct);
            (verdict switch { TokenVerdict.Works => group, TokenVerdict.SameApp => repeated, _ => notRecognised }).Add(token);
        }
        Groups = [new TokenGroup(group) { IsSound = true }, .. repeated.Select(static t => new TokenGroup([t]) { IsSound = true })];
        NotRecognised = notRecognised;
        if (notRecognised.Count > 0) await probe.WarnAsync(Describe(notRecognised), ct);
        if (repeated.Count > 0)
            await probe.WarnAsync($"{Name(repeated)} of the list {(repeated.Count == 1 ? "belongs" : "belong")} to the same app as another one: one token "
                + "for each app is enough.", ct);
        return Groups[0];
    }

    public void Dispose() => _sorting.Dispose();

    public static string Describe(IReadOnlyList<ApiToken> notRecognised) =>
        $"{Name(notRecognised)} of the list {(notRecognised.Count == 1 ? "was" : "were")} not recognised by Kintone and "
        + $"{(notRecognised.Count == 1 ? "is" : "are")} left out: "
        + "a token works only after \"Update App\" in the settings of its app, and no longer once it was deleted there.";

    /// <summary>As <c>API token 2</c> or <c>API tokens 1, 3 and 11</c>.</summary>
    static string Name(IReadOnlyList<ApiToken> tokens) => tokens is [var one] ? $"API token {one.Place}"
        : $"API tokens {string.Join(", ", tokens.SkipLast(1).Select(static t => t.Place))} and {tokens[^1].Place}";
}
