using System.Collections.Concurrent;
using System.Net.Http.Headers;
using KintoneSource.Kintone.Http;

namespace KintoneSource.Kintone.Credentials;

/// <summary>
/// App API tokens, of which nobody says whose they are. Up to nine go out together, because Kintone picks the one that fits the app and a
/// lookup may need another's; what one token spoils for the rest, and which nine an app needs where there are more, is found by asking:
/// only after a refusal, once per app or per nine tokens, and remembered.
/// </summary>
sealed class ApiTokenAuthentication : Authentication
{
    /// <summary>Kintone's own limit per request.</summary>
    const int MostTokens = 9;

    readonly IReadOnlyList<TokenBatch> _batches;
    readonly Dictionary<long, int> _firstGuesses;
    readonly TokenProbe _probe;
    readonly ConcurrentDictionary<AppAddress, Task<TokenGroup?>> _searches = new();
    readonly Lock _lock = new();

    /// <param name="apps">The selected apps in the user's order: the tokens are probably pasted in the same one.</param>
    public ApiTokenAuthentication(IReadOnlyList<string> tokens, IReadOnlyList<long> apps, TokenProbe probe)
    {
        _batches = [.. tokens.Select(static (text, index) => new ApiToken(text, index + 1)).Chunk(MostTokens).Select(static t => new TokenBatch(t))];
        _firstGuesses = apps.Distinct().Select((app, index) => (app, guess: (int)((long)index * tokens.Count / apps.Count / MostTokens)))
            .ToDictionary(static a => a.app, static a => a.guess);
        _probe = probe;
    }

    public override string CredentialOf(KintoneRequest request) => Of(request.App).Header;

    public override bool TryAuthorize(HttpRequestHeaders headers, KintoneRequest request)
    {
        headers.Add(TokenGroup.HeaderName, Of(request.App).Header);
        return true;
    }

    public override void NoteAccepted(KintoneRequest request)
    {
        if (request.App is { } app) Of(app).IsSound = true;
    }

    public override async ValueTask<bool> ReviseAsync(HttpRequestHeaders refused, KintoneRequest request, KintoneException error, CancellationToken ct)
    {
        if (request.App is not { } app || !TokenProbe.IsAboutTokens(error)) return false;
        var sent = refused.GetValues(TokenGroup.HeaderName).First();
        if (Of(app).Header != sent) return true; // found while the request was under way
        if (await SearchAsync(app, error, ct) is { } found && found.Header != sent) return true;
        throw error.WithAdvice(Advice(error));
    }

    /// <summary>The group to send: the one that was found, or the likeliest.</summary>
    TokenGroup Of(AppAddress? app)
    {
        if (app is not { } address) return _batches[0].Groups[0];
        return _searches.TryGetValue(address, out var search) && search is { IsCompletedSuccessfully: true, Result: { } found } ? found
            : _batches[Guess(address)].Groups[0];
    }

    int Guess(AppAddress app) => _firstGuesses.GetValueOrDefault(app.App);

    public override void Dispose()
    {
        base.Dispose();
        foreach (var batch in _batches) batch.Dispose();
    }

    /// <summary>One search per app: whoever comes meanwhile or later shares what it finds. It goes on when the first who wanted it no longer waits.</summary>
    Task<TokenGroup?> SearchAsync(AppAddress app, KintoneException error, CancellationToken ct)
    {
        lock (_lock)
        {
            if (!_searches.TryGetValue(app, out var search) || search.IsFaulted || search.IsCanceled)
                _searches[app] = search = Task.Run(() => FindAsync(app, error, Ended));
            return search.WaitAsync(ct);
        }
    }

    /// <summary>Asks group by group, from the likeliest on, until one may read the app's records; then token by token where one may have spoilt a
    /// group.</summary>
    async Task<TokenGroup?> FindAsync(AppAddress app, KintoneException error, CancellationToken ct)
    {
        var guess = Guess(app);
        // With a single group there is nothing to choose from, and Kintone's answer stands.
        if (_batches.Count == 1 && _batches[0].Groups is [{ Tokens.Count: var only }] && (only == 1 || !error.IsOfTokens)) return null;
        var unclear = new List<TokenBatch>();
        foreach (var batch in Enumerable.Range(0, _batches.Count).OrderBy(i => Math.Abs(i - guess)).Select(i => _batches[i]))
        {
            foreach (var group in batch.Groups)
            {
                var verdict = await _probe.AskAsync(app, group, ct);
                if (verdict == TokenVerdict.Works) return group;
                if (verdict != TokenVerdict.Foreign && !group.IsSound) unclear.Add(batch);
            }
        }
        foreach (var batch in unclear)
            if (await batch.FindAsync(app, _probe, ct) is { } found) return found;
        return null;
    }

    string Advice(KintoneException error)
    {
        var unusable = _batches.SelectMany(static b => b.NotRecognised).ToList();
        var count = _batches.Sum(static b => b.Count);
        var known = unusable.Count == 0 || unusable.Count == count ? "" : $" {TokenBatch.Describe(unusable)}";
        return error.Code switch
        {
            "GAIA_NO01" => $"Either none of the API tokens belongs to this app, or the one that does lacks the permission \"View records\": open the app's "
                + $"settings > API Token, tick \"View records\", press Save and then \"Update App\", and add that token.{known}",
            _ => $"{KintoneErrors.Explain(error.Status, error.Code).Advice}{known}",
        };
    }
}
