namespace KintoneSource.Tests.Packaging.Release;

public sealed class NotesTests : IDisposable
{
    static readonly string s_digest = $"sha256:{new string('a', 64)}";

    readonly ScriptFolder _folder = new();

    public NotesTests() => _folder.Write("CHANGELOG.md", """
        # Changelog

        ## 11.1.0 (2027-01-02)

        - Of 11.1.0.

        ## 1.1.0 (2026-12-31)

        ### Added
        - Of 1.1.0.

        ### Fixed
        - Also of 1.1.0.

        ## 1.0.0 (2026-12-01)

        - Of 1.0.0.

        """);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Hold_the_section_of_the_version_and_how_to_get_and_verify_it()
    {
        var notes = _folder.Run("notes.sh", "1.1.0", s_digest).MustSucceed();
        Assert.StartsWith("### Added\n- Of 1.1.0.\n\n### Fixed\n- Also of 1.1.0.\n\n### Get it\n", notes, StringComparison.Ordinal);
        Assert.DoesNotContain("11.1.0", notes, StringComparison.Ordinal);
        Assert.DoesNotContain("1.0.0", notes, StringComparison.Ordinal);
        var image = Repository.Metadata().GetProperty("dockerRepository").GetString();
        Assert.Contains($"docker pull {image}:1.1.0\n", notes, StringComparison.Ordinal);
        Assert.Contains($"cosign verify {image}@{s_digest} ", notes, StringComparison.Ordinal);
        Assert.Contains("release.yml@refs/tags/v1.1.0\n", notes, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.2.0", null, "CHANGELOG.md says nothing of 1.2.0")]
    [InlineData("1.1.0", "latest", "'latest' is no digest")]
    public void Are_refused_for_what_is_not_known(string version, string? digest, string said) =>
        Assert.Contains(said, _folder.Run("notes.sh", version, digest ?? s_digest).MustFail(), StringComparison.Ordinal);

    /// <summary>People verify as the release itself did.</summary>
    [Theory]
    [InlineData("docs/kintone.md")]
    [InlineData("docs/kintone.ja.md")]
    public void The_guide_verifies_with_the_same_commands(string guide)
    {
        var version = Repository.Metadata().GetProperty("dockerImageTag").GetString()!;
        var notes = NotesOf(version).Replace($"@{s_digest}", $":{version}", StringComparison.Ordinal);
        var commands = notes.Split("```sh\n").Single(static p => p.StartsWith("gh ", StringComparison.Ordinal)).Split("sha256sum ")[0];
        Assert.Contains(commands, Repository.Text(guide), StringComparison.Ordinal);
    }

    string NotesOf(string version)
    {
        _folder.Write("CHANGELOG.md", $"## {version}\n\n- Everything.\n");
        return _folder.Run("notes.sh", version, s_digest).MustSucceed();
    }
}
