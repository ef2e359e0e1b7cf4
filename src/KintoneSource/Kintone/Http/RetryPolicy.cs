using System.Net;
using System.Text.Json;
using KintoneSource.Protocol;
using Polly;

namespace KintoneSource.Kintone.Http;

/// <summary>How long one request may be tried again.</summary>
/// <param name="Total">From the first attempt on; the first wait for a slot of the limiter does not count.</param>
/// <param name="MostAttempts">In all.</param>
readonly record struct Patience(TimeSpan Total, int MostAttempts = int.MaxValue)
{
    static readonly TimeSpan s_longestAttempt = TimeSpan.FromMinutes(2);

    /// <summary>DESIGN: at most ten minutes in all per request.</summary>
    public static readonly Patience ForSync = new(TimeSpan.FromMinutes(10));

    /// <summary>Nobody would pick streams from a catalog without the apps that were busy for a moment.</summary>
    public static readonly Patience ForDiscover = new(TimeSpan.FromMinutes(1), 10);

    /// <summary>A person waits, and what can't be reached is more likely misspelt than down.</summary>
    public static readonly Patience ForCheck = new(TimeSpan.FromSeconds(20), 3);

    /// <summary>Headers and body of one attempt.</summary>
    public TimeSpan Attempt => Total < s_longestAttempt ? Total : s_longestAttempt;

    /// <summary>A connection that nobody answers (a firewall drops packets, say) is given up after this.</summary>
    public TimeSpan Connect => Total / 4 < TimeSpan.FromSeconds(30) ? Total / 4 : TimeSpan.FromSeconds(30);
}

/// <summary>
/// When to try again, and when to give up. What an answer means is the business of <see cref="KintoneErrors"/>.
/// Retried: whatever a later attempt may see differently, for as long as <paramref name="patience"/> says; a body that
/// arrives whole but is not what it should be, only a few times.
/// </summary>
sealed class RetryPolicy(TimeProvider time, Patience patience)
{
    static readonly TimeSpan s_longestRetryAfter = TimeSpan.FromMinutes(5);
    static readonly ResiliencePropertyKey<RetryCall> s_call = new("call");

    /// <summary>A body that is wrong this often in a row is wrong for good, and so is an error that nobody knows.</summary>
    const int MostMalformedAnswers = 5;

    readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new()
        {
            MaxRetryAttempts = int.MaxValue, // ShouldHandle decides
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromSeconds(1),
            MaxDelay = patience.Total / 10,
            UseJitter = true,
            ShouldHandle = args => new(args.Outcome.Exception is { } e && IsWorthAnotherTry(e, CallOf(args.Context), time, patience)),
            // Null leaves the delay to the strategy. MaxDelay does not cap this one, so the clamp does.
            DelayGenerator = args => new(Clamp((args.Outcome.Exception as KintoneException)?.RetryAfter, CallOf(args.Context), time, patience)),
            OnRetry = args =>
            {
                var reason = Describe(args.Outcome.Exception!);
                return CallOf(args.Context).Request.OnRetry?.Invoke(new(args.RetryDelay, time.GetUtcNow() + args.RetryDelay, reason)) ?? default;
            },
        })
        .Build();

    public TimeProvider Time => time;

    /// <remarks>What comes of it travels beside the pipeline, which is so compiled once and not for each type of answer (docs/decisions/0007).</remarks>
    public async Task RunAsync(KintoneRequest request, Func<RetryCall, CancellationToken, Task> attempt, CancellationToken ct)
    {
        var context = ResilienceContextPool.Shared.Get(ct);
        var call = new RetryCall(request);
        context.Properties.Set(s_call, call);
        try
        {
            await _pipeline.ExecuteAsync(static async (context, attempt) => await attempt(CallOf(context), context.CancellationToken), context, attempt);
        }
        catch (Exception e) when (IsPassing(e))
        {
            var times = call.Failures == 1 ? "one attempt" : $"{call.Failures} attempts";
            var gaveUp = $"{Describe(e)} Gave up {request.Purpose} after {times} in {Elapsed(call, time).TotalSeconds:0} s.";
            throw new TransientException(e is KintoneException { Status: HttpStatusCode.TooManyRequests }
                ? $"Kintone's limit on requests stood in the way all the time: move this sync to another hour, or lower max_concurrent_requests here and in other syncs of the domain. {gaveUp}"
                : gaveUp, e);
        }
        catch (JsonException e)
        {
            // Not the parser's own words: it names properties, and so what was sent.
            throw new UnexpectedResponseException(e.BytePositionInLine is null
                ? $"Kintone's answer was not the JSON it should be: {e.Message} This came while {request.Purpose}."
                : $"Kintone's answer was not the JSON it should be: it breaks at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}. This came while {request.Purpose}.");
        }
        catch (UnexpectedResponseException e) when (!e.Message.Contains(request.Purpose, StringComparison.Ordinal))
        {
            throw new UnexpectedResponseException($"{e.Message} This came while {request.Purpose}.", e.InnerException);
        }
        finally { ResilienceContextPool.Shared.Return(context); }
    }

    /// <summary>Bounds one attempt, headers and body, once it holds its slot.</summary>
    public async Task LimitAttemptAsync(RetryCall call, Func<CancellationToken, Task> send, CancellationToken ct)
    {
        call.Started ??= time.GetTimestamp();
        var left = patience.Total - Elapsed(call, time);
        var longest = patience.Attempt < left || patience.MostAttempts == int.MaxValue ? patience.Attempt : left;
        using var limit = new CancellationTokenSource(longest > TimeSpan.Zero ? longest : TimeSpan.Zero, time);
        // A file that is large comes for as long as it takes: what was spent on more than there had been before is not held against it.
        call.OnProgress = () =>
        {
            call.Started = time.GetTimestamp();
            limit.CancelAfter(patience.Attempt);
        };
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            await send(both.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw limit.IsCancellationRequested
                ? new AttemptTimeoutException($"Kintone took longer than {longest.TotalSeconds:0} s for {call.Request.Purpose}.", e)
                : new HttpRequestException(HttpRequestError.ConnectionError, $"nobody answers there within {patience.Connect.TotalSeconds:0} s, as behind a firewall that drops packets", e);
        }
    }

    static bool IsWorthAnotherTry(Exception e, RetryCall call, TimeProvider time, Patience patience)
    {
        call.Failures++;
        if (call.IsFinal || call.Failures >= patience.MostAttempts) return false;
        if (e is UnexpectedResponseException or JsonException or KintoneException { IsUnknown: true }) return ++call.Malformed < MostMalformedAnswers;
        return IsPassing(e) && Elapsed(call, time) < patience.Total - patience.Total / 10;
    }

    static bool IsPassing(Exception e) => e is KintoneException { Remedy: Remedy.Retry } or HttpRequestException or IOException or AttemptTimeoutException;

    static TimeSpan? Clamp(TimeSpan? wait, RetryCall call, TimeProvider time, Patience patience)
    {
        if (wait is not { } asked) return null;
        var left = patience.Total - Elapsed(call, time);
        var longest = left < s_longestRetryAfter ? left : s_longestRetryAfter;
        return asked < TimeSpan.Zero ? TimeSpan.Zero : asked < longest ? asked : longest;
    }

    static string Describe(Exception e) => e switch
    {
        ConnectorException or AttemptTimeoutException => e.Message,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
            $"The host name was not found ({e.Message}). Check the subdomain and the network's name resolution.",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            $"No secure connection came about ({e.Message}). Check the client certificate, proxies and trusted certificate authorities.",
        JsonException => "Kintone's answer was not the JSON it should be.",
        _ => $"The connection failed ({e.Message.TrimEnd('.')}). Check the network and proxies between this connector and Kintone.",
    };

    static RetryCall CallOf(ResilienceContext context) => context.Properties.GetValue(s_call, null!);

    static TimeSpan Elapsed(RetryCall call, TimeProvider time) => call.Started is { } started ? time.GetElapsedTime(started) : TimeSpan.Zero;
}

/// <summary>One request through all its attempts.</summary>
sealed class RetryCall(KintoneRequest request)
{
    public KintoneRequest Request => request;

    /// <summary>Timestamp of when the first attempt held its slot.</summary>
    public long? Started { get; set; }

    /// <summary>Bytes of a file that the attempt which got furthest has had.</summary>
    public long Furthest { get; set; }

    /// <summary>Call when an attempt has got further than all before it.</summary>
    public Action? OnProgress { get; set; }

    public int Failures { get; set; }
    public int Malformed { get; set; }

    /// <summary>The answer needs all the memory there is.</summary>
    public bool IsAlone { get; set; }

    /// <summary>Another try is of no use.</summary>
    public bool IsFinal { get; set; }
}

/// <summary>One attempt ran out of time: worth another.</summary>
sealed class AttemptTimeoutException(string message, Exception inner) : Exception(message, inner);
