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
    [InlineData("*", null, false)]
    public void Names_match_whatever_machine_they_come_from(string? patterns, string? name, bool isWanted) => Assert.Equal(isWanted, new FileLimits(1, patterns).Wants(name));

    [Fact]
    public void The_same_files_have_the_same_text()
    {
        Assert.Equal(new FileLimits(5, "*.pdf, *.XLSX").ToString(), new FileLimits(5, "*.xlsx,*.pdf").ToString());
        Assert.NotEqual(new FileLimits(5, "*.pdf").ToString(), new FileLimits(6, "*.pdf").ToString());
        Assert.NotEqual(new FileLimits(5, "*.pdf").ToString(), new FileLimits(5, null).ToString());
        Assert.Equal("1500 MB", new FileLimits(1500, " ").ToString());
    }
}
