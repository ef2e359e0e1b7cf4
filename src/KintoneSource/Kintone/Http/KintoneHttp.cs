using System.Text.Json;
using KintoneSource.Kintone.Memory;
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
/// Asks one Kintone domain: credentials, and answers that are what they claim to be.
/// What comes out is a whole, good answer or a <see cref="ConnectorException"/> that says who must act.
/// </summary>
/// <param name="directory">Signs in to the User API; where it is null, <paramref name="login"/> does.</param>
sealed class KintoneHttp(DomainConnection connection, Authentication login, Authentication? directory = null)
{
    /// <summary>A wrong token is searched for once and a stale one renewed once; more would go round in circles.</summary>
    const int MostRevisions = 2;

    public RequestCounts Requests => connection.Requests;
    public AdaptiveLimiter Limiter => connection.Gate.Limiter;
    public ServerClock Clock => connection.Clock;
    public AnswerMemory Memory => connection.Answers.Memory;

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
        connection.RunAsync(request, call => AttemptAsync(call, async (response, share, token) =>
        {
            using var body = await ResponseBody.ReadAsync(response.Content, request.Body, Memory, share, token);
            if (!request.Body.IsPage) MakeText(request, body.Editable); // a page is looked at when it is transcoded
            read(new(body, response.Headers.Date, share));
        }), ct);

    /// <summary>
    /// Reads one file, piece by piece. An attempt is the request and <paramref name="save"/>, which may therefore run again from the start. It
    /// may take as long as bytes come: what bounds it is the time without a byte more than any attempt before had.
    /// </summary>
    /// <param name="save">Takes the file's bytes as they come, to their end. Its own failures are for it to wrap: an <see cref="IOException"/> is a
    /// torn connection.</param>
    public Task DownloadAsync(KintoneRequest request, Func<Stream, CancellationToken, Task> save, CancellationToken ct) =>
        connection.RunAsync(request, call => AttemptAsync(call, async (response, _, token) =>
        {
            await using var sent = await response.Content.ReadAsStreamAsync(token);
            await using var plain = ResponseBody.Decompress(sent, response.Content);
            await save(new ProgressStream(plain, call, connection), token);
        }), ct);

    async Task AttemptAsync(RetryCall call, Func<HttpResponseMessage, AnswerMemory.Share, CancellationToken, Task> receive)
    {
        var request = call.Request;
        var authentication = request.IsOfDirectory && directory is not null ? directory : login;
        for (var revisions = 0; ;)
        {
            using var message = request.ToHttp(connection.Address);
            try
            {
                await PrepareAsync(call, authentication);
                if (await connection.SendAsync(call, message, authentication, ReceiveAsync)) return;
            }
            catch (KintoneException e) when (e.Remedy is Remedy.User or Remedy.Renew && revisions++ < MostRevisions)
            {
                await ReviseAsync(call, authentication, message, e);
            }
            catch (BodyTooLargeException e) when (!request.Body.IsPage && (e.IsFinal || call.NeedsAllMemory))
            {
                throw new UnexpectedResponseException(
                    $"An answer is larger than any should be: more than {e.BytesRead / (1024 * 1024.0):0.#} MB. Something between this connector and "
                        + $"Kintone may have changed it; if not, please report this. It came while {request.Purpose}.");
            }
            catch (BodyTooLargeException) when (!request.Body.IsPage)
            {
                call.NeedsAllMemory = true; // others hold the memory that it needs
            }
        }

        async Task ReceiveAsync(HttpResponseMessage response, AnswerMemory.Share share, CancellationToken token)
        {
            if (!response.IsSuccessStatusCode) throw await connection.Answers.ToExceptionAsync(request, response, connection.Gate, token);
            connection.Answers.EnsureWhole(request, response);
            connection.Clock.Observe(response.Headers.Date); // of Kintone's own answers: a proxy's page has a clock of its own
            await receive(response, share, token);
            authentication.NoteAccepted(request);
        }
    }

    /// <summary>Returns where another try is worth it.</summary>
    async ValueTask ReviseAsync(RetryCall call, Authentication authentication, HttpRequestMessage message, KintoneException refusal)
    {
        try
        {
            if (!await authentication.ReviseAsync(message.Headers, call.Request, refusal, call.Context.CancellationToken)) throw refusal;
        }
        catch (KintoneException e) when (e.Reach >= Reach.Credential)
        {
            connection.Gate.NoteRefusal(e, authentication.CredentialOf(call.Request));
            throw;
        }
    }

    /// <summary>Whoever failed to renew has tried often enough.</summary>
    static async ValueTask PrepareAsync(RetryCall call, Authentication authentication)
    {
        try
        {
            await authentication.PrepareAsync(call.Request, call.Context.CancellationToken);
        }
        catch (UnexpectedResponseException)
        {
            call.IsFinal = true;
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
}
