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
            Enum.GetValues<KintoneSimulator.Query.FieldType>().Select(static t => KintoneSimulator.Query.FieldTypeNames.WireName(t)).Except(FieldTypes.ByName.Keys));
}
