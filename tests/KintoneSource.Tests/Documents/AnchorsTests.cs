using System.Text.RegularExpressions;
using KintoneSource.Tests.Packaging;

namespace KintoneSource.Tests.Documents;

public partial class AnchorsTests
{
    [GeneratedRegex(@"\]\(([^)#\s:]*)#([^)\s]+)\)")]
    static partial Regex LinkWithAnchor { get; }

    [Fact]
    public void Links_to_a_section_lead_to_one()
    {
        string[] documents = [.. Directory.EnumerateFiles(Repository.Path("."), "*.md"),
            .. Directory.EnumerateFiles(Repository.Path("docs"), "*.md", SearchOption.AllDirectories)];
        var links =
            from document in documents
            from Match link in LinkWithAnchor.Matches(File.ReadAllText(document))
            let target = link.Groups[1].Value is { Length: > 0 } other ? Path.Combine(Path.GetDirectoryName(document)!, other) : document
            select (From: document, To: target, Anchor: link.Groups[2].Value);

        Assert.True(links.Count() > 40, "the links were not found");
        Assert.All(links.Distinct(), static link => Assert.True(
            new Page(link.To).Anchors.Contains(link.Anchor), $"{link.From}: there is no #{link.Anchor} in {Path.GetFileName(link.To)}"));
    }
}
