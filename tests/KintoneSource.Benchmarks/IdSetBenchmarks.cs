using BenchmarkDotNet.Attributes;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Benchmarks;

/// <summary>The ids that an incremental stream keeps: a million of them, some in a hundred missing.</summary>
[MemoryDiagnoser]
public class IdSetBenchmarks
{
    const int Ids = 1_000_000;

    readonly IdSet _set = new();
    long[] _ids = [];
    string _encoded = "";

    [Params(1, 10)]
    public int PercentMissing { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _ids = [.. Sparse(PercentMissing).Take(Ids)];
        _set.AddRange(_ids);
        _encoded = _set.Encode();
    }

    /// <summary>Page by page, as a scan does.</summary>
    [Benchmark(OperationsPerInvoke = Ids)]
    public long Add()
    {
        var set = new IdSet();
        for (var i = 0; i < Ids; i += 500) set.AddRange(_ids.AsSpan(i, 500));
        return set.Count;
    }

    [Benchmark(OperationsPerInvoke = Ids)]
    public int Contains()
    {
        var found = 0;
        foreach (var id in _ids) found += _set.Contains(id) ? 1 : 0;
        return found;
    }

    /// <summary>The whole set, of which nothing has changed since it was encoded last.</summary>
    [Benchmark]
    public string Encode() => _set.Encode();

    /// <summary>A STATE in the middle of a scan: ids came to eight chunks since the last one.</summary>
    [Benchmark]
    public string EncodeWhileFilling()
    {
        for (var worker = 0; worker < 8; worker++)
        {
            var id = _ids[worker * (Ids / 8)];
            _set.Remove(id);
            _set.Add(id);
        }
        return _set.Encode();
    }

    /// <summary>The whole set, once per sync.</summary>
    [Benchmark]
    public long Decode() => IdSet.Decode(_encoded).Count;

    static IEnumerable<long> Sparse(int percentMissing)
    {
        var random = new Random(12);
        for (var id = 1L; ; id++)
            if (random.Next(100) >= percentMissing) yield return id;
    }
}
