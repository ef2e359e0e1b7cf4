using System.Text.RegularExpressions;
using KintoneSource.Kintone.Forms;
using KintoneSource.Tests.Packaging;

namespace KintoneSource.Tests.Documents;

/// <summary>The lists of CONTRIBUTING.md lead somewhere, and a field type that one of its places forgot is named.</summary>
public partial class ContributingTests
{
    [GeneratedRegex("`((?:src|tests|acceptance-tests|docs)/[^`*?]+)`")]
    static partial Regex Place { get; }

    [Fact]
    public void Every_place_that_it_names_is_there()
    {
        var places = Place.Matches(Repository.Text("CONTRIBUTING.md")).Select(static m => m.Groups[1].Value).ToArray();
        Assert.NotEmpty(places);
        Assert.All(places, static p => Assert.True(Path.Exists(Repository.Path(p)), $"{p} is not there."));
    }

    /// <summary>What it is for, when to look there, what to add: a line each.</summary>
    [Fact]
    public void Every_test_project_has_three_lines()
    {
        var lines = Repository.Text("CONTRIBUTING.md").Split('\n');
        var projects = new[] { "tests", "acceptance-tests" }.SelectMany(static folder =>
            Directory.EnumerateFiles(Repository.Path(folder), "*.csproj", SearchOption.AllDirectories))
            .Where(static p => File.ReadAllText(p).Contains("Microsoft.NET.Test.Sdk", StringComparison.Ordinal)
            || p.Contains("KintoneSource.", StringComparison.Ordinal))
            .Select(static p => Path.GetRelativePath(Repository.Path("."), Path.GetDirectoryName(p)!).Replace('\\', '/'));
        Assert.All(projects, project =>
        {
            var start = Array.FindIndex(lines, l => l.StartsWith($"[`{project}`]({project}): ", StringComparison.Ordinal));
            Assert.True(start >= 0, $"{project} is not described.");
            Assert.Equal(3, lines.Skip(start).TakeWhile(static l => l.Length > 0).Count());
        });
    }

    /// <summary>What stands in a form's layout only is no field.</summary>
    public static TheoryData<string> Types => [.. FieldTypes.ByName.Keys.Except(["LABEL", "SPACER", "HR"])];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_field_type_is_known_wherever_a_type_must_be(string type)
    {
        Assert.True(KintoneSimulator.Query.FieldTypeNames.TryParse(type, out _), "The simulator's FieldTypeNames does not have it.");
        Assert.Contains($"`{type}`", Repository.Text("docs/field-types.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_simulator_has_no_type_that_the_connector_does_not_know() =>
        Assert.Equal(
            ["__ID__", "__REVISION__"],
            Enum.GetValues<KintoneSimulator.Query.FieldType>().Select(static t => KintoneSimulator.Query.FieldTypeNames.WireName(t))
                .Except(FieldTypes.ByName.Keys));
}
