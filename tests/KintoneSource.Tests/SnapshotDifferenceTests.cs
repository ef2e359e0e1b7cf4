using KintoneSource.Testing;

namespace KintoneSource.Tests;

/// <summary>What a contributor sees when a snapshot fails.</summary>
public class SnapshotDifferenceTests
{
    [Theory]
    [InlineData("a\nb\nc", "a\nB\nc", "from line 2 on:\n  a\n- b\n+ B")]
    [InlineData("a\nc", "a\nb\nc", "from line 2 on:\n  a\n+ b")]
    [InlineData("a\nb\nc", "a\nc", "from line 2 on:\n  a\n- b")]
    [InlineData("a", "b", "from line 1 on:\n- a\n+ b")]
    [InlineData("a\n", "a", "from line 2 on:\n  a\n- ")]
    [InlineData("a\na", "a\na\na", "from line 3 on:\n  a\n+ a")]
    public void Shows_the_lines_that_differ_and_the_one_before(string expected, string actual, string shown) =>
        Assert.Equal(shown, SnapshotDifference.Of(expected, actual));

    [Fact]
    public void Fits_a_screen_and_shows_the_place_in_a_long_line()
    {
        var lines = Enumerable.Range(0, 500).Select(static i => $"{new string('x', 5_000)}{i}").ToArray();
        var shown = SnapshotDifference.Of(string.Join('\n', lines), string.Join('\n', lines.Select(static l => $"{l}!"))).Split('\n');
        Assert.InRange(shown.Length, 10, 20);
        Assert.All(shown, static l => Assert.InRange(l.Length, 1, 200));
        Assert.Contains(shown, static l => l.StartsWith('-') && l.EndsWith("x0", StringComparison.Ordinal));
        Assert.Contains(shown, static l => l.StartsWith('+') && l.EndsWith("x0!", StringComparison.Ordinal));
        Assert.Contains("- … 492 more", shown);
    }

    [Fact]
    public async Task A_failed_snapshot_says_how_it_is_accepted()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var test = Path.Combine(folder.FullName, "Some.cs");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "Some.Method.verified.txt"), "one\ntwo");
            var failure = await Assert.ThrowsAnyAsync<Exception>(() => Verifier.Verify("one\n2", testFile: test, method: "Method"));
            Assert.Contains("- two\n+ 2", failure.Message, StringComparison.Ordinal);
            Assert.Contains($"mv '{Path.Combine(folder.FullName, "Some.Method.received.txt")}' '{Path.Combine(folder.FullName, "Some.Method.verified.txt")}'",
                failure.Message, StringComparison.Ordinal);
            Assert.Equal("one\n2", await File.ReadAllTextAsync(Path.Combine(folder.FullName, "Some.Method.received.txt")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
