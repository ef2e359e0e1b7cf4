using System.Collections.Concurrent;
using System.Globalization;
using KintoneSource.Protocol;
using Polly;

namespace KintoneSource.Kintone.Http;

/// <summary>
/// The one gate to a domain, which every attempt passes: how many at once, until when nobody may go, whether the domain is down, which
/// credentials were refused. What one request learns of these holds for all. Thread-safe.
/// </summary>
/// <param name="ceiling">So many requests at once at most.</param>
sealed class DomainGate(TimeProvider time, Patience patience, int ceiling) : IDisposable
{
    readonly Lock _lock = new();
    readonly CancellationTokenSource _end = new();
    readonly ConcurrentDictionary<string, KintoneException> _refused = new(StringComparer.Ordinal);
    ConnectorException? _ending;
    long _opensAt;
    long? _answeredAt, _silentSince;

    public TimeProvider Time => time;

    public Patience Patience => patience;

    public AdaptiveLimiter Limiter { get; } = new(ceiling);

    /// <summary>Kintone has answered: it is there, and what stands in between lets requests through.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>Why nothing goes out any more; null while something does.</summary>
    public ConnectorException? Ending => Volatile.Read(ref _ending);

    /// <summary>Cancelled when <see cref="Ending"/> comes to be: nobody goes on waiting for what will not come.</summary>
    public CancellationToken Ended => _end.Token;

    /// <summary>For so long nobody goes out; zero or less while the gate is open.</summary>
    public TimeSpan ClosedFor { get { lock (_lock) return time.GetElapsedTime(time.GetTimestamp(), _opensAt); } }

    /// <summary>Waits for a slot and until requests may go out. The slot must be released exactly once.</summary>
    /// <param name="credential">What it will go out with.</param>
    /// <param name="wait">Hears how long the gate is closed for whoever has come to it.</param>
    /// <exception cref="ConnectorException">Nothing goes out any more, or nothing with this credential.</exception>
    public async ValueTask<Slot> EnterAsync(int priority, string credential, Func<TimeSpan, ValueTask> wait, CancellationToken ct)
    {
        var slot = await Limiter.AcquireAsync(priority, ct);
        try
        {
            for (TimeSpan closed; (closed = ClosedFor) > TimeSpan.Zero;)
            {
                await wait(closed);
                await Task.Delay(closed, time, ct);
            }
            return (Ending ?? _refused.GetValueOrDefault(credential)) is { } refusal ? throw refusal : slot;
        }
        catch
        {
            Limiter.Release(slot, SlotOutcome.Unknown);
            throw;
        }
    }

    /// <summary>What is left of patience, with the request or with the domain.</summary>
    public TimeSpan Left(RetryCall call)
    {
        var (own, silence) = (Elapsed(call.Started), TimeSpan.Zero);
        lock (_lock) silence = Elapsed(_silentSince);
        return patience.Total - (own > silence ? own : silence);
    }

    /// <summary>Something was answered as asked, or at least by Kintone itself.</summary>
    public void NoteAnswer(bool isGood)
    {
        lock (_lock)
        {
            (_answeredAt, _silentSince) = (time.GetTimestamp(), null);
            HasAnswered |= isGood;
        }
    }

    /// <summary>An attempt brought no answer. Call before its slot is released: what it says of the next ones holds at once.</summary>
    public void NoteFailure(RetryCall call, Exception failure)
    {
        lock (_lock) _silentSince ??= _answeredAt > call.AttemptStarted ? _answeredAt : call.AttemptStarted;
        if (failure is ConfigurationException distrust) End(distrust);
        if (failure is KintoneException { RetryAfter: { } asked }) Close(asked, failure.Message);
    }

    /// <summary>Kintone refused for good. Call before the slot is released.</summary>
    public void NoteRefusal(KintoneException refusal, string credential)
    {
        if (refusal.Code is not null) NoteAnswer(isGood: false);
        if (refusal.Reach == Reach.Domain) End(refusal);
        else if (refusal.Reach == Reach.Credential) _refused.TryAdd(credential, refusal);
    }

    /// <summary>What ends a request that used up its patience. Where nothing else was answered meanwhile, it ends everything.</summary>
    public ConnectorException GiveUp(RetryCall call, Exception failure, string reason)
    {
        var times = call.Failures == 1 ? "one attempt" : $"{call.Failures} attempts";
        var asked = failure is KintoneException { RetryAfter: { } wait } && wait > Left(call) ? AskedFor(wait) : "";
        var isDown = false;
        // The next question, of whoever gave up one file or one record's comments, tells whether it is the domain.
        lock (_lock) isDown = !call.Request.IsOfOneItem && _silentSince is { } since
            && (since <= call.Started || Elapsed(since) > patience.Total - patience.LongestBackOff);
        var gaveUp = $"{asked}{reason} Gave up {call.Request.Purpose} after {times} in {Elapsed(call.Started).TotalSeconds:0} s"
            + $"{(isDown ? "; nothing else was answered either." : ".")}";
        var exception = new TransientException(failure is KintoneException { IsOfLimit: true }
            ? "Kintone's limit on requests stood in the way all the time: move this sync to another hour, when fewer syncs and integrations run "
                + $"(they often start on the hour, and at night), or lower max_concurrent_requests here and in other syncs of the domain. {gaveUp}"
            : gaveUp, failure as KintoneException);
        return isDown ? End(exception) : exception;
    }

    /// <summary>Nobody goes out for so long. Where that is longer than anybody has patience for, nobody waits for it.</summary>
    void Close(TimeSpan wait, string reason)
    {
        var left = TimeSpan.Zero;
        lock (_lock)
        {
            left = patience.Total - Elapsed(_silentSince);
            if (wait <= left) _opensAt = Math.Max(_opensAt, time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency));
        }
        if (wait > left) End(new TransientException(string.Create(CultureInfo.InvariantCulture,
            $"{AskedFor(wait)}{reason} Of the {patience.Total.TotalSeconds:N0} s that are waited for an answer, {Math.Max(0, left.TotalSeconds):N0} s are "
                + $"left.")));
    }

    static string AskedFor(TimeSpan wait) => string.Create(CultureInfo.InvariantCulture, $"Kintone asked for {wait.TotalSeconds:N0} s without requests. ");

    /// <returns>The first reason, which counts for all.</returns>
    ConnectorException End(ConnectorException reason)
    {
        if (Interlocked.CompareExchange(ref _ending, reason, null) is { } first) return first;
        _end.Cancel();
        return reason;
    }

    TimeSpan Elapsed(long? since) => since is { } start ? time.GetElapsedTime(start) : TimeSpan.Zero;

    public void Dispose() => _end.Dispose();
}

/// <summary>One request through all its attempts.</summary>
sealed class RetryCall(KintoneRequest request, ResilienceContext context)
{
    public KintoneRequest Request => request;

    /// <summary>Ends with who asks, and with the domain.</summary>
    public ResilienceContext Context => context;

    /// <summary>Timestamp of when the first attempt held its slot, or a file got further than it had been.</summary>
    public long? Started { get; set; }

    /// <summary>Timestamp.</summary>
    public long AttemptStarted { get; set; }

    /// <summary>Bytes of a file that the attempt which got furthest has had.</summary>
    public long Furthest { get; set; }

    public int Failures { get; set; }
    public int Malformed { get; set; }

    /// <summary>The answer needs all the memory there is.</summary>
    public bool NeedsAllMemory { get; set; }

    /// <summary>People know that it waits until then.</summary>
    public DateTimeOffset ToldUntil { get; set; }

    /// <summary>Another try is of no use.</summary>
    public bool IsFinal { get; set; }
}
