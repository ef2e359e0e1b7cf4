using System.Globalization;
using System.Net;
using System.Text.Json;
using KintoneSource.Kintone.Memory;
using KintoneSource.Protocol;
using Polly;
using Polly.Timeout;

namespace KintoneSource.Kintone.Http;

/// <summary>
/// The way to one domain: whatever is sent goes through the gate and in time, is tried again for as long as there is patience, and fails in words
/// of our own. Polly tries again and ends what takes too long; the gate is its circuit breaker (docs/decisions/0018).
/// </summary>
sealed class DomainConnection(HttpClient http, Uri address, DomainGate gate, AnswerReader answers, TransportFailures failures)
{
    static readonly ResiliencePropertyKey<RetryCall> s_call = new("call");

    static readonly TimeSpan s_same = TimeSpan.FromSeconds(1);

    /// <summary>A body that is wrong this often in a row is wrong for good, and so is an error that nobody knows.</summary>
    const int MostMalformedAnswers = 5;

    readonly ResiliencePipeline _retries = new ResiliencePipelineBuilder { TimeProvider = gate.Time }
        .AddRetry(new()
        {
            MaxRetryAttempts = int.MaxValue, // ShouldHandle decides
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromSeconds(1),
            MaxDelay = gate.Patience.LongestBackOff,
            UseJitter = true,
            ShouldHandle = args => new(args.Outcome.Exception is { } e && IsWorthAnotherTry(e, CallOf(args.Context), gate)),
            // What Kintone asked for beyond that is waited for in the gate, by all.
            OnRetry = args => TellAsync(CallOf(args.Context), args.RetryDelay > gate.ClosedFor ? args.RetryDelay : gate.ClosedFor, args.Outcome.Exception!,
                gate.Time),
        })
        .Build();

    readonly ResiliencePipeline _limit = new ResiliencePipelineBuilder { TimeProvider = gate.Time }
        .AddTimeout(new TimeoutStrategyOptions { TimeoutGenerator = args => new(LongestAttempt(CallOf(args.Context), gate)) })
        .Build();

    public DomainGate Gate => gate;

    public AnswerReader Answers => answers;

    public RequestCounts Requests { get; } = new();

    /// <summary>What the answers so far said of Kintone's clock.</summary>
    public ServerClock Clock { get; } = new(gate.Time);

    public Uri Address => address;

