using System.Text.RegularExpressions;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Forms;
using KintoneSource.Tests.Packaging;
using KintoneSource.Tests.Simulation;

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
        (bool IsThere, string Otherwise)[] places =
        [
            (FieldSchema.KindOf(new("f", "f", type)) != ColumnKind.Any, "FieldSchema does not say which kind of column it becomes."),
            (KintoneSimulator.Query.FieldTypeNames.TryParse(type, out _), "The simulator's FieldTypeNames does not have it."),
            (s_shown.Value.Contains(type), "No app of the sample company has such a field."),
            (Names("docs/field-types.md"), "docs/field-types.md has no row."),
            (Names("docs/field-types.ja.md"), "docs/field-types.ja.md has no row."),
            (s_firstTypes.Contains(type) || Names("CHANGELOG.md"), "CHANGELOG.md does not say that it is read."),
        ];
        string[] forgotten = [.. places.Where(static p => !p.IsThere).Select(static p => p.Otherwise)];
        Assert.True(forgotten.Length == 0, $"{type}: {string.Join(' ', forgotten)}");

        bool Names(string document) => Repository.Text(document).Contains($"`{type}`", StringComparison.Ordinal);
    }

    /// <summary>Those of version 0.1.0, which had all that there were: users learn of any other from the changelog.</summary>
    static readonly HashSet<string> s_firstTypes =
    [
        "RECORD_NUMBER", "CREATOR", "CREATED_TIME", "MODIFIER", "UPDATED_TIME", "SINGLE_LINE_TEXT", "MULTI_LINE_TEXT", "RICH_TEXT", "NUMBER", "CALC",
        "CHECK_BOX", "RADIO_BUTTON", "MULTI_SELECT", "DROP_DOWN", "DATE", "TIME", "DATETIME", "LINK", "FILE", "USER_SELECT", "ORGANIZATION_SELECT",
        "GROUP_SELECT", "STATUS", "STATUS_ASSIGNEE", "CATEGORY", "SUBTABLE", "REFERENCE_TABLE", "GROUP",
    ];

    /// <summary>What the contract tests and the demo have fields of.</summary>
    static readonly Lazy<HashSet<string>> s_shown = new(static () =>
    {
        using var simulator = KintoneSimulator.SampleCompany.Create(InProcess.Clock());
        return [.. simulator.Domain.Apps.SelectMany(static a => a.Form.Fields).SelectMany(static f => f.Fields.Prepend(f)).Select(static f => f.TypeName)];
    });

    /// <summary>The summaries in the guides go by the names on Kintone's screens, which the Japanese page on types has beside the others.</summary>
    [Fact]
    public void The_summaries_of_types_have_every_type()
    {
        var names = Repository.Text("docs/field-types.ja.md").Split('\n').Select(static l => NameOnScreen.Match(l)).Where(static m => m.Success)
            .Select(static m => m.Groups[1].Value).Distinct().ToArray();
        var (english, japanese) = (new Page("docs/kintone.md").Rows("types"), new Page("docs/kintone.ja.md").Rows("types"));

        Assert.True(names.Length > 20);
        Assert.All(names, name => Assert.True(japanese.Any(row => row[0].Contains(name, StringComparison.Ordinal)), $"docs/kintone.ja.md, types: no {name}"));
        Assert.Equal(japanese.Select(static row => row[0].Split('、').Length), english.Select(static row => row[0].Split(", ").Length));
    }

    [GeneratedRegex(@"^\| `[A-Z_]+`（(.+?)）(?: | \|)")]
    static partial Regex NameOnScreen { get; }

    [Fact]
    public void The_simulator_has_no_type_that_the_connector_does_not_know() =>
        Assert.Equal(
            ["__ID__", "__REVISION__"],
            Enum.GetValues<KintoneSimulator.Query.FieldType>().Select(static t => KintoneSimulator.Query.FieldTypeNames.WireName(t))
                .Except(FieldTypes.ByName.Keys));
}
