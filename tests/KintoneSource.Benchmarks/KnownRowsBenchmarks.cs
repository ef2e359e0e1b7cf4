using BenchmarkDotNet.Attributes;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Benchmarks;

/// <summary>The rows that a table's stream keeps: three for each of a million records, one record in a hundred edited.</summary>
[MemoryDiagnoser]
public class KnownRowsBenchmarks
{
    const int Records = 1_000_000, Edited = 100;

    readonly KnownRows _rows = new();
    string _encoded = "";
    int _page;

    [GlobalSetup]
    public void Fill()
    {
        for (var record = 1L; record <= Records; record++) _rows.Replace(record, Rows(record, record % Edited == 0));
        _encoded = _rows.Encode();
    }

    /// <summary>A STATE in the middle of a scan: what came since the last one went to eight blocks.</summary>
    [Benchmark]
    public string EncodeWhileFilling()
    {
        _page++;
        for (var worker = 1; worker <= 8; worker++)
        {
            var record = worker * 100_000L;
            _rows.Replace(record, Rows(record + _page, isEdited: true));
        }
        return _rows.Encode();
    }

    /// <summary>All of them, once per sync.</summary>
    [Benchmark]
    public long Decode() => KnownRows.Decode(_encoded).Count;

    static long[] Rows(long record, bool isEdited)
    {
        var first = (isEdited ? (3L * Records) + record : record) * 3;
        return [first, first + 1, first + 2];
    }
}
