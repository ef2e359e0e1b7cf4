using System.Text.Json;
using System.Text.RegularExpressions;

namespace KintoneSource.Tests.Packaging;

public partial class DockerfileTests
{
    static readonly string s_dockerfile = Repository.Text("Dockerfile");

    [GeneratedRegex("(?m)^ENTRYPOINT (.+)$")]
    static partial Regex Entrypoint { get; }

    [GeneratedRegex(@"(?m)^COPY (?!--from)(.+) \S+$")]
    static partial Regex Copied { get; }

    [GeneratedRegex(@"(?m)^ARG \w+_IMAGE=(\S+)$")]
    static partial Regex BaseImage { get; }

    [Fact]
    public void Both_entrypoints_are_the_same_absolute_path()
    {
        var entrypoint = JsonSerializer.Deserialize<string[]>(Entrypoint.Match(s_dockerfile).Groups[1].Value)!;
        Assert.Equal(Repository.DockerfileValue("AIRBYTE_ENTRYPOINT"), string.Join(' ', entrypoint));
        Assert.StartsWith("/", entrypoint[0], StringComparison.Ordinal);
        // Platforms pass it through `eval`.
        Assert.DoesNotContain(entrypoint, static word => word.Any(static c => char.IsWhiteSpace(c) || "'\"$`\\".Contains(c)));
    }

    [Fact]
    public void It_runs_as_user_1000_given_by_number() => Assert.Contains("\nUSER 1000:1000\n", s_dockerfile, StringComparison.Ordinal);

    [Fact]
    public void Its_bases_are_official_images_with_a_shell()
    {
        var bases = BaseImage.Matches(s_dockerfile).Select(static m => m.Groups[1].Value).ToArray();
        Assert.Equal(2, bases.Length);
        Assert.All(bases, static image =>
        {
            Assert.StartsWith("mcr.microsoft.com/dotnet/", image, StringComparison.Ordinal);
            Assert.DoesNotMatch("chiseled|distroless", image);
        });
    }

    [Fact]
    public void Everything_it_copies_exists_and_is_sent_to_the_builder()
    {
        var sent = Repository.Text(".dockerignore").Split('\n').Where(static l => l.StartsWith('!')).Select(static l => l[1..]).ToArray();
        var copied = Copied.Matches(s_dockerfile).SelectMany(static m => m.Groups[1].Value.Split(' ')).ToArray();
        Assert.NotEmpty(copied);
        Assert.All(copied, file =>
        {
            Assert.True(Path.Exists(Repository.Path(file)), file);
            Assert.Contains(sent, line => file == line || file.StartsWith($"{line}/", StringComparison.Ordinal));
        });
    }
}
