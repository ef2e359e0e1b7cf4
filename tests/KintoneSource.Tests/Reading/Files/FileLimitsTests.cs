using KintoneSource.Reading.Files;

namespace KintoneSource.Tests.Reading.Files;

public class FileLimitsTests
{
    [Theory]
    [InlineData(null, "a.pdf", true)]
    [InlineData("", "a.pdf", true)]
    [InlineData("*.pdf", "見積.PDF", true)]
    [InlineData("*.pdf", "見積.pdf.exe", false)]
    [InlineData("*.pdf, 見積*", "見積書.xlsx", true)]
    [InlineData("*.pdf、*.xlsx", "a.xlsx", true)]
    [InlineData("?.txt", "ab.txt", false)]
    [InlineData("ガイド*", "ガイド.txt", true)] // from a Mac: the voicing mark stands apart
    [InlineData("ガイド*", "ｶﾞｲﾄﾞ.txt", true)]
    [InlineData("a\\*", "a\\b", true)]
    [InlineData("*.pdf", "見積（最終）．ｐｄｆ", true)]
    [InlineData("見積(*).pdf", "見積（1）.pdf", true)]
    [InlineData("＊．ｐｄｆ，見積？.xlsx", "見積1.xlsx", true)]
    [InlineData("10%引 #1.txt", "１０％引　＃１．ｔｘｔ", true)]
    [InlineData("「控」*", "｢控｣・.txt", true)]
    [InlineData("4月~5月.csv", "4月〜5月.csv", true)]
    [InlineData("4月~5月.csv", "4月～5月.csv", true)]
    [InlineData("a-b", "a－b", true)]
    [InlineData("*.pdf", "pdf", false)]
    [InlineData("*", null, false)]
    public void Names_match_whatever_machine_they_come_from(string? patterns, string? name, bool isWanted) =>
        Assert.Equal(isWanted, new FileLimits(1, patterns).Wants(name));

    /// <summary>Every character of ASCII that has a full-width form, in a pattern or in a name.</summary>
    [Fact]
    public void The_width_of_no_character_makes_a_difference() => Assert.All(Enumerable.Range('!', '~' - '!' + 1).Select(static c => (char)c), static c =>
    {
        var (half, full) = ($"a{c}b", $"a{(char)(c - '!' + '！')}b");
        if (c is not ',') Assert.True(new FileLimits(1, half).Wants(full), full);
        if (c is not ('*' or '?' or ',')) Assert.True(new FileLimits(1, full).Wants(half), half);
    });

    [Fact]
    public void The_same_files_have_the_same_text()
    {
        Assert.Equal(new FileLimits(5, "*.pdf, *.XLSX").ToString(), new FileLimits(5, "*.xlsx,*.pdf").ToString());
        Assert.NotEqual(new FileLimits(5, "*.pdf").ToString(), new FileLimits(6, "*.pdf").ToString());
        Assert.NotEqual(new FileLimits(5, "*.pdf").ToString(), new FileLimits(5, null).ToString());
        Assert.Equal("1500 MB", new FileLimits(1500, " ").ToString());
    }
}
