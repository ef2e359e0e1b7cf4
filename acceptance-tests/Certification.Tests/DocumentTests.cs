using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace KintoneSource.Certification.Tests;

/// <summary>The page about the certification says what the program takes, in both languages.</summary>
public sealed partial class DocumentTests
{
    [GeneratedRegex("KINTONE_[A-Z_]+")]
    private static partial Regex Variable();

    [GeneratedRegex("<a id=\"([a-z]+)\"></a>")]
    private static partial Regex Section();

    [Fact]
    public void Both_languages_name_every_variable_and_have_the_same_sections()
    {
        var read = Variable().Matches(File.ReadAllText(Path.Combine(Root(), "acceptance-tests", "Certification", "Settings.cs")))
            .Select(static match => match.Value).ToHashSet();
        var (english, japanese) = (Page("certification.md"), Page("certification.ja.md"));
        Assert.Equal(read.Order(), Variable().Matches(english).Select(static match => match.Value).Distinct().Order());
        Assert.Equal(read.Order(), Variable().Matches(japanese).Select(static match => match.Value).Distinct().Order());
        Assert.Equal(Section().Matches(english).Select(static match => match.Groups[1].Value),
            Section().Matches(japanese).Select(static match => match.Groups[1].Value));

        static string Page(string name) => File.ReadAllText(Path.Combine(Root(), "docs", name));
    }

    static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
