using System.Diagnostics;

namespace KintoneSource.Fuzz;

/// <summary>Something that must not be: an exception of another kind than declared, a hang, too much memory, or a difference from the model.</summary>
/// <param name="Index">With the seed it makes the input again.</param>
public sealed record Finding(string Target, int Seed, long Index, string What, ReadOnlyMemory<byte> Input)
{
    public override string ToString() =>
        $"{Target}: {What}\n  again: dotnet run -c Release --project tests/KintoneSource.Fuzz -- {Target} --seed {Seed} --only {Index}\n  input "
            + $"({Input.Length} bytes, base64): {Convert.ToBase64String(Input.Span[..Math.Min(Input.Length, 600)])}";
}

/// <param name="Accepted">Inputs that were read as meaningful; the rest was refused as declared.</param>
/// <param name="Kept">Inputs that reached new code, where coverage guides the run.</param>
public sealed record FuzzResult(string Target, long Inputs, long Accepted, TimeSpan Elapsed, int Kept, Finding? Finding)
{
    public override string ToString() =>
        $"{Target}: {Inputs:N0} inputs in {Elapsed.TotalSeconds:N0} s ({Inputs / Math.Max(0.001, Elapsed.TotalSeconds):N0} per second), {Accepted:N0} of "
            + $"them accepted{(Kept > 0 ? $", {Kept:N0} reached new code" : "")}, {(Finding is null ? "nothing found" : "FOUND")}";
}

/// <summary>How far a run goes.</summary>
/// <param name="Only">One input, to look at what was found.</param>
public sealed record FuzzLimits(int Seed, long Inputs = long.MaxValue, TimeSpan? Time = null, long? Only = null);

/// <summary>
/// Feeds a target with inputs, each a function of the seed and its number, until the limits or the first finding. With
/// <see cref="Coverage"/> switched on, what reached new code is mutated further: then an input depends on those before it.
/// </summary>
public static class Fuzzer
{
    public static IReadOnlyList<string> Targets { get; } = [.. FuzzTarget.All.Keys];

    /// <param name="progress">Hears of the run every few seconds.</param>
    /// <param name="mark">Hears the number of every input before it is tried: what a crash of the process leaves behind.</param>
    public static FuzzResult Run(string name, FuzzLimits limits, Action<FuzzResult>? progress = null, Action<long>? mark = null)
    {
        ArgumentNullException.ThrowIfNull(limits);
        using var target = FuzzTarget.All[name]();
        var (watch, told) = (Stopwatch.StartNew(), TimeSpan.Zero);
        var (accepted, tried) = (0L, 0L);
        List<byte[]> kept = [];
        for (var index = limits.Only ?? 0; tried < limits.Inputs && !(watch.Elapsed > limits.Time); index++)
        {
            mark?.Invoke(index);
            var dice = new Dice(limits.Seed, index);
            var input = kept.Count > 0 && dice.OneIn(2) ? ByteMutation.Of(kept[dice.Next(kept.Count)], dice, target.Dictionary, kept) : target.Make(dice);
            Coverage.Clear();
            var (isAccepted, what) = Try(target, input);
            tried++;
            if (isAccepted) accepted++;
            if (what is not null) return Result(new(name, limits.Seed, index, what, input));
            if (Coverage.IsNew() && input.Length < 64 * 1024) kept.Add(input);
            if (limits.Only is not null) break;
            if (progress is not null && watch.Elapsed - told > TimeSpan.FromSeconds(20))
            {
                told = watch.Elapsed;
                progress(Result(null));
            }
        }
        return Result(null);

        FuzzResult Result(Finding? finding) => new(name, tried, accepted, watch.Elapsed, kept.Count, finding);
    }

    /// <summary>Once; and again a few times where it took long, because a busy machine takes long too.</summary>
    static (bool Accepted, string? What) Try(FuzzTarget target, byte[] input)
    {
        TimeSpan? fastest = null;
        for (var attempt = 0; attempt < 4; attempt++)
        {
            var (allocated, watch) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.StartNew());
            bool isAccepted;
            try { isAccepted = target.Try(input); }
#pragma warning disable CA1031 // whatever it is, it is what the fuzzer looks for
            catch (Exception e) { return (false, e is DifferenceException ? e.Message : e.ToString()); }
#pragma warning restore CA1031
            (allocated, var elapsed) = (GC.GetAllocatedBytesForCurrentThread() - allocated, watch.Elapsed);
            if (allocated > target.MostMemory(input.Length)) return (isAccepted, $"it took {allocated:N0} bytes of memory for an input of {input.Length:N0}");
            if (elapsed <= target.Longest) return (isAccepted, null);
            fastest = elapsed < fastest ? elapsed : fastest ?? elapsed;
        }
        return (false, $"it took {fastest!.Value.TotalSeconds:N1} s");
    }
}

/// <summary>The code says something else than its model, or breaks a promise about what it says.</summary>
sealed class DifferenceException(string message) : Exception(message);