    /// <remarks>What comes of it travels beside the pipeline, which is so compiled once and not for each type of answer (docs/decisions/0007).</remarks>
    public async Task RunAsync(KintoneRequest request, Func<RetryCall, Task> attempt, CancellationToken ct)
    {
        if (gate.Ending is { } ended) throw ended;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, gate.Ended);
        var context = ResilienceContextPool.Shared.Get(stop.Token);
        var call = new RetryCall(request, context);
        context.Properties.Set(s_call, call);
        try
        {
            await _retries.ExecuteAsync(static async (context, attempt) => await attempt(CallOf(context)), context, attempt);
        }
        catch (Exception e) when (gate.Ending is not null && !ct.IsCancellationRequested && (e is OperationCanceledException || IsPassing(e)))
        {
            throw gate.Ending;
        }
        catch (Exception e) when (IsPassing(e))
        {
            throw gate.GiveUp(call, e, e.Message);
        }
        catch (JsonException e)
        {
            // Not the parser's own words: it names properties, and so what was sent.
            throw new UnexpectedResponseException(e.BytePositionInLine is null
                ? $"Kintone's answer was not the JSON it should be: {e.Message} This came while {request.Purpose}."
                : $"Kintone's answer was not the JSON it should be: it breaks at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}. This came while "
                + $"{request.Purpose}.");
        }
        catch (UnexpectedResponseException e) when (!e.Message.Contains(request.Purpose, StringComparison.Ordinal))
        {
            throw new UnexpectedResponseException($"{e.Message} This came while {request.Purpose}.", e.InnerException);
        }
        finally { ResilienceContextPool.Shared.Return(context); }
    }

    /// <summary>One request and its answer, in a slot.</summary>
    /// <param name="receive">Reads the answer, whatever its status; of a file it bounds its own steps, by <see cref="LimitAsync"/>.</param>
    /// <returns>False where the credentials ran out while it waited for its slot: nothing was sent.</returns>
    public async Task<bool> SendAsync(
        RetryCall call, HttpRequestMessage message, Authentication authentication, Func<HttpResponseMessage, AnswerMemory.Share, CancellationToken,
        Task> receive)
    {
        var request = call.Request;
        var stop = call.Context.CancellationToken;
        var (slot, memory) = await EnterAsync(call, authentication);
        var (outcome, running, most) = (SlotOutcome.Unknown, default(int?), default(int?));
        try
        {
            using var share = memory;
            // Not before: what was valid when the wait for the slot began may have run out since.
            if (!authentication.TryAuthorize(message.Headers, request)) return false;
            call.AttemptStarted = gate.Time.GetTimestamp();
            call.Started ??= call.AttemptStarted;
            HttpResponseMessage? response = null;
            try
            {
                await LimitAsync(call, async token =>
                {
                    Requests.Count(request.IsFile ? null : request.App); // Kintone does not count downloads towards an app's day
                    response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, token);
                    outcome = OutcomeOf(response.StatusCode);
                    (running, most) = (IntHeader(response, "X-ConcurrencyLimit-Running"), IntHeader(response, "X-ConcurrencyLimit-Limit"));
                    if (!request.IsFile || !response.IsSuccessStatusCode) await receive(response, share, token);
                });
                if (request.IsFile)
                {
                    gate.NoteAnswer(isGood: true); // what comes may break, and is there
                    await receive(response!, share, stop);
                }
            }
            finally { response?.Dispose(); }
            gate.NoteAnswer(isGood: true);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            var failure = failures.Explain(e, gate.HasAnswered);
            if (failure is TransportException { IsTimeout: true }) outcome = SlotOutcome.Overloaded;
            gate.NoteFailure(call, failure);
            throw failure;
        }
        catch (KintoneException e)
        {
            var refusal = authentication.Explain(e, request);
            if (IsPassing(refusal)) gate.NoteFailure(call, refusal);
            else if (!authentication.CanRenew(refusal)) gate.NoteRefusal(refusal, authentication.CredentialOf(request));
            throw refusal;
        }
        finally { gate.Limiter.Release(slot, outcome, running, most); }
    }

    /// <summary>
    /// A slot, and memory for the answer. Whoever waits for memory keeps no slot meanwhile: who holds the memory may wait for just that.
    /// </summary>
    async ValueTask<(Slot Slot, AnswerMemory.Share Memory)> EnterAsync(RetryCall call, Authentication authentication)
    {
        var (request, stop) = (call.Request, call.Context.CancellationToken);
        var slot = await SlotAsync();
        var reserving = answers.Memory.ReserveAsync(
            call.NeedsAllMemory || request.Body.NeedsAllMemory ? answers.Memory.Capacity : request.Body.CostOf(request.Body.Expected),
            stop, request.Body.HasPage);
        if (reserving.IsCompletedSuccessfully) return (slot, reserving.Result);
        gate.Limiter.Release(slot, SlotOutcome.Unknown);
        var memory = await reserving;
        try
        {
            return (await SlotAsync(), memory);
        }
        catch
        {
            memory.Dispose();
            throw;
        }

        ValueTask<Slot> SlotAsync() =>
            gate.EnterAsync(request.Priority, authentication.CredentialOf(request), wait => TellAsync(call, wait, null, gate.Time), stop);
    }

    /// <summary>Bounds an attempt, headers and body, or one step of a file.</summary>
    public async Task LimitAsync(RetryCall call, Func<CancellationToken, Task> step)
    {
        try
        {
            await _limit.ExecuteAsync(static async (context, step) => await step(context.CancellationToken), call.Context, step);
        }
        catch (TimeoutRejectedException e)
        {
            throw new TransportException($"Kintone took longer than {e.Timeout.TotalSeconds:0} s for {call.Request.Purpose}.") { IsTimeout = true };
        }
        catch (OperationCanceledException) when (!call.Context.CancellationToken.IsCancellationRequested)
        {
            throw new TransportException($"The connection failed: nobody answers there within {gate.Patience.Connect.TotalSeconds:0} s, "
                + "as behind a firewall that drops packets. Check the network and proxies between this connector and Kintone.");
        }
    }

    static TimeSpan LongestAttempt(RetryCall call, DomainGate gate)
    {
        var left = gate.Left(call);
        return left < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : left < gate.Patience.Attempt ? left : gate.Patience.Attempt;
    }

    static bool IsWorthAnotherTry(Exception e, RetryCall call, DomainGate gate)
    {
        call.Failures++;
        if (call.IsFinal || gate.Ending is not null || call.Failures >= gate.Patience.MostAttempts) return false;
        if (e is UnexpectedResponseException or JsonException or KintoneException { IsUnknown: true }) return ++call.Malformed < MostMalformedAnswers;
        return IsPassing(e) && gate.Left(call) is var left && left > gate.Patience.LongestBackOff && left >= gate.ClosedFor;
    }

    static bool IsPassing(Exception e) => e is KintoneException { Remedy: Remedy.Retry } or TransportException;

    /// <param name="failure">Null where the gate is closed to a request that did not fail.</param>
    static ValueTask TellAsync(RetryCall call, TimeSpan wait, Exception? failure, TimeProvider time)
    {
        var until = time.GetUtcNow() + wait;
        if (failure is null && until < call.ToldUntil + s_same) return default;
        call.ToldUntil = until;
        var reason = failure switch
        {
            null => "Kintone asked for a while without requests.",
            JsonException => "Kintone's answer was not the JSON it should be.",
            _ => failure.Message,
        };
        return call.Request.OnRetry?.Invoke(new(wait, until, reason, failure is null or KintoneException { IsOfLimit: true })) ?? default;
    }

    static SlotOutcome OutcomeOf(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable ? SlotOutcome.Overloaded
        : (int)status is >= 200 and < 300 ? SlotOutcome.Answered : SlotOutcome.Declined;

    static RetryCall CallOf(ResilienceContext context) => context.Properties.GetValue(s_call, null!);

    static int? IntHeader(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values)
        && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
