using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Forms;
using KintoneSource.Protocol;
using KintoneSource.Testing;
using KintoneSource.Tests.Packaging;

namespace KintoneSource.Tests.Catalog;

/// <summary>docs/field-types.md says what the program does.</summary>
public class FieldTypesPageTests
{
    static readonly string s_page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../docs/field-types.md"));
    static readonly string[][] s_types = Table("Kintone type");
    static readonly Dictionary<string, string> s_schemas = Table("column | schema").ToDictionary(static r => r[0], static r => r[1]);

    [Fact]
    public void Every_type_is_on_the_page_once()
    {
        var withColumn = s_types.Select(static r => r[0].Split(' ')[0]).Distinct().Where(static t => t != "any");
        var without = s_page.Split('\n').Single(static l => l.StartsWith("Never in a record", StringComparison.Ordinal)).Split('`')
            .Where(static (_, i) => i % 2 == 1);

        Assert.Equal(
            FieldTypes.ByName.Keys.Order(StringComparer.Ordinal),
            withColumn.Concat(without).Order(StringComparer.Ordinal));
        Assert.All(without, static t => Assert.Null(FieldSchema.KindOf(Forms.Field("f", t))));
        Assert.Equal(s_types.Length, s_types.DistinctBy(static r => r[0]).Count());
    }

    [Fact]
    public void Every_schema_is_the_one_that_discover_sends() => Assert.All(s_types, static row =>
    {
        var field = Field(row[0]);
        var column = FieldSchema.ColumnOf(field, ColumnNames.FieldCode.For(Forms.Of(field)))!;
        Assert.Equal(RawJson.From(json => ColumnSchema.Write(json, column, static _ => null)).ToString(), s_schemas[row[1]]);
    });

    [Fact]
    public void Every_example_fits_its_schema()
    {
        foreach (var row in s_types)
        {
            _ = Forms.Json(row[2]);
            var schema = new SchemaCheck(s_schemas[row[1]]);
            Assert.Empty(schema.Problems(row[3]));
        }
    }

    [Fact]
    public void Every_example_of_a_name_is_true() =>
        Assert.All(Table("field code"), static row => Assert.Equal(row[1], AsciiName.Of(row[0])));

    [Theory]
    [InlineData("spec.json", @"(会社名) becomes ([a-z0-9_]+)", 1)]
    [InlineData("docs/kintone.md", @"(\w+) +→ +([a-z0-9_]+)\n", 3)]
    [InlineData("docs/kintone.ja.md", @"(\w+) +→ +([a-z0-9_]+)\n", 3)]
    public void So_is_every_one_elsewhere(string file, string example, int count)
    {
        var examples = Regex.Matches(Repository.Text(file), example);
        Assert.Equal(count, examples.Count);
        Assert.All(examples, static e => Assert.Equal(e.Groups[2].Value, AsciiName.Of(e.Groups[1].Value)));
    }

    [Theory] // two fields of one label, and two of labels with one reading
    [InlineData("docs/field-types.md", "label")]
    [InlineData("docs/field-types.ja.md", "ラベル")]
    [InlineData("spec.json", @"(会社名) with label_ascii is ([a-z0-9_]+)")]
    public void So_is_every_example_of_a_label(string file, string example)
    {
        if (file == "spec.json")
        {
            var label = Regex.Match(Repository.Text(file), example);
            Assert.Equal(label.Groups[2].Value, ColumnNames.LabelAscii.For(Forms.Of(new FormField("f", label.Groups[1].Value, "NUMBER"))).Of("f"));
            return;
        }
        var rows = Table(example, Repository.Text(file));
        Assert.InRange(rows.Length, 6, 20);
        var form = Forms.Of(rows.Select(static row => new FormField(row[1], row[0], "NUMBER")));
        var (labels, ascii) = (ColumnNames.Label.For(form), ColumnNames.LabelAscii.For(form));
        Assert.All(rows, row => Assert.Equal((row[2], row[3]), (labels.Of(row[1]), ascii.Of(row[1]))));
    }

    static FormField Field(string type) => type.Split(' ') switch
    {
        ["SUBTABLE"] => Forms.Table("f", Forms.Field("数量", "NUMBER")),
        [var name, var format] => Forms.Field("f", name) with { Format = format },
        [var name] => Forms.Field("f", name),
        _ => Forms.Field("f", "HOLOGRAM"),
    };

    /// <summary>The rows of the table whose head begins so, without the marks of code.</summary>
    static string[][] Table(string head, string? page = null) => [.. (page ?? s_page).Split('\n')
        .SkipWhile(l => !l.StartsWith($"| {head}", StringComparison.Ordinal)).Skip(2).TakeWhile(static l => l.StartsWith('|'))
        .Select(static l => l.Trim('|', ' ').Split(" | ").Select(static c => c.Replace("`", "", StringComparison.Ordinal)).ToArray())];

    static string ThisFile([CallerFilePath] string path = "") => path;
}
