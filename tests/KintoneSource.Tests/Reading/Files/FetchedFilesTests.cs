using CsCheck;
using KintoneSource.Protocol;
using KintoneSource.Reading.Files;

namespace KintoneSource.Tests.Reading.Files;

public class FetchedFilesTests
{
    [Fact]
    public void What_was_written_is_read() => Gen.ULong.List[0, 300].Sample(static fingerprints =>
    {
        var files = new FetchedFiles();
        foreach (var fingerprint in fingerprints) files.Note(fingerprint);
        var read = FetchedFiles.Decode(files.Encode());
        Assert.Equal(files.Encode(), read.Encode());
        Assert.All(fingerprints, f => Assert.True(read.Contains(f)));
        Assert.Equal(fingerprints.Distinct().Count(), read.Count);
    });

    [Fact]
    public void The_oldest_are_forgotten_and_one_that_is_met_again_is_not_old()
    {
        var files = new FetchedFiles();
        for (var i = 0UL; i < 2 * FetchedFiles.Most; i++)
        {
            files.Note(i);
            files.Note(7);
        }
        var text = files.Encode();
        Assert.InRange(text.Length, 1, 720_000);
        var read = FetchedFiles.Decode(text);
        Assert.Equal(FetchedFiles.Most, read.Count);
        Assert.True(read.Contains(7));
        Assert.True(read.Contains(2 * FetchedFiles.Most - 1));
        Assert.False(read.Contains(8));
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
    public void A_bit_that_has_turned_is_noticed() => Gen.Select(Gen.ULong.List[1, 20], Gen.Int[0, 1000]).Sample(static (fingerprints, at) =>
    {
        var files = new FetchedFiles();
        foreach (var fingerprint in fingerprints) files.Note(fingerprint);
        var bytes = Convert.FromBase64String(files.Encode()[2..]);
        bytes[at % bytes.Length] ^= (byte)(1 << (at % 8));
        Assert.Throws<ConfigurationException>(() => FetchedFiles.Decode($"1:{Convert.ToBase64String(bytes)}"));
    });
}
