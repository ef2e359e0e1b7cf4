using System.Text.Json;
using System.Text.RegularExpressions;

namespace KintoneSource.Tests.Packaging;

/// <summary>What is written for people stays true: links lead somewhere, examples are well formed.</summary>
public partial class DocumentsTests
{
    static readonly string[] s_documents =
    [
        .. Directory.EnumerateFiles(Repository.Path("."), "*.md"),
        .. Directory.EnumerateFiles(Repository.Path("docs"), "*.md", SearchOption.AllDirectories),
        .. Directory.EnumerateFiles(Repository.Path(".github"), "*.md"),
    ];

    [GeneratedRegex(@"\]\(([^)#\s]+)(?:#[^)]*)?\)")]
    static partial Regex Link { get; }

    [GeneratedRegex("(?ms)^```json\n(.*?)^```")]
    static partial Regex JsonExample { get; }

    /// <summary>A path inside backticks that starts at a folder of the repository's top level.</summary>
    [GeneratedRegex(@"`((?:src|tests|acceptance-tests|docs|\.ci)/[\w./-]+)`")]
    static partial Regex MentionedPath { get; }

    [Fact]
    public void Links_inside_the_repository_lead_to_a_file()
    {
        var broken =
            from document in s_documents
            from Match link in Link.Matches(File.ReadAllText(document))
            let target = link.Groups[1].Value
            where !target.Contains("://", StringComparison.Ordinal)
            where !Path.Exists(Path.Combine(Path.GetDirectoryName(document)!, target))
            select $"{Path.GetFileName(document)}: {target}";
        Assert.Empty(broken);
    }

    [Fact]
    public void Paths_that_documents_mention_exist()
    {
        var missing =
            from document in s_documents
            from Match path in MentionedPath.Matches(File.ReadAllText(document))
            where !Path.Exists(Repository.Path(path.Groups[1].Value))
            select $"{Path.GetFileName(document)}: {path.Groups[1].Value}";
        Assert.Empty(missing);
    }

    [Fact]
    public void Examples_in_JSON_are_JSON()
    {
        var examples = s_documents.SelectMany(static d => JsonExample.Matches(File.ReadAllText(d)).Select(static m => m.Groups[1].Value)).ToArray();
        Assert.NotEmpty(examples);
        Assert.All(examples, static example => JsonDocument.Parse(example).Dispose());
    }

    [Fact]
    public void The_size_of_the_records_that_were_measured_is_the_same_wherever_it_stands()
    {
        var sizes =
            from file in (string[])["README.md", "docs/benchmarks.md", "docs/benchmarks/peers.svg"]
            let size = RecordSize.Match(Repository.Text(file))
            select size.Success ? size.Groups[1].Value : $"{file} says none";
        Assert.Single(sizes.Distinct());
    }

    [GeneratedRegex(@"records of about ([\d.]+ kB)")]
    static partial Regex RecordSize { get; }

    [Theory]
    [InlineData("dotnet run ")]
    [InlineData("dotnet test")]
    public void The_readme_gives_each_command_that_CI_runs_once(string start) =>
        Assert.Single(Repository.Text("README.md").Split('\n'), line => line.StartsWith(start, StringComparison.Ordinal));
}
