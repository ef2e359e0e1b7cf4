using BenchmarkDotNet.Attributes;
using KintoneSource.Catalog;

namespace KintoneSource.Benchmarks;

/// <summary>Field codes to column names: once per field and sync, so what counts is that nobody notices.</summary>
[MemoryDiagnoser]
public class ColumnNameBenchmarks
{
    static readonly string[] s_codes =
        ["レコード番号", "会社名", "カイシャメイ", "お客様ﾌﾘｶﾞﾅ", "納期(希望)", "Amount", "数値_0", "ドロップダウン_12", "_kintone_id", "$id"];

    [Params("field_code", "ascii")]
    public string Names { get; set; } = "";

    [Benchmark(OperationsPerInvoke = 10)]
    public int Name()
    {
        var (names, length) = (Names == "ascii" ? ColumnNames.Ascii : ColumnNames.FieldCode, 0);
        foreach (var code in s_codes) length += names.Of(code).Length;
        return length;
    }
}
