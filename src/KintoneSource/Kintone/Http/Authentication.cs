using System.Net.Http.Headers;

namespace KintoneSource.Kintone.Http;

/// <summary>Puts credentials on requests. Implementations never put a secret into a message or an exception.</summary>
abstract class Authentication : IDisposable
{
    readonly CancellationTokenSource _end = new();

    /// <summary>Cancelled with this: what goes on for requests that nobody waits for any more is over.</summary>
    protected CancellationToken Ended => _end.Token;

    /// <summary>What the request signs in with: where that is refused, nothing goes out with it any more. Stays within the process.</summary>
    public abstract string CredentialOf(KintoneRequest request);

    /// <summary>What was refused may be renewed: not the first refusal is the last.</summary>
    public virtual bool CanRenew(KintoneException refusal) => false;

    /// <summary>Renews what has run out, before the request waits for its slot.</summary>
    public virtual ValueTask PrepareAsync(KintoneRequest request, CancellationToken ct) => default;

    /// <summary>Adds the headers for one attempt, which goes out right afterwards. False where they have run out since they were prepared.</summary>
    public abstract bool TryAuthorize(HttpRequestHeaders headers, KintoneRequest request);

    /// <summary>The refusal, with the advice of whoever knows these credentials.</summary>
    public virtual KintoneException Explain(KintoneException refusal, KintoneRequest request) => refusal;

    /// <summary>
    /// Called when Kintone refused the credentials with <paramref name="error"/>. True: something changed and the
    /// request is worth one more try. May throw the refusal with better advice.
    /// </summary>
    public virtual ValueTask<bool> ReviseAsync(HttpRequestHeaders refused, KintoneRequest request, KintoneException error, CancellationToken ct) => new(false);

    /// <summary>Kintone answered a request that went out with these credentials.</summary>
    public virtual void NoteAccepted(KintoneRequest request) { }

    public virtual void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }
}
