using KintoneSource.Tests.Documents;

namespace KintoneSource.Tests.Packaging.Release;

/// <summary>What is asked of docker and cosign, which stand-ins write down.</summary>
public sealed class ImageTests : IDisposable
{
    const string Committed = "2026-12-31T23:30:00-05:00";

    static readonly string s_image = Repository.Metadata().GetProperty("dockerRepository").GetString()!;
    static readonly string s_version = Repository.Metadata().GetProperty("dockerImageTag").GetString()!;
    static readonly string s_digest = $"sha256:{new string('d', 64)}";

    readonly ScriptFolder _folder = new();

    public ImageTests()
    {
        foreach (var command in (string[][])[["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "All"]])
            _folder.Run("env", [$"GIT_COMMITTER_DATE={Committed}", "git", "-c", "user.name=N", "-c", "user.email=n@example.com", .. command]).MustSucceed();
        _folder.Program("docker", $$"""
            while [ $# -gt 0 ]; do
              if [ "$1" = --metadata-file ]; then printf '{\n  "containerimage.digest": "{{s_digest}}"\n}' > "$2"; fi
              if [ "$1" = inspect ]; then echo {{s_digest}}; fi
              shift
            done
            """);
        _folder.Program("cosign", "exit $(cat code 2>/dev/null || echo 0)");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_base_images_of_the_Dockerfile_are_asked_for_and_named_by_digest()
    {
        var arguments = _folder.Run("base-images.sh").MustSucceed();
        Assert.Equal(
            $"SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0-noble@{s_digest}\nRUNTIME_IMAGE=mcr.microsoft.com/dotnet/runtime-deps:10.0-noble@{s_digest}\n",
            arguments);
    }

    [Fact]
    public void A_registry_that_tells_no_digest_stops_the_release()
    {
        _folder.Program("docker", "echo '<none>'");
        Assert.Contains("is no digest", _folder.Run("base-images.sh").MustFail(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_image_says_which_commit_it_is_and_when_that_was_in_UTC()
    {
        var arguments = _folder.Run("build-arguments.sh").MustSucceed().Split('\n');
        Assert.Matches("^REVISION=[0-9a-f]{40}$", arguments[0]);
        Assert.Equal("CREATED=2027-01-01T04:30:00Z", arguments[1]);
        Assert.Equal("SOURCE_DATE_EPOCH=1798777800", arguments[2]);
        // Each is an argument that the Dockerfile, or BuildKit itself, knows.
        Assert.All((string[])["REVISION", "CREATED", "SDK_IMAGE", "RUNTIME_IMAGE"], static name =>
            Assert.Contains($"\nARG {name}=", Repository.Text("Dockerfile"), StringComparison.Ordinal));
    }

    [Fact]
    public void An_image_is_pushed_by_digest_on_bases_by_digest()
    {
        _folder.Write("bases", _folder.Run("base-images.sh").MustSucceed());
        Assert.Equal($"{s_digest}\n", _folder.Run("image.sh", _folder.In("bases")).MustSucceed());
        var build = _folder.Calls[^1];
        Assert.StartsWith("docker buildx build --build-arg=REVISION=", build, StringComparison.Ordinal);
        Assert.Contains($" --build-arg=RUNTIME_IMAGE=mcr.microsoft.com/dotnet/runtime-deps:10.0-noble@{s_digest} ", build, StringComparison.Ordinal);
        Assert.Contains($"name={s_image},push=true,push-by-digest=true", build, StringComparison.Ordinal);
    }

    [Fact]
    public void A_base_image_without_digest_is_refused()
    {
        _folder.Write("bases", "SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0-noble\n");
        Assert.Contains("must be named by its digest", _folder.Run("image.sh", _folder.In("bases")).MustFail(), StringComparison.Ordinal);
        Assert.Empty(_folder.Calls);
    }

    [Fact]
    public void Two_architectures_become_the_tags_and_Estuarys_image()
    {
        var (amd64, arm64) = ($"sha256:{new string('1', 64)}", $"sha256:{new string('2', 64)}");
        Assert.Equal($"INDEX={s_digest}\nESTUARY={s_digest}\n", _folder.Run("index.sh", amd64, arm64).MustSucceed());
        var minor = s_version[..s_version.LastIndexOf('.')];
        Assert.Equal(
            $"docker buildx imagetools create --tag {s_image}:{s_version} --tag {s_image}:{minor} {s_image}@{amd64} {s_image}@{arm64}", _folder.Calls[0]);
        Assert.Contains($" --build-arg CONNECTOR_IMAGE={s_image}@{s_digest} ", _folder.Calls[^1], StringComparison.Ordinal);
        Assert.Contains($" --tag {s_image}:{s_version}-estuary --push ", _folder.Calls[^1], StringComparison.Ordinal);
        Assert.Contains("two architectures", _folder.Run("index.sh", amd64).MustFail(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_is_verified_as_people_do_and_one_that_fails_stops_the_release()
    {
        var digest = $"sha256:{new string('3', 64)}";
        Assert.Equal($"signed and verified: {s_image}@{digest}\n", _folder.Run("sign.sh", "v1.2.3", digest).MustSucceed());
        Assert.Equal($"cosign sign --yes {s_image}@{digest}", _folder.Calls[0]);
        Assert.EndsWith("/release.yml@refs/tags/v1.2.3", _folder.Calls[1], StringComparison.Ordinal);

        _folder.Write("code", "1");
        _folder.Run("sign.sh", "v1.2.3", digest).MustFail();
    }

    [Fact]
    public void The_guides_image_for_Estuary_is_the_released_one()
    {
        var released = Repository.Text(".ci/release/estuary.Dockerfile")
            .Replace("${CONNECTOR_IMAGE}", $"{s_image}:{s_version}", StringComparison.Ordinal)
            .Replace("${ADAPTER_IMAGE}", "ghcr.io/estuary/airbyte-to-flow:dev", StringComparison.Ordinal)
            .Split('\n').Where(static line => line is not ['#', ..] && !line.StartsWith("ARG ", StringComparison.Ordinal));
        Assert.Equal(string.Join('\n', released), Page.English.Examples.Single(static e => e.Language == "dockerfile").Code);
    }
}
