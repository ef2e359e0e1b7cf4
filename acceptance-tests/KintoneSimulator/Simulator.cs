using System.IO.Compression;
using Microsoft.AspNetCore.Http.Features;

namespace KintoneSimulator;

/// <summary>
/// A Kintone domain and its behaviour. <see cref="HandleAsync"/> is the whole server: give it to Kestrel by <see cref="SimulatorHost"/>, or call
/// it in memory by <see cref="InMemoryHandler"/>. The domain may be changed at any time, also from <see cref="BeforeAnswer"/>.
/// </summary>
public sealed class Simulator : IDisposable
{
    public static ApiException TooMany { get; } = new(429, "GAIA_TO04",
        "The number of simultaneous API requests exceeded the limit.", "APIの同時接続数の上限を超えました。");

    readonly Router _router = new();
    int _running;
    int _hanging;

    public Simulator(SimulatorOptions? options = null)
    {
        Options = options ?? new();
        Domain = new(() => Options.Time.GetUtcNow() + Options.ClockSkew, () => Options);
        Cursors = new(this);
        Statistics = new(this);
    }

    public SimulatorOptions Options { get; set; }

    public Domain Domain { get; }

    public Journal Journal { get; } = new();

    public Faults Faults { get; } = new();

    public Cursors Cursors { get; }

    public AppStatistics Statistics { get; }

    /// <summary>Called for every request just before it reads the domain, in the order of the answers; the place for a history that goes on
    /// meanwhile.</summary>
    public Action<JournalEntry>? BeforeAnswer { get; set; }

