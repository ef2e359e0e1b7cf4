using System.Net.Http.Headers;

namespace KintoneSource.Kintone.Http;

/// <summary>Puts credentials on requests. Implementations never put a secret into a message or an exception.</summary>
abstract class Authentication : IDisposable
{
    /// <summary>Adds the headers for one attempt, which goes out right afterwards.</summary>
    public abstract ValueTask AuthorizeAsync(HttpRequestHeaders headers, KintoneRequest request, CancellationToken ct);

    /// <summary>
    /// Called when Kintone refused the credentials with <paramref name="error"/>. True: something changed and the
    /// request is worth one more try. May throw the refusal with better advice.
    /// </summary>
    public virtual ValueTask<bool> ReviseAsync(HttpRequestHeaders refused, KintoneRequest request, KintoneException error, CancellationToken ct) => new(false);

    /// <summary>Ends what is still under way for requests that nobody waits for any more.</summary>
    public virtual void Dispose() { }
}
