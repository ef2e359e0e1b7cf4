using KintoneSource.Kintone.Http;

namespace KintoneSource.Kintone.Credentials;

/// <param name="Place">In the user's list, from 1 on: how messages name it.</param>
readonly record struct ApiToken(string Text, int Place);

/// <summary>Tokens that go out together.</summary>
sealed record TokenGroup(IReadOnlyList<ApiToken> Tokens)
{
    public const string HeaderName = "X-Cybozu-API-Token";

    /// <summary>The header's value.</summary>
    public string Header { get; } = string.Join(",", Tokens.Select(static t => t.Text));
}

/// <summary>
/// Up to nine tokens. One that Kintone does not recognise, or two of the same app, spoil a request for the rest: then they are
/// sorted into groups that go well together, by asking for each token once.
/// </summary>
sealed class TokenBatch(IReadOnlyList<ApiToken> tokens)
{
    readonly Lock _lock = new();
    Task? _sorting;

    public int Count => tokens.Count;

    /// <summary>Never empty: where no token is of use, all of them, so that Kintone says what is wrong.</summary>
    public IReadOnlyList<TokenGroup> Groups { get; private set; } = [new(tokens)];

    public IReadOnlyList<ApiToken> NotRecognised { get; private set; } = [];

    /// <summary>Done once, whoever asks.</summary>
    /// <param name="app">Any app: what spoils a request does so for every app.</param>
    /// <param name="ct">Ends the sorting for everybody: no single request's.</param>
    public Task SortAsync(AppAddress app, ITokenProbe probe, CancellationToken ct)
    {
        lock (_lock)
        {
            if (_sorting is null or { IsFaulted: true } or { IsCanceled: true }) _sorting = Task.Run(() => SortOnceAsync(app, probe, ct), ct);
            return _sorting;
        }
    }

    async Task SortOnceAsync(AppAddress app, ITokenProbe probe, CancellationToken ct)
    {
        List<List<ApiToken>> groups = [];
        List<ApiToken> notRecognised = [], repeated = [];
        foreach (var token in tokens)
        {
            if (!await PlaceAsync(token)) notRecognised.Add(token);
        }
        if (groups.Count > 0) Groups = [.. groups.Select(static g => new TokenGroup(g))];
        NotRecognised = notRecognised;
        if (notRecognised.Count > 0) await probe.WarnAsync(Describe(notRecognised), ct);
        if (repeated.Count > 0)
            await probe.WarnAsync($"{Name(repeated)} of the list {(repeated.Count == 1 ? "belongs" : "belong")} to the same app as another one: one token for each app is enough.", ct);

        // Into the first group that takes it; an unrecognised one spoils any.
        async Task<bool> PlaceAsync(ApiToken token)
        {
            foreach (var group in groups.Count == 0 ? [[]] : groups)
            {
                var verdict = await probe.AskAsync(app, new([.. group, token]), ct);
                if (verdict == TokenVerdict.NotRecognised) return false;
                if (verdict == TokenVerdict.SameApp) continue;
                if (groups.Count == 0) groups.Add(group);
                group.Add(token);
                return true;
            }
            repeated.Add(token);
            groups.Add([token]);
            return true;
        }
    }

    public static string Describe(IReadOnlyList<ApiToken> notRecognised) =>
        $"{Name(notRecognised)} of the list {(notRecognised.Count == 1 ? "was" : "were")} not recognised by Kintone and {(notRecognised.Count == 1 ? "is" : "are")} left out: "
        + "a token works only after \"Update App\" in the settings of its app, and no longer once it was deleted there.";

    /// <summary>As <c>The 2nd API token</c> or <c>The 1st, 3rd and 11th API tokens</c>.</summary>
    static string Name(IReadOnlyList<ApiToken> tokens)
    {
        var places = tokens.Select(static t => Ordinal(t.Place)).ToList();
        return places.Count == 1 ? $"The {places[0]} API token" : $"The {string.Join(", ", places[..^1])} and {places[^1]} API tokens";
    }

    static string Ordinal(int place) => (place % 100, place % 10) switch
    {
        (11 or 12 or 13, _) => $"{place}th",
        (_, 1) => $"{place}st",
        (_, 2) => $"{place}nd",
        (_, 3) => $"{place}rd",
        _ => $"{place}th",
    };
}
