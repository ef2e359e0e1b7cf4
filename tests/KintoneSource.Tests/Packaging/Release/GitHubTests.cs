namespace KintoneSource.Tests.Packaging.Release;

/// <summary>What is asked of GitHub, which a stand-in writes down.</summary>
public sealed class GitHubTests : IDisposable
{
    static readonly string s_digest = $"sha256:{new string('e', 64)}";
    static readonly string s_version = Repository.Metadata().GetProperty("dockerImageTag").GetString()!;

    readonly ScriptFolder _folder = new();

    public GitHubTests()
    {
        _folder.Write("CHANGELOG.md", $"# Changelog\n\n## {s_version} (2026-12-31)\n\n- Everything.\n");
        _folder.Write("out/SHA256SUMS", "");
        _folder.Write("out/source-kintone.tar.gz", "");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_release_is_a_draft_until_its_files_are_there_and_one_that_was_begun_is_completed(bool wasBegun)
    {
        _folder.Program("gh", $"[ \"$2\" != view ] || exit {(wasBegun ? 0 : 1)}");
        _folder.Run("announce.sh", $"v{s_version}", s_digest, _folder.In("out")).MustSucceed();
        string[] steps = ["view", .. wasBegun ? Array.Empty<string>() : ["create"], "upload", "edit"];
        Assert.Equal(steps.Select(step => $"gh release {step} v{s_version}"), _folder.Calls.Select(static c => string.Join(' ', c.Split(' ').Take(4))));
        Assert.All(_folder.Calls.Where(static c => c.Contains("release create", StringComparison.Ordinal)), static c =>
            Assert.Contains(" --draft --verify-tag ", c, StringComparison.Ordinal));
        Assert.EndsWith($"--clobber {_folder.In("out")}/SHA256SUMS {_folder.In("out")}/source-kintone.tar.gz", _folder.Calls[^2], StringComparison.Ordinal);
        Assert.Contains(" --draft=false ", _folder.Calls[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_attested_is_verified_and_one_failure_stops_the_release()
    {
        _folder.Program("gh", "! grep -q bom \"$0.refuses\" 2>/dev/null || case $* in *bom*) exit 1 ;; esac");
        _folder.Run("verify.sh", s_digest, _folder.In("out")).MustSucceed();
        Assert.Equal(3, _folder.Calls.Length);
        Assert.All(_folder.Calls, static c => Assert.Contains(" --repo source-kintone/source-kintone", c, StringComparison.Ordinal));

        _folder.Write("bin/gh.refuses", "bom");
        _folder.Run("verify.sh", s_digest, _folder.In("out")).MustFail();
    }

    [Fact]
    public void Without_a_release_there_is_no_last_program()
    {
        _folder.Program("gh", "");
        Assert.Empty(_folder.Run("last.sh", _folder.In("last")).MustSucceed());
        Assert.Single(_folder.Calls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_last_program_is_unpacked_once_its_checksum_is_right(bool isRight)
    {
        _folder.Program("gh", """
            if [ "$2" = list ]; then echo v0.9.0; exit; fi
            while [ "$1" != --dir ]; do shift; done
            mkdir -p "$2/packed" && echo program > "$2/packed/source-kintone"
            cd "$2" && tar -czf p.tar.gz packed && rm -r packed && sha256sum p.tar.gz > SHA256SUMS
            """ + (isRight ? "" : "\necho more >> p.tar.gz"));
        var run = _folder.Run("last.sh", _folder.In("last"));
        if (isRight) Assert.Equal("program\n", File.ReadAllText(run.MustSucceed().TrimEnd()));
        else Assert.Empty(run.Output);
        Assert.Equal(isRight, run.ExitCode == 0);
    }
}
