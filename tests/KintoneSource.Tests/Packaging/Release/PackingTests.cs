using System.Text.Json;

namespace KintoneSource.Tests.Packaging.Release;

/// <summary>What a release packs, around a program and a bill of materials that stand-ins make.</summary>
public sealed class PackingTests : IDisposable
{
    static readonly string s_version = Repository.Metadata().GetProperty("dockerImageTag").GetString()!;

    readonly ScriptFolder _folder = new();

    public PackingTests()
    {
        foreach (var file in (string[])["LICENSE", "docs/licences/unicode.txt"]) _folder.Write(file, Repository.Text(file));
        _folder.Program("git", "echo 1798777800");
        _folder.Program("uname", "echo x86_64");
        Publish(s_version);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_archive_is_the_same_whenever_it_is_packed_and_belongs_to_nobody()
    {
        var archive = _folder.Run("binaries.sh", "linux-x64", _folder.In("one")).MustSucceed().TrimEnd();
        Assert.EndsWith($"/one/source-kintone-{s_version}-linux-x64.tar.gz", archive, StringComparison.Ordinal);
        File.SetLastWriteTimeUtc(_folder.In("LICENSE"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var again = _folder.Run("binaries.sh", "linux-x64", _folder.In("two")).MustSucceed().TrimEnd();
        Assert.Equal(File.ReadAllBytes(archive), File.ReadAllBytes(again));

        var listing = _folder.Run("env", "TZ=UTC", "tar", "-tvzf", archive).MustSucceed().TrimEnd().Split('\n');
        Assert.All(listing, static line => Assert.Contains(" 0/0 ", line, StringComparison.Ordinal));
        Assert.All(listing, static line => Assert.Contains(" 2027-01-01 04:30 ", line, StringComparison.Ordinal));
        Assert.Equal(["", "LICENSE", "LICENSE.unicode", "source-kintone"], listing.Select(static line => line.Split('/')[^1]));
        Assert.StartsWith("-rwxr-xr-x", listing[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_of_another_version_is_not_released()
    {
        Publish("9.9.9");
        Assert.Contains("says that it is '9.9.9'", _folder.Run("binaries.sh", "linux-x64", _folder.In("out")).MustFail(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_for_another_machine_is_packed_without_being_run()
    {
        Publish("9.9.9");
        Assert.EndsWith("-linux-arm64.tar.gz\n", _folder.Run("binaries.sh", "linux-arm64", _folder.In("out")).MustSucceed(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_bill_of_materials_names_the_runtime_beside_the_libraries()
    {
        _folder.Program("dotnet", """
            case $1 in
              msbuild) echo 10.0.99 ;;
              CycloneDX)
                while [ "$1" != --output ]; do shift; done
                printf '{\n  "components": [\n    { "name": "Polly.Core" }\n  ]\n}' > "$2/$4" ;;
            esac
            """);
        var file = _folder.Run("sbom.sh", "linux-x64", _folder.In("out/sbom.cdx.json")).MustSucceed().TrimEnd();
        var components = JsonElement.Parse(File.ReadAllBytes(file)).GetProperty("components").EnumerateArray().ToArray();
        Assert.Equal(["Microsoft.NETCore.App.Runtime.NativeAOT.linux-x64", "Polly.Core"], components.Select(static c => c.GetProperty("name").GetString()));
        Assert.Equal("10.0.99", components[0].GetProperty("version").GetString());
    }

    /// <summary>In the place of the native compiler: a program that says a version, on stderr as the real one does.</summary>
    void Publish(string version) => _folder.Write(".ci/release/publish.sh", $$"""
        #!/bin/sh
        mkdir -p "$2"
        printf '#!/bin/sh\necho {{version}} >&2\n' > "$2/source-kintone"
        chmod +x "$2/source-kintone"
        """);
}
