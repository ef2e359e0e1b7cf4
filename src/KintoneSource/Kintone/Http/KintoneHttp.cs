using System.Globalization;
using System.Net;
using System.Text.Json;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone.Http;

/// <summary>One good answer. Its bytes are valid only while the reading function runs.</summary>
/// <param name="ServerTime">Kintone's clock, from the Date header (whole seconds); null where it was missing.</param>
/// <param name="Share">The memory that it takes: what is made of it may keep a part.</param>
readonly record struct KintoneAnswer(ResponseBody Body, DateTimeOffset? ServerTime, AnswerMemory.Share Share)
{
    public ReadOnlySpan<byte> Bytes => Body.Bytes;

    /// <summary>The body as a whole, of its own: for answers that are read now and then, and not by the thousand.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public JsonElement ToJson()
    {
        using var document = JsonDocument.Parse(Body.Memory); // its texts were looked at when it came
        return document.RootElement.Clone();
    }
}

/// <summary>
/// Speaks to one Kintone domain: slots, credentials, retries, and answers that are what they claim to be.
/// What comes out is a whole, good answer or a <see cref="ConnectorException"/> that says who must act.
/// </summary>
sealed class KintoneHttp(
    HttpClient http, Uri baseAddress, Authentication authentication, AdaptiveLimiter limiter, RetryPolicy retry, AnswerReader answers)
{
    /// <summary>A wrong token is searched for once and a stale one renewed once; more would go round in circles.</summary>
    const int MostRevisions = 2;

    volatile bool _hasAnswered;

    public RequestCounts Requests { get; } = new();

    public AdaptiveLimiter Limiter => limiter;

    /// <summary>What the answers so far said of Kintone's clock.</summary>
    public ServerClock Clock { get; } = new(retry.Time);

    /// <summary>The memory that answers share.</summary>
    public AnswerMemory Memory => answers.Memory;

    /// <summary>
    /// Reads one resource. An attempt is the request, its whole body and <paramref name="read"/>, which may
    /// therefore run again from the start: it must leave nothing behind until it returns. Throws in it
    /// <see cref="UnexpectedResponseException"/> or <see cref="JsonException"/> for a body that is not what it should be.
    /// </summary>
    /// <exception cref="BodyTooLargeException">Only of a page: fewer records may fit.</exception>
    public async Task<T> ReadAsync<T>(KintoneRequest request, Func<KintoneAnswer, T> read, CancellationToken ct)
    {
        T result = default!;
        await ReadAsync(request, answer => { result = read(answer); }, ct);
        return result;
    }

    Task ReadAsync(KintoneRequest request, Action<KintoneAnswer> read, CancellationToken ct) =>
        retry.RunAsync(request, (call, token) => AttemptAsync(call, async (response, share, t) =>
        {
            using var body = await ResponseBody.ReadAsync(response.Content, request.Body, answers.Memory, share, t);
            if (!request.Body.IsPage) MakeText(request, body.Editable); // a page is looked at when it is transcoded
            read(new(body, response.Headers.Date, share));
        }, token), ct);

    /// <summary>
    /// Reads one file, piece by piece. An attempt is the request and <paramref name="save"/>, which may therefore run again from the start. It
    /// may take as long as bytes come: what bounds it is the time without a byte more than any attempt before had.
    /// </summary>
    /// <param name="save">Takes the file's bytes as they come, to their end. Its own failures are for it to wrap: an <see cref="IOException"/> is a torn connection.</param>
    public Task DownloadAsync(KintoneRequest request, Func<Stream, CancellationToken, Task> save, CancellationToken ct) =>
        retry.RunAsync(request, (call, token) => AttemptAsync(call, async (response, _, t) =>
        {
            await using var sent = await response.Content.ReadAsStreamAsync(t);
            await using var plain = ResponseBody.Decompress(sent, response.Content);
            await save(new ProgressStream(plain, call), t);
        }, token), ct);

    async Task AttemptAsync(RetryCall call, Func<HttpResponseMessage, AnswerMemory.Share, CancellationToken, Task> receive, CancellationToken ct)
    {
        var request = call.Request;
        for (var revisions = 0; ; revisions++)
        {
            using var message = request.ToHttp(baseAddress);
            try
            {
                await SendInSlotAsync(call, message, receive, ct);
                return;
            }
            catch (KintoneException e) when (e.Remedy is Remedy.User or Remedy.Renew && revisions < MostRevisions)
            {
                if (!await authentication.ReviseAsync(message.Headers, request, e, ct)) throw;
            }
            catch (BodyTooLargeException e) when (!request.Body.IsPage && (e.IsFinal || call.IsAlone))
            {
                throw new UnexpectedResponseException(
                    $"An answer is larger than any should be: more than {e.BytesRead / (1024 * 1024.0):0.#} MB. Something between this connector and Kintone may have changed it; if not, please report this. It came while {request.Purpose}.");
            }
            catch (BodyTooLargeException) when (!request.Body.IsPage)
            {
                call.IsAlone = true; // others hold the memory that it needs
            }
        }
    }

    async Task SendInSlotAsync(
        RetryCall call, HttpRequestMessage message, Func<HttpResponseMessage, AnswerMemory.Share, CancellationToken, Task> receive, CancellationToken ct)
    {
        var request = call.Request;
        var slot = await limiter.AcquireAsync(request.Priority, ct);
        var (outcome, running, limit) = (SlotOutcome.Unknown, default(int?), default(int?));
        try
        {
            using var share = await answers.Memory.ReserveAsync(
                call.IsAlone || request.Body.Alone ? answers.Memory.Capacity : request.Body.CostOf(request.Body.Expected), ct);
            // Not before: what was valid when the wait for the slot began may have run out or been refused since.
            await AuthorizeAsync(call, message, ct);
            await retry.LimitAttemptAsync(call, async token =>
            {
                Requests.Count(request.IsFile ? null : request.App); // Kintone does not count downloads towards an app's day
                using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, token);
                outcome = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable
                    ? SlotOutcome.Overloaded : response.IsSuccessStatusCode ? SlotOutcome.Answered : SlotOutcome.Declined;
                (running, limit) = (IntHeader(response, "X-ConcurrencyLimit-Running"), IntHeader(response, "X-ConcurrencyLimit-Limit"));
                if (!response.IsSuccessStatusCode)
                    throw await answers.ToExceptionAsync(request, response, retry.Time.GetUtcNow(), _hasAnswered, token);
                answers.EnsureWhole(request, response);
                Clock.Observe(response.Headers.Date); // of Kintone's own answers: a proxy's page has a clock of its own
                await receive(response, share, token);
                _hasAnswered = true;
            }, ct);
        }
        catch (AttemptTimeoutException)
        {
            outcome = SlotOutcome.Overloaded;
            throw;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw answers.Text.Cleaned(e);
        }
        finally { limiter.Release(slot, outcome, running, limit); }
    }

    async ValueTask AuthorizeAsync(RetryCall call, HttpRequestMessage message, CancellationToken ct)
    {
        try
        {
            await authentication.AuthorizeAsync(message.Headers, call.Request, ct);
        }
        catch (ConnectorException e) when (e is not KintoneException)
        {
            call.IsFinal = true; // it was tried often enough by whoever failed
            throw;
        }
    }

    /// <summary>Bytes that are no UTF-8, and half a surrogate pair, are fine with the parser until somebody asks for the text.</summary>
    static void MakeText(KintoneRequest request, Span<byte> json)
    {
        if (!System.Text.Unicode.Utf8.IsValid(json))
            throw new UnexpectedResponseException($"Kintone's answer holds a text that is not UTF-8. It came while {request.Purpose}.");
        JsonText.ReplaceWhatIsNoText(json);
    }

    static int? IntHeader(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values)
        && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
