using BenchmarkDotNet.Attributes;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;
using KintoneSource.Reading.States;

namespace KintoneSource.Benchmarks;

/// <summary>A STATE message of a scan under way, as it is written every 10,000 records; and read again at the next sync.</summary>
[MemoryDiagnoser]
public class StateBenchmarks : IDisposable
{
    static readonly StreamDescriptor s_stream = new("app_12_records");
    static readonly DateTimeOffset s_now = new(2026, 5, 1, 3, 2, 0, TimeSpan.Zero);

    readonly SecretMask _mask = new();
    readonly IdSet _known = new();
    MessageWriter _writer = null!;
    System.Text.Json.JsonDocument _state = null!;

    /// <summary>Ids known so far; the state holds them all.</summary>
    [Params(0, 100_000, 1_000_000)]
    public int KnownIds { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _mask.Add(["a password", "a token of an app"]);
        for (var id = 1; id <= KnownIds * 100L / 99; id++)
            if (id % 100 != 0) _known.Add(id);
        _writer = new(Stream.Null, _mask);
        _state = System.Text.Json.JsonDocument.Parse(State().ToString());
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _state?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public ValueTask Write() => _writer.WriteAsync(AirbyteMessage.StreamState(s_stream, State(), 10_000), CancellationToken.None);

    [Benchmark]
    public long Read() => IdSet.Decode(RecordsState.Parse("app_12_records", _state.RootElement)!.KnownIds!).Count;

    RawJson State() => new RecordsState(true, s_now, 2_000_000, s_now, Scan(), _known.Encode(), 3, "0f343b0931126a20f133d67c2b018a3b").ToJson();

    static ScanState Scan() => new(null, null, s_now, [.. Enumerable.Range(0, 8).Select(static i => new IdRange(i * 100_000, (i * 100_000) + 40_000))]);
}
