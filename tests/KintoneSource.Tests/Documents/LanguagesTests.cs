using System.Text.RegularExpressions;
using KintoneSource.Tests.Packaging;

namespace KintoneSource.Tests.Documents;

/// <summary>A page that is there in two languages says the same in both, as far as that can be seen without reading.</summary>
public partial class LanguagesTests
{
    [GeneratedRegex("`[^`]+`")]
    static partial Regex Code { get; }

    /// <summary>Every page below docs that has a Japanese one beside it.</summary>
    static readonly string[] s_names =
    [
        .. Directory.EnumerateFiles(Repository.Path("docs"), "*.ja.md", SearchOption.AllDirectories)
            .Select(static p => Path.GetRelativePath(Repository.Path("docs"), p).Replace('\\', '/').Replace(".ja.md", "", StringComparison.Ordinal)).Order(),
    ];

    public static TheoryData<string> Pages => [.. s_names];

    [Fact]
    public void What_somebody_needs_who_sets_a_sync_up_is_there_in_Japanese() =>
        Assert.Empty(((string[])["kintone", "field-types", "state", "certification", "warehouse/README"]).Except(s_names));

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_leads_to_the_other(string page)
    {
        var name = Path.GetFileName(page);
        Assert.Contains($"]({name}.ja.md)", Repository.Text($"docs/{page}.md"), StringComparison.Ordinal);
        Assert.Contains($"]({name}.md)", Repository.Text($"docs/{page}.ja.md"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Both_have_the_same_sections(string page) =>
        Assert.Equal(
            Sections($"{page}.md").Select(static s => (s.Level, s.Id)),
            Sections($"{page}.ja.md").Select(static s => (s.Level, s.Id)));

    /// <summary>Whatever one language says alone shows: a table's row, a step, an example, a link, a name that stands in code.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_section_has_the_same_tables_lists_examples_links_and_names(string page)
    {
        foreach (var (english, japanese) in Sections($"{page}.md").Zip(Sections($"{page}.ja.md")))
        {
            Assert.Equal(Shape(english), Shape(japanese));
            Assert.Equal((english.Heading, Links(english)), (english.Heading, Links(japanese)));
            Assert.Equal((english.Heading, Names(english)), (english.Heading, Names(japanese)));
        }

        static string Shape(Section s)
        {
            var (rows, items, fences) = (s.Lines.Count(IsRow), s.Lines.Count(static l => Item.IsMatch(l)), s.Lines.Count(static l => Fence.IsMatch(l)));
            return $"{s.Id}: {rows} rows, {items} items, {fences / 2} examples";
        }

        static string Links(Section s) =>
            string.Join('\n', s.Prose.SelectMany(static l => Link.Matches(l)).Select(static m => Page(m.Groups[1].Value)).Order());

        static string Names(Section s) => string.Join(
            '\n',
            s.Prose.SelectMany(static l => Code.Matches(l)).Select(static m => m.Value)
                .Where(static c => !c.Contains('"', StringComparison.Ordinal)).Distinct().Order());

        // A heading without an id of its own has one from its words, which are not the same.
        static string Page(string link) => PageLink.Match(link) is { Success: true } page ? $"{page.Groups[1].Value}.{page.Groups[2].Value}" : link;
    }

    /// <param name="Id">Its own, where it has one.</param>
    sealed record Section(string Heading, int Level, string Id, List<string> Lines)
    {
        /// <summary>Without examples, which GuideTests compares.</summary>
        public IEnumerable<string> Prose
        {
            get
            {
                var isExample = false;
                foreach (var line in Lines)
                {
                    if (Fence.IsMatch(line)) isExample = !isExample;
                    else if (!isExample) yield return line;
                }
            }
        }
    }

    [GeneratedRegex(@"^\s*(-|\d+\.) ")]
    static partial Regex Item { get; }

    [GeneratedRegex(@"^\s*```")]
    static partial Regex Fence { get; }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    static partial Regex Link { get; }

    [GeneratedRegex(@"^([\w./-]+?)(?:\.ja)?\.(md|svg)(?:#.*)?$")]
    static partial Regex PageLink { get; }

    [GeneratedRegex("""^<a id="([^"]+)"></a>$""")]
    static partial Regex IdLine { get; }

    static List<Section> Sections(string file)
    {
        var sections = new List<Section> { new("", 0, "", []) };
        var (id, isExample) = ("", false);
        foreach (var line in Repository.Text($"docs/{file}").Split('\n'))
        {
            if (Fence.IsMatch(line)) isExample = !isExample;
            if (IdLine.Match(line) is { Success: true } own) id = own.Groups[1].Value;
            else if (isExample || !IsHeading(line)) sections[^1].Lines.Add(line);
            else
            {
                sections.Add(new(line, Level(line), id, []));
                id = "";
            }
        }
        return sections;
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
