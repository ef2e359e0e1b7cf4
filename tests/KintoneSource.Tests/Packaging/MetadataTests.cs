using System.Text.Json;
using System.Xml.Linq;
using KintoneSource.Testing;

namespace KintoneSource.Tests.Packaging;

public class MetadataTests
{
    [Fact]
    public void Metadata_is_valid() => Assert.Empty(Problems(Repository.Text("metadata.yaml")));

    [Theory]
    [InlineData("name")]
    [InlineData("definitionId")]
    [InlineData("dockerImageTag")]
    [InlineData("allowedHosts")]
    [InlineData("releases")]
    public void A_missing_or_unknown_property_is_found(string name)
    {
        // Renaming a property makes it missing under its name and unknown under the other.
        var broken = Repository.Text("metadata.yaml").Replace($"\n  {name}:", $"\n  {name}s:", StringComparison.Ordinal);
        var problems = Problems(broken);
        Assert.Contains(problems, problem =>
            problem.Contains(": required:", StringComparison.Ordinal) && problem.Contains($"\"{name}\"", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.StartsWith($"/data/{name}s:", StringComparison.Ordinal));
    }

    [Fact]
    public void The_image_has_the_same_name_in_every_place() =>
        Assert.Equal(Repository.Metadata().GetProperty("dockerRepository").GetString(), Repository.DockerfileValue("io.airbyte.name"));

    [Fact]
    public void The_documentation_is_the_one_that_the_specification_names()
    {
        var spec = JsonDocument.Parse(Repository.Text("spec.json")).RootElement;
        Assert.Equal(
            spec.GetProperty("documentationUrl").GetString(), Repository.Metadata().GetProperty("documentationUrl").GetString());
    }

    [Fact]
    public void Every_domain_that_can_be_configured_may_be_reached()
    {
        var hosts = Strings(Repository.Metadata().GetProperty("allowedHosts").GetProperty("hosts"));
        var domains = JsonDocument.Parse(Repository.Text("spec.json")).RootElement
            .GetProperty("connectionSpecification").GetProperty("properties").GetProperty("domain").GetProperty("enum");
        var wanted = Strings(domains).SelectMany(static domain => new[] { $"*.{domain}", $"*.s.{domain}" });
        Assert.Equal(wanted.Order(), hosts.Order());
    }

    [Fact]
    public void The_tags_name_the_language_and_the_documentation_the_limits()
    {
        Assert.Contains("language:dotnet", Strings(Repository.Metadata().GetProperty("tags")));
        Assert.Contains(
            Repository.Metadata().GetProperty("externalDocumentationUrls").EnumerateArray(),
            static url => url.GetProperty("type").GetString() == "rate_limits");
    }

    [Fact]
    public void The_icon_is_a_square_drawing_that_needs_nothing_else()
    {
        var icon = XDocument.Parse(Repository.Text(Repository.Metadata().GetProperty("icon").GetString()!)).Root!;
        Assert.Equal("{http://www.w3.org/2000/svg}svg", icon.Name.ToString());
        Assert.Equal(icon.Attribute("width")!.Value, icon.Attribute("height")!.Value);
        var box = icon.Attribute("viewBox")!.Value.Split(' ');
        Assert.Equal(box[2], box[3]);
        Assert.DoesNotContain(
            icon.DescendantsAndSelf().Attributes(),
            static a => !a.IsNamespaceDeclaration && a.Value.Contains("//", StringComparison.Ordinal));
        Assert.DoesNotContain(icon.Descendants(), static e => e.Name.LocalName is "image" or "script" or "foreignObject");
    }

    static IReadOnlyList<string> Problems(string metadata) =>
        new SchemaCheck(Repository.Text("tests/KintoneSource.Tests/Packaging/metadata.schema.json")).Problems(Repository.YamlAsJson(metadata));

    static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(static e => e.GetString()!)];
}
