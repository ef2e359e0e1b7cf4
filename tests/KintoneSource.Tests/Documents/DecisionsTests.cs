using System.Text.RegularExpressions;
using KintoneSource.Tests.Packaging;

namespace KintoneSource.Tests.Documents;

/// <summary>A decision is named by its number, in pages and in comments.</summary>
public partial class DecisionsTests
{
    [GeneratedRegex(@"\A# (\d+)\. ")]
    static partial Regex Title { get; }

    [GeneratedRegex(@"docs/decisions/(\d{4})\b")]
    static partial Regex Mention { get; }

    static string[] Numbers => [.. Directory.EnumerateFiles(Repository.Path("docs/decisions"), "*.md").Select(static file => Path.GetFileName(file)[..4])];

    [Fact]
    public void A_number_is_given_once() =>
        Assert.Empty(Numbers.CountBy(static number => number).Where(static n => n.Value > 1).Select(static n => n.Key));

    [Fact]
    public void A_page_has_its_files_number() => Assert.All(Directory.EnumerateFiles(Repository.Path("docs/decisions"), "*.md"), static file =>
        Assert.Equal(Path.GetFileName(file)[..4], Title.Match(File.ReadAllText(file)).Groups[1].Value.PadLeft(4, '0')));

    [Fact]
    public void Comments_name_decisions_that_there_are()
    {
        var mentions = Directory.EnumerateFiles(Repository.Path("src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(static file => Mention.Matches(File.ReadAllText(file)).Select(mention => (file, Number: mention.Groups[1].Value))).ToList();
        Assert.NotEmpty(mentions);
        Assert.All(mentions, static mention => Assert.Contains(mention.Number, Numbers));
    }
}
