namespace KintoneSource.Tests.Packaging.Release;

/// <summary>A restore for native code takes the packages that the lock file names, and may add the SDK's own.</summary>
public sealed class LockedTests : IDisposable
{
    const string LockFile = "src/KintoneSource/packages.lock.json";

    readonly ScriptFolder _folder = new();

    public LockedTests()
    {
        _folder.Write("committed.json", Repository.Text(LockFile));
        _folder.Write("restored.json", Repository.Text(LockFile).Replace(
            "      \"Polly.Core\": {", """
                  "Microsoft.DotNet.ILCompiler": {
                    "type": "Direct",
                    "contentHash": "of-the-sdk=="
                  },
                  "runtime.linux-x64.Microsoft.DotNet.ILCompiler": {
                    "type": "Transitive",
                    "contentHash": "of-the-sdk=="
                  },
                  "Polly.Core": {
            """.ReplaceLineEndings("\n"), StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_compiler_of_the_SDK_may_come_along() => Run().MustSucceed();

    [Fact]
    public void The_SDKs_own_packages_may_have_any_version()
    {
        _folder.Replace("restored.json", "xi+BDjFpW", "another");
        Run().MustSucceed();
    }

    [Theory]
    [InlineData("L0vfggkkI2nDAW9lCFYSqX9g", "another")]
    [InlineData("\"Polly.Core\": {", "\"Polly.Cores\": {")]
    [InlineData("      \"Polly.Core\": {", "      \"Extra\": {\n        \"contentHash\": \"x\"\n      },\n      \"Polly.Core\": {")]
    public void Another_package_or_another_content_is_refused(string text, string with)
    {
        _folder.Replace("restored.json", text, with);
        Assert.Contains("other packages", Run().MustFail(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_lock_file_that_names_nothing_is_refused()
    {
        _folder.Write("committed.json", "{}");
        Assert.Contains("names no package", Run().MustFail(), StringComparison.Ordinal);
    }

    ScriptRun Run() => _folder.Run("locked.sh", _folder.In("committed.json"), _folder.In("restored.json"));
}
