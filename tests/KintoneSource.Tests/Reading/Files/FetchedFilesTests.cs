using CsCheck;
using KintoneSource.Protocol;
using KintoneSource.Reading.Files;

namespace KintoneSource.Tests.Reading.Files;

public class FetchedFilesTests
{
    [Fact]
    public void What_was_written_is_read() => Gen.Select(Gen.ULong[0, 100], Gen.ULong).List[0, 300].Sample(static noted =>
    {
        var files = new FetchedFiles();
        foreach (var (row, file) in noted) files.Note(row, file);
        var read = FetchedFiles.Decode(files.Encode());
        Assert.Equal(files.Encode(), read.Encode());
        Assert.All(noted.GroupBy(static n => n.Item1), row => Assert.True(read.Contains(row.Key, row.Last().Item2)));
        Assert.Equal(noted.Select(static n => n.Item1).Distinct().Count(), read.Count);
    });

    /// <summary>What a state is that knows 200,000 files: none is fetched again by a re-read because of their number.</summary>
    [Fact]
    public void Two_hundred_thousand_files_are_remembered_in_less_than_five_megabytes()
    {
        var files = new FetchedFiles();
        for (var i = 1UL; i <= 200_000; i++) files.Note(i * 0x9E3779B97F4A7C15, i);
        var text = files.Encode();
        Assert.InRange(text.Length, 1, 4_300_000);
        var read = FetchedFiles.Decode(text);
        for (var i = 1UL; i <= 200_000; i++) Assert.True(read.Contains(i * 0x9E3779B97F4A7C15, i));
    }

    [Fact]
    public void Of_a_row_the_last_file_alone_counts_as_fetched()
    {
        var files = new FetchedFiles();
        files.Note(1, 10);
        files.Note(1, 20);
        Assert.False(files.Contains(1, 10));
        Assert.False(files.Contains(2, 20));
        Assert.True(files.Contains(1, 20));
    }

    [Fact]
    [Trait("Duration", "long")]
    public void The_oldest_are_forgotten_and_one_that_is_met_again_is_not_old()
    {
        var files = new FetchedFiles();
        for (var i = 0UL; i < 2 * FetchedFiles.Most; i++)
        {
            files.Note(i, i);
            files.Note(7, 7);
        }
        var text = files.Encode();
        Assert.InRange(text.Length, 1, 5_600_000);
        var read = FetchedFiles.Decode(text);
        Assert.Equal(FetchedFiles.Most, read.Count);
        Assert.True(read.Contains(7, 7));
        Assert.True(read.Contains(2 * FetchedFiles.Most - 1, 2 * FetchedFiles.Most - 1));
        Assert.True(read.Contains(FetchedFiles.Most + 1, FetchedFiles.Most + 1)); // the oldest of the latest
        Assert.False(read.Contains(8, 8));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1:AAAA")]
    [InlineData("1:AAAAAAAA")]
    [InlineData("1:not base64")]
    [InlineData("2:AAAAAA==")]
    [InlineData("x:AAAAAA==")]
    [InlineData("1\0:AAAAAA==")]
    public void What_it_did_not_write_is_refused(string text) => Assert.Throws<ConfigurationException>(() => FetchedFiles.Decode(text));

    [Fact]
    public void A_bit_that_has_turned_is_noticed() => Gen.Select(Gen.ULong.List[1, 20], Gen.Int[0, 1000]).Sample(static (noted, at) =>
    {
        var files = new FetchedFiles();
        foreach (var file in noted) files.Note((uint)file, file);
        var bytes = Convert.FromBase64String(files.Encode()[2..]);
        bytes[at % bytes.Length] ^= (byte)(1 << (at % 8));
        Assert.Throws<ConfigurationException>(() => FetchedFiles.Decode($"1:{Convert.ToBase64String(bytes)}"));
    });
}
