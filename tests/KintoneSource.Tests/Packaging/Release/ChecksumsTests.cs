namespace KintoneSource.Tests.Packaging.Release;

public sealed class ChecksumsTests : IDisposable
{
    readonly ScriptFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Are_of_every_file_and_can_be_checked_and_written_again()
    {
        _folder.Write("out/b.tar.gz", "b");
        _folder.Write("out/a.json", "a");
        var sums = _folder.Run("checksums.sh", _folder.In("out")).MustSucceed();
        Assert.Equal(["a.json", "b.tar.gz"], sums.TrimEnd().Split('\n').Select(static l => l.Split("  ")[1]));
        Assert.Equal(sums, _folder.Run("checksums.sh", _folder.In("out")).MustSucceed());
        Assert.Equal(sums, File.ReadAllText(_folder.In("out/SHA256SUMS")));
    }

    [Fact]
    public void Of_nothing_are_refused()
    {
        Directory.CreateDirectory(_folder.In("out"));
        Assert.Contains("nothing in", _folder.Run("checksums.sh", _folder.In("out")).MustFail(), StringComparison.Ordinal);
    }
}
