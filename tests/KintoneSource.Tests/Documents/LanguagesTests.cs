using System.Text.RegularExpressions;
using KintoneSource.Tests.Packaging;

namespace KintoneSource.Tests.Documents;

/// <summary>A page that is there in two languages says the same in both, as far as that can be seen without reading.</summary>
public partial class LanguagesTests
{
    [GeneratedRegex("`[^`]+`")]
    static partial Regex Code { get; }

    /// <summary>Every page below docs that has a Japanese one beside it.</summary>
    static readonly string[] s_names = [.. Directory.EnumerateFiles(Repository.Path("docs"), "*.ja.md")
        .Select(static p => Path.GetFileName(p).Replace(".ja.md", "", StringComparison.Ordinal)).Order()];

    public static TheoryData<string> Pages => [.. s_names];

    [Fact]
    public void What_somebody_needs_who_sets_a_sync_up_is_there_in_Japanese() =>
        Assert.Empty(((string[])["kintone", "field-types", "state", "certification"]).Except(s_names));

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_leads_to_the_other(string page)
    {
        Assert.Contains($"]({page}.ja.md)", Repository.Text($"docs/{page}.md"), StringComparison.Ordinal);
        Assert.Contains($"]({page}.md)", Repository.Text($"docs/{page}.ja.md"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Both_have_the_same_sections_and_as_many_rows(string page)
    {
        var (english, japanese) = (Lines(page, "md"), Lines(page, "ja.md"));
        Assert.Equal(english.Where(IsHeading).Select(Level), japanese.Where(IsHeading).Select(Level));
        // The Japanese guide has a table of types of its own; GuideTests holds the others.
        if (page != "kintone") Assert.Equal(english.Count(IsRow), japanese.Count(IsRow));
    }

    /// <summary>Names of fields, columns and members stand in the first cell of a row.</summary>
    [Theory]
    [InlineData("field-types")]
    [InlineData("state")]
    public void Rows_are_about_the_same_in_the_same_order(string page) =>
        Assert.Equal(Lines(page, "md").Where(IsRow).Select(Names), Lines(page, "ja.md").Where(IsRow).Select(Names));

    [Fact]
    public void Examples_of_values_and_schemas_are_the_same() =>
        Assert.Equal(Examples("md"), Examples("ja.md"));

    static IEnumerable<string> Examples(string language) => Lines("field-types", language).Where(IsRow).SelectMany(static l => Code.Matches(l))
        .Select(static m => m.Value)
        .Where(static c => c.StartsWith("`[", StringComparison.Ordinal) || c.StartsWith("`{", StringComparison.Ordinal)
        || c.StartsWith("`\"", StringComparison.Ordinal));

    static string[] Lines(string page, string language) => Repository.Text($"docs/{page}.{language}").Split('\n');

    static string Names(string row) => string.Join(' ', Code.Matches(row.Trim('|').Split(" | ")[0]).Select(static m => m.Value));

    static bool IsHeading(string line) => line.StartsWith('#');

    static int Level(string line) => line.TakeWhile(static c => c == '#').Count();

    static bool IsRow(string line) => line.StartsWith("| ", StringComparison.Ordinal);
}