    /// <summary>Requests under way now.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Nothing is being answered: of the requests under way, and there are some, every one hangs.</summary>
    public bool IsSilent => Volatile.Read(ref _hanging) is > 0 and var hanging && hanging == Running;

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var options = Options;
        var running = Interlocked.Increment(ref _running);
        var entry = NewEntry(http, running + options.BackgroundRequests, options);
        Reply? reply = null;
        try
        {
            Journal.Begin(entry, running);
            reply = await ReplyAsync(http, entry, options);
            if (reply is null)
                return;
            (entry.Status, entry.Code, entry.Rows, entry.Bytes) = (reply.Status, reply.Code, reply.Rows, reply.Length);
            // Over before its bytes leave, so that a client that has its answer finds the request ended.
            End(entry);
            await SendAsync(http, reply, entry, options);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            entry.Fault ??= "client gone";
        }
        finally
        {
            reply?.Body.Dispose();
            End(entry);
        }
    }

    internal Reply? AnswerPart(ApiCall part) => _router.AnswerPart(part);

    void End(JournalEntry entry)
    {
        if (entry.HasEnded)
            return;
        Interlocked.Decrement(ref _running);
        entry.Ended = Domain.Now;
        entry.HasEnded = true;
        Journal.End(entry);
    }

    public void Dispose() => Domain.Dispose();

    JournalEntry NewEntry(HttpContext http, int running, SimulatorOptions options)
    {
        var method = http.Request.Method;
        if (method == "POST" && http.Request.Headers["X-HTTP-Method-Override"] is [{ Length: > 0 } instead])
            method = instead;
        var path = http.Request.Path.Value ?? "";
        return new()
        {
            Method = method,
            Path = path,
            Resource = ApiPath.Parse(path).Resource,
            UserAgent = http.Request.Headers.UserAgent.ToString(),
            Running = running,
            Started = options.Time.GetUtcNow() + options.ClockSkew,
        };
    }

    async Task<Reply?> ReplyAsync(HttpContext http, JournalEntry entry, SimulatorOptions options)
    {
        if (entry.Running > options.ConcurrencyLimit)
            return TooMany.ToReply(options.Language);
        var body = await ReadBodyAsync(http.Request, http.RequestAborted);
        var mistake = ReadParameters(http.Request, entry, body);
        var fault = Faults.For(entry);
        entry.Fault = fault?.Name;
        if (fault?.Wait == Timeout.InfiniteTimeSpan)
            await HangAsync(options, http.RequestAborted);
        else if (options.Latency + (fault?.Wait ?? TimeSpan.Zero) is var wait && wait != TimeSpan.Zero)
            await Task.Delay(wait, options.Time, http.RequestAborted);
        if (fault is { Abort: true, AfterWork: false })
        {
            http.Items[typeof(Fault)] = fault;
            End(entry);
            http.Abort();
            return null;
        }
        var reply = fault?.Instead?.Invoke(options) ?? Answer(http, entry, options, fault, mistake, body);
        if (fault is { Abort: true })
        {
            reply.Body.Dispose();
            End(entry);
            http.Abort();
            return null;
        }
        if (fault?.Garble is { } garble && reply.File is { } file)
        {
            reply = reply with { File = garble(file.ToArray()) };
        }
        else if (fault?.Garble is { } garbleBody)
        {
            var garbled = garbleBody(reply.Body.Memory).ToArray();
            reply.Body.Clear();
            reply.Body.Append(garbled);
        }
        if (fault is { TearAfter: { } after })
            http.Items[nameof(Fault.TearAfter)] = after;
        return reply;
    }

    async Task HangAsync(SimulatorOptions options, CancellationToken aborted)
    {
        Interlocked.Increment(ref _hanging);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, options.Time, aborted);
        }
        finally
        {
            Interlocked.Decrement(ref _hanging);
        }
    }

    /// <summary>Fills in what is asked, so that a script can tell requests apart; what is wrong with it counts only after the credentials.</summary>
    static ApiException? ReadParameters(HttpRequest request, JournalEntry entry, ReadOnlyMemory<byte> body)
    {
        try
        {
            var isForm = request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) ?? false;
            entry.Parameters = isForm ? Parameters.ReadForm(body) : Parameters.Read(request.QueryString, MultipartFile.Is(request) ? default : body);
            return null;
        }
        catch (ApiException mistake)
        {
            return mistake;
        }
    }

    Reply Answer(HttpContext http, JournalEntry entry, SimulatorOptions options, Fault? fault, ApiException? mistake, ReadOnlyMemory<byte> body)
    {
        try
        {
            if (TargetLength(http) > options.UrlLimit)
                return Reply.Html(414, "Request URL Too Large");
            if (!Authenticator.PassesBasicGate(http.Request, options))
                return Reply.Html(401, "Unauthorized").With("WWW-Authenticate", "Basic realm=\"kintone\"");
            BeforeAnswer?.Invoke(entry);
            var reply = _router.Answer(new(this, http.Request, entry, options, fault, mistake, body));
            if (reply.File is not null || reply.Body.Length <= options.AnswerLimit)
                return reply;
            reply.Body.Dispose();
            return Reply.Html(500, "Internal Server Error");
        }
        catch (ApiException refusal)
        {
            return Refuse(refusal, options);
        }
        catch (Query.QueryException refusal)
        {
            return Refuse(ApiException.Of(refusal), options);
        }
    }

    static Reply Refuse(ApiException refusal, SimulatorOptions options) =>
        (options.Refusals.TryGetValue(refusal.Code, out var instead) ? refusal.As(instead.Status, instead.Code) : refusal).ToReply(options.Language);

    static int TargetLength(HttpContext http) => http.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } target
        ? target.Length : (http.Request.Path.Value?.Length ?? 0) + (http.Request.QueryString.Value?.Length ?? 0);

    static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength is null or 0 && !request.Headers.TransferEncoding.Contains("chunked"))
            return default;
        using var bytes = new MemoryStream();
        await request.Body.CopyToAsync(bytes, ct);
        return bytes.ToArray();
    }

    static async Task SendAsync(HttpContext http, Reply reply, JournalEntry entry, SimulatorOptions options)
    {
        var response = http.Response;
        response.StatusCode = reply.Status;
        if (reply.ContentType.Length > 0)
            response.ContentType = reply.ContentType;
        foreach (var (name, value) in reply.Headers)
            response.Headers[name] = value;
        if (reply.Code is not null)
            response.Headers["X-Cybozu-Error"] = reply.Code;
        if (options.ConcurrencyHeaders)
        {
            response.Headers["X-ConcurrencyLimit-Limit"] = options.ConcurrencyLimit.ToString(System.Globalization.CultureInfo.InvariantCulture);
            response.Headers["X-ConcurrencyLimit-Running"] = entry.Running.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        response.Headers.Date = options.DateHeader switch
        {
            DateHeader.Absent => "",
            DateHeader.Absurd => "Thu, 01 Jan 1970 00:00:00 GMT",
            _ => (options.Time.GetUtcNow() + options.ClockSkew).ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        };
        if (options.DateHeader == DateHeader.Absent && http.Features.Get<IInMemoryFeature>() is not null)
            response.Headers.Remove("Date");

        if (reply.File is { } file)
        {
            await SendFileAsync(http, file, options);
            return;
        }
        var body = reply.Body.Memory;
        if (options.Compression && body.Length > 1000 && http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            response.Headers.ContentEncoding = "gzip";
            body = Compress(body);
        }
        response.ContentLength = body.Length;
        if (http.Items.TryGetValue(nameof(Fault.TearAfter), out var after))
        {
            await response.Body.WriteAsync(body[..(int)Math.Min((long)after!, Math.Max(0, body.Length - 1))], http.RequestAborted);
            await response.Body.FlushAsync(http.RequestAborted);
            http.Abort();
            return;
        }
        await response.Body.WriteAsync(body, http.RequestAborted);
    }

    static async Task SendFileAsync(HttpContext http, FileContent file, SimulatorOptions options)
    {
        const int Piece = 64 * 1024;
        var response = http.Response;
        response.ContentLength = file.Length;
        var end = http.Items.TryGetValue(nameof(Fault.TearAfter), out var after) ? Math.Min((long)after!, Math.Max(0, file.Length - 1)) : file.Length;
        var piece = new byte[Piece];
        for (var at = 0L; at < end;)
        {
            var length = (int)Math.Min(Piece, end - at);
            file.Read(at, piece.AsSpan(0, length));
            await response.Body.WriteAsync(piece.AsMemory(0, length), http.RequestAborted);
            at += length;
            if (options.FileBytesPerSecond is not { } rate)
                continue;
            await response.Body.FlushAsync(http.RequestAborted);
            await Task.Delay(TimeSpan.FromSeconds(length / (double)rate), options.Time, http.RequestAborted);
        }
        if (end == file.Length)
            return;
        await response.Body.FlushAsync(http.RequestAborted);
        http.Abort();
    }

    static byte[] Compress(ReadOnlyMemory<byte> body)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
            gzip.Write(body.Span);
        return bytes.ToArray();
    }
}

/// <summary>Marks a context without a socket.</summary>
interface IInMemoryFeature;
