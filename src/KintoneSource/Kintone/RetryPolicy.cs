using System.Text.Json;
using KintoneSource.Protocol;
using Polly;
using Polly.Timeout;

namespace KintoneSource.Kintone;

/// <summary>
/// When to try again, and when to give up. What an answer means is the business of <see cref="KintoneErrors"/>.
/// Retried: whatever a later attempt may see differently, for up to <paramref name="total"/> in all; a body that
/// arrives whole but is not what it should be, only a few times.
/// </summary>
/// <param name="total">From the first attempt on; the first wait for a slot of the limiter does not count.</param>
sealed class RetryPolicy(TimeProvider time, TimeSpan total)
{
    /// <summary>DESIGN: at most ten minutes in all per request.</summary>
    public static readonly TimeSpan ForSync = TimeSpan.FromMinutes(10);

    /// <summary>A person waits for the answer of check, and platforms stop it after nine minutes.</summary>
    public static readonly TimeSpan ForCheck = TimeSpan.FromMinutes(1);

    static readonly TimeSpan s_attempt = TimeSpan.FromMinutes(2);
    static readonly TimeSpan s_longestRetryAfter = TimeSpan.FromMinutes(5);
    static readonly ResiliencePropertyKey<RetryCall> s_call = new("call");

    /// <summary>While a person waits: a host that can't be reached is more likely misspelt than down.</summary>
    const int MostConnectionsForCheck = 4;

    /// <summary>A body that is wrong this often in a row is wrong for good.</summary>
    const int MostMalformedAnswers = 5;

    readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new()
        {
            MaxRetryAttempts = int.MaxValue, // time decides, in ShouldHandle
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromSeconds(1),
            MaxDelay = total / 10,
            UseJitter = true,
            ShouldHandle = args => new(args.Outcome.Exception is { } e && IsWorthAnotherTry(e, CallOf(args.Context), time, total)),
            // Null leaves the delay to the strategy. MaxDelay does not cap this one, so the clamp does.
            DelayGenerator = args => new(Clamp((args.Outcome.Exception as KintoneException)?.RetryAfter, CallOf(args.Context), time, total)),
            OnRetry = args =>
            {
                var reason = Describe(args.Outcome.Exception!);
                return CallOf(args.Context).Request.OnRetry?.Invoke(new(args.RetryDelay, time.GetUtcNow() + args.RetryDelay, reason)) ?? default;
            },
        })
        .Build();

    readonly ResiliencePipeline _attempt = new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(s_attempt).Build();

    public TimeProvider Time => time;

    public async Task<T> RunAsync<T>(KintoneRequest request, Func<RetryCall, CancellationToken, Task<T>> attempt, CancellationToken ct)
    {
        var context = ResilienceContextPool.Shared.Get(ct);
        var call = new RetryCall(request);
        context.Properties.Set(s_call, call);
        try
        {
            return await _pipeline.ExecuteAsync(static async (context, attempt) => await attempt(CallOf(context), context.CancellationToken), context, attempt);
        }
        catch (Exception e) when (IsPassing(e))
        {
            throw new TransientException(
                $"Gave up {request.Purpose} after {call.Failures} attempts in {Elapsed(call, time).TotalSeconds:0} s. {Describe(e)}", e);
        }
        catch (JsonException e)
        {
            throw new UnexpectedResponseException($"While {request.Purpose}, Kintone's answer was not the JSON it should be: {e.Message}", e);
        }
        finally { ResilienceContextPool.Shared.Return(context); }
    }

    /// <summary>Bounds one attempt, headers and body, once it holds its slot.</summary>
    public async Task<T> LimitAttemptAsync<T>(RetryCall call, Func<CancellationToken, Task<T>> send, CancellationToken ct)
    {
        call.Started ??= time.GetTimestamp();
        try
        {
            return await _attempt.ExecuteAsync(static async (send, token) => await send(token), send, ct);
        }
        catch (TimeoutRejectedException e)
        {
            throw new AttemptTimeoutException($"Kintone took longer than {s_attempt.TotalSeconds:0} s for {call.Request.Purpose}.", e);
        }
    }

    public Task<KintoneException> ToExceptionAsync(KintoneRequest request, HttpResponseMessage response, CancellationToken ct) =>
        KintoneAnswers.ToExceptionAsync(request, response, time.GetUtcNow(), ct);

    static bool IsWorthAnotherTry(Exception e, RetryCall call, TimeProvider time, TimeSpan total)
    {
        call.Failures++;
        if (e is UnexpectedResponseException or JsonException) return ++call.Malformed < MostMalformedAnswers;
        if (total <= ForCheck && e is HttpRequestException && call.Failures >= MostConnectionsForCheck) return false;
        return IsPassing(e) && Elapsed(call, time) < total - total / 10;
    }

    static bool IsPassing(Exception e) => e is KintoneException { Remedy: Remedy.Retry } or HttpRequestException or IOException or AttemptTimeoutException;

    static TimeSpan? Clamp(TimeSpan? wait, RetryCall call, TimeProvider time, TimeSpan total)
    {
        if (wait is not { } asked) return null;
        var left = total - Elapsed(call, time);
        var longest = left < s_longestRetryAfter ? left : s_longestRetryAfter;
        return asked < TimeSpan.Zero ? TimeSpan.Zero : asked < longest ? asked : longest;
    }

    static string Describe(Exception e) => e switch
    {
        ConnectorException or AttemptTimeoutException => e.Message,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
            $"The host name was not found ({e.Message}). Check the subdomain and the network's name resolution.",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            $"No secure connection came about ({(e.InnerException ?? e).Message}). Check the client certificate, proxies and trusted certificate authorities.",
        _ => $"The connection failed ({e.Message}). Check the network and proxies between this connector and Kintone.",
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

    public int Failures { get; set; }
    public int Malformed { get; set; }
}

/// <summary>One attempt ran out of time: worth another.</summary>
sealed class AttemptTimeoutException(string message, Exception inner) : Exception(message, inner);
