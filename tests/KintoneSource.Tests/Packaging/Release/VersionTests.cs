namespace KintoneSource.Tests.Packaging.Release;

public sealed class VersionTests : IDisposable
{
    static readonly string s_version = Repository.Metadata().GetProperty("dockerImageTag").GetString()!;

    readonly ScriptFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Stands_in_every_place() => Assert.Equal($"{s_version}\n", _folder.Run("version.sh").MustSucceed());

    [Theory]
    [InlineData("Directory.Build.props", "<Version>{0}<", "<Version>9.9.9<", "Directory.Build.props 9.9.9")]
    [InlineData("Directory.Build.props", "<Version>{0}<", "<Version>9.9<", "'9.9', not three numbers")]
    [InlineData("metadata.yaml", "dockerImageTag: {0}", "dockerImageTag: 9.9.9", "metadata.yaml: the version is '9.9.9'")]
    [InlineData("Dockerfile", "io.airbyte.version=\"{0}", "io.airbyte.version=\"9.9.9", "io.airbyte.version: the version is '9.9.9'")]
    [InlineData("Dockerfile", "image.version=\"{0}", "image.version=\"9.9.9", "image.version: the version is '9.9.9'")]
    [InlineData("CHANGELOG.md", "## {0}", "## 9.9.9", "CHANGELOG.md, first heading: the version is '9.9.9'")]
    public void A_place_that_says_another_one_is_named(string file, string text, string with, string said)
    {
        _folder.Replace(file, string.Format(System.Globalization.CultureInfo.InvariantCulture, text, s_version), with);
        Assert.Contains(said, _folder.Run("version.sh").MustFail(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tag_releases_a_version_that_has_a_day_and_states()
    {
        MakeReleasable();
        Assert.Equal($"{s_version}\n", _folder.Run("version.sh", $"v{s_version}").MustSucceed());
    }

    [Theory]
    [InlineData("v9.9.9", "the tag v9.9.9: the version is '9.9.9'")]
    [InlineData("main", "the tag 'main' does not start with v")]
    public void Another_tag_is_refused(string tag, string said)
    {
        MakeReleasable();
        Assert.Contains(said, _folder.Run("version.sh", tag).MustFail(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_release_without_a_day_or_states_is_refused()
    {
        MakeReleasable(heading: $"## {s_version} (unreleased)");
        Assert.Contains("names no day", _folder.Run("version.sh", $"v{s_version}").MustFail(), StringComparison.Ordinal);

        MakeReleasable();
        Directory.Delete(_folder.In($"tests/KintoneSource.Tests/Reading/States/{s_version}"), recursive: true);
        Assert.Contains("holds no states", _folder.Run("version.sh", $"v{s_version}").MustFail(), StringComparison.Ordinal);
    }

    void MakeReleasable(string? heading = null)
    {
        _folder.Write("CHANGELOG.md", $"# Changelog\n\n{heading ?? $"## {s_version} (2026-12-31)"}\n\n- Everything.\n");
        _folder.Write($"tests/KintoneSource.Tests/Reading/States/{s_version}/incremental-done.means.json", "{}");
    }
}
