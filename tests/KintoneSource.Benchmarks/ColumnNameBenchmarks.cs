using BenchmarkDotNet.Attributes;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Forms;

namespace KintoneSource.Benchmarks;

/// <summary>Field codes to column names: once per field and sync, so what counts is that nobody notices.</summary>
[MemoryDiagnoser]
public class ColumnNameBenchmarks
{
    static readonly string[] s_codes =
        ["レコード番号", "会社名", "カイシャメイ", "お客様ﾌﾘｶﾞﾅ", "納期(希望)", "Amount", "数値_0", "ドロップダウン_12", "_kintone_id", "$id"];

    static readonly Form s_form = new("1", [.. s_codes.Select(static code => new FormField(code, code, "SINGLE_LINE_TEXT"))]);

    [Params("field_code", "ascii", "label", "label_ascii")]
    public string Names { get; set; } = "";

    ColumnNames Rule => Names switch
    {
        "ascii" => ColumnNames.Ascii,
        "label" => ColumnNames.Label,
        "label_ascii" => ColumnNames.LabelAscii,
        _ => ColumnNames.FieldCode,
    };

    [Benchmark(OperationsPerInvoke = 10)]
    public int Name()
    {
        var (names, length) = (Rule.For(s_form), 0);
        foreach (var code in s_codes) length += names.Of(code).Length;
        return length;
    }
}
