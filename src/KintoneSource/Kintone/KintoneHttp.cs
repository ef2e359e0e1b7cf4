using System.Globalization;
using System.Net;
using System.Text.Json;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone;

/// <summary>One good answer. Its bytes are valid only while the reading function runs.</summary>
/// <param name="ServerTime">Kintone's clock, from the Date header (whole seconds); null where it was missing.</param>
readonly record struct KintoneAnswer(ResponseBody Body, DateTimeOffset? ServerTime)
{
    public ReadOnlySpan<byte> Bytes => Body.Bytes;

    /// <summary>The body as a whole, of its own: for answers that are read now and then, and not by the thousand.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public JsonElement ToJson()
    {
        using var document = JsonDocument.Parse(Body.Memory);
        return document.RootElement.Clone();
    }
}

/// <summary>
/// Speaks to one Kintone domain: slots, credentials, retries, and answers that are what they claim to be.
/// What comes out is a whole, good answer or a <see cref="ConnectorException"/> that says who must act.
/// </summary>
sealed class KintoneHttp(HttpClient http, Uri baseAddress, Authentication authentication, AdaptiveLimiter limiter, RetryPolicy retry)
{
    /// <summary>A wrong token is searched for once and a stale one renewed once; more would go round in circles.</summary>
    const int MostRevisions = 2;

    long _requests;

    /// <summary>Attempts sent so far, for the progress line.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    public AdaptiveLimiter Limiter => limiter;

    /// <summary>What the answers so far said of Kintone's clock.</summary>
    public ServerClock Clock { get; } = new(retry.Time);

    /// <summary>
    /// Reads one resource. An attempt is the request, its whole body and <paramref name="read"/>, which may
    /// therefore run again from the start: it must leave nothing behind until it returns. Throws in it
    /// <see cref="UnexpectedResponseException"/> or <see cref="JsonException"/> for a body that is not what it should be.
    /// </summary>
    public async Task<T> ReadAsync<T>(KintoneRequest request, Func<KintoneAnswer, T> read, CancellationToken ct) =>
        await retry.RunAsync(request, (call, token) => AttemptAsync(call, read, token), ct);

    async Task<T> AttemptAsync<T>(RetryCall call, Func<KintoneAnswer, T> read, CancellationToken ct)
    {
        var request = call.Request;
        for (var revisions = 0; ; revisions++)
        {
            using var message = request.ToHttp(baseAddress);
            try
            {
                return await SendInSlotAsync(call, message, read, ct);
            }
            catch (KintoneException e) when (e.Remedy is Remedy.User or Remedy.Renew && revisions < MostRevisions)
            {
                if (!await authentication.ReviseAsync(message.Headers, request, e, ct)) throw;
            }
        }
    }

    async Task<T> SendInSlotAsync<T>(RetryCall call, HttpRequestMessage message, Func<KintoneAnswer, T> read, CancellationToken ct)
    {
        var request = call.Request;
        var slot = await limiter.AcquireAsync(request.Priority, ct);
        var (outcome, running, limit) = (SlotOutcome.Unknown, default(int?), default(int?));
        try
        {
            // Not before: what was valid when the wait for the slot began may have run out or been refused since.
            await authentication.AuthorizeAsync(message.Headers, request, ct);
            return await retry.LimitAttemptAsync(call, async token =>
            {
                Interlocked.Increment(ref _requests);
                using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, token);
                outcome = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable
                    ? SlotOutcome.Overloaded : SlotOutcome.Answered;
                (running, limit) = (IntHeader(response, "X-ConcurrencyLimit-Running"), IntHeader(response, "X-ConcurrencyLimit-Limit"));
                if (!response.IsSuccessStatusCode) throw await retry.ToExceptionAsync(request, response, token);
                KintoneAnswers.EnsureWhole(request, response);
                Clock.Observe(response.Headers.Date); // of Kintone's own answers: a proxy's page has a clock of its own
                using var body = await ResponseBody.ReadAsync(
                    await response.Content.ReadAsStreamAsync(token), response.Content.Headers.ContentLength, token);
                return read(new(body, response.Headers.Date));
            }, ct);
        }
        catch (AttemptTimeoutException)
        {
            outcome = SlotOutcome.Overloaded;
            throw;
        }
        finally { limiter.Release(slot, outcome, running, limit); }
    }

    static int? IntHeader(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values)
        && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
