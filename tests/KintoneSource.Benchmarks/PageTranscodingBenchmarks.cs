using System.Text.Json;
using BenchmarkDotNet.Attributes;
using KintoneSource.Protocol;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Benchmarks;

/// <summary>One page of 500 records: our transcoder, its model, and what each cannot be faster than.</summary>
[MemoryDiagnoser]
public class PageTranscodingBenchmarks : IDisposable
{
    readonly byte[] _page = CustomerPage.Of(500);
    readonly byte[] _copy = CustomerPage.Of(500);
    readonly PageTranscoder _transcoder = new(CustomerPage.Columns, s_envelope);
    readonly ModelTranscoder _model = new(RecordLayout.Of(CustomerPage.Columns), s_envelope);
    readonly PageBuffer _output = new();
    readonly List<long> _ids = [];

    static readonly RecordEnvelope s_envelope = new(new("app_12_records"), DateTimeOffset.UnixEpoch);

    [GlobalCleanup]
    public void Dispose()
    {
        _output.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public int Transcoder()
    {
        _output.Clear();
        _ids.Clear();
        return _transcoder.Transcode(_page, _output, _ids).RecordCount;
    }

    [Benchmark]
    public int Model()
    {
        _output.Clear();
        _ids.Clear();
        return _model.Transcode(_page, _output, _ids).RecordCount;
    }

    [Benchmark]
    public int Tokens_only()
    {
        var reader = new Utf8JsonReader(_page);
        var tokens = 0;
        while (reader.Read()) tokens++;
        return tokens;
    }

    [Benchmark]
    public void Memory_copy() => _page.CopyTo(_copy, 0);
}
