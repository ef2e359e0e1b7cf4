using System.Text.Json;
using BenchmarkDotNet.Attributes;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Benchmarks;

/// <summary>One page of 500 records: our transcoder, its model, and what each cannot be faster than.</summary>
[MemoryDiagnoser]
public class PageTranscodingBenchmarks : IDisposable
{
    readonly byte[] _page = CustomerPage.Of(500);
    readonly byte[] _copy = CustomerPage.Of(500);
    readonly byte[][] _elsewhere = QuickMeasurement.ElsewhereInEach();
    readonly PageTranscoder _transcoder = new(s_layout);
    readonly ModelTranscoder _model = new(s_layout);
    readonly PageLines _output = new(1);
    int _next;

    static readonly PageLayout s_layout = PageLayout.Of([PageStream.OfRecords(CustomerPage.Columns, new(new("app_12_records"), DateTimeOffset.UnixEpoch))]);

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
        return _transcoder.Transcode(_page, _output).RecordCount;
    }

    [Benchmark]
    public int Ids_elsewhere_in_every_page()
    {
        _output.Clear();
        return _transcoder.Transcode(_elsewhere[_next++ % _elsewhere.Length], _output).RecordCount;
    }

    [Benchmark]
    public int Model()
    {
        _output.Clear();
        return _model.Transcode(_page, _output).RecordCount;
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
