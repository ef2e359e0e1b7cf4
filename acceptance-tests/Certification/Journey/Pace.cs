using System.Diagnostics;

namespace KintoneSource.Certification;

/// <param name="AtOnce">How many requests were under way at a time.</param>
/// <param name="Stopped">Kintone said that there were too many; nothing more was asked.</param>
public sealed record PaceResult(int AtOnce, int Pages, double PagesPerSecond, TimeSpan Median, long BytesPerPage, int? MostRunning, bool Stopped);

/// <summary>How many pages per second Kintone gives at 1, 4 and 8 requests at once: few requests, and none after the first refusal.</summary>
public static class Pace
{
    public static async Task<IReadOnlyList<PaceResult>> MeasureAsync(KintoneClient kintone, TestApp app)
    {
        ArgumentNullException.ThrowIfNull(kintone);
        ArgumentNullException.ThrowIfNull(app);
        var path = $"/k/v1/records.json?app={app.Id}&query={Uri.EscapeDataString("$id > 0 order by $id asc limit 500")}";
        await kintone.SendOnceAsync(HttpMethod.Get, path);
        var results = new List<PaceResult>();
        foreach (var atOnce in new[] { 1, 4, 8 })
        {
            results.Add(await MeasureAsync(kintone, path, atOnce));
            if (results[^1].Stopped)
                break;
        }
        return results;
    }

    static async Task<PaceResult> MeasureAsync(KintoneClient kintone, string path, int atOnce)
    {
        var left = 6 * atOnce;
        var stopped = false;
        var answers = new System.Collections.Concurrent.ConcurrentBag<(KintoneAnswer Answer, TimeSpan Took)>();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(async _ =>
        {
            while (!Volatile.Read(ref stopped) && Interlocked.Decrement(ref left) >= 0)
            {
                var started = watch.Elapsed;
                var answer = await kintone.SendOnceAsync(HttpMethod.Get, path);
                if (answer.IsOk)
                    answers.Add((answer, watch.Elapsed - started));
                else
                    Volatile.Write(ref stopped, true);
            }
        }));
        var took = watch.Elapsed;
        var times = answers.Select(static answer => answer.Took).Order().ToList();
        return new(atOnce, answers.Count, answers.Count / took.TotalSeconds, times.Count == 0 ? TimeSpan.Zero : times[times.Count / 2],
            answers.IsEmpty ? 0 : answers.Max(static answer => answer.Answer.Body.Length),
            answers.Select(static answer => answer.Answer.Headers.TryGetValue("X-ConcurrencyLimit-Running", out var running)
                && int.TryParse(running, out var count) ? count : (int?)null).Max(), stopped);
    }
}
