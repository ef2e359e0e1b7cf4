using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator.Query;

namespace KintoneSimulator.Tests;

/// <summary>
/// A field type that one of the simulator's places forgot is named here (CONTRIBUTING.md, "A field type"): each of them would take it for something
/// else without a word.
/// </summary>
public sealed class EveryFieldTypeTests : IDisposable
{
    /// <summary>What a value looks like that nobody gave.</summary>
    static readonly Dictionary<string, string> s_empty = new()
    {
        ["SINGLE_LINE_TEXT"] = "\"\"",
        ["MULTI_LINE_TEXT"] = "\"\"",
        ["RICH_TEXT"] = "\"\"",
        ["NUMBER"] = "\"\"",
        ["CALC"] = "\"\"",
        ["DATETIME"] = "\"\"",
        ["LINK"] = "\"\"",
        ["DATE"] = "null",
        ["TIME"] = "null",
        ["RADIO_BUTTON"] = "null",
        ["DROP_DOWN"] = "null",
        ["CHECK_BOX"] = "[]",
        ["MULTI_SELECT"] = "[]",
        ["FILE"] = "[]",
        ["USER_SELECT"] = "[]",
        ["ORGANIZATION_SELECT"] = "[]",
        ["GROUP_SELECT"] = "[]",
        ["SUBTABLE"] = "[]",
    };

    /// <summary>Those by which a list of records has no order.</summary>
    static readonly FieldType[] s_unsorted =
    [
        FieldType.Revision, FieldType.MultiLineText, FieldType.RichText, FieldType.CheckBox, FieldType.MultiSelect, FieldType.File, FieldType.UserSelect,
        FieldType.OrganizationSelect, FieldType.GroupSelect, FieldType.StatusAssignee, FieldType.Category, FieldType.SubTable, FieldType.ReferenceTable,
        FieldType.Group,
    ];

    /// <summary>Kintone's own, which every app has and no request adds or writes.</summary>
    static readonly HashSet<FieldType> s_system =
    [
        FieldType.Id, FieldType.Revision, FieldType.RecordNumber, FieldType.Creator, FieldType.CreatedTime, FieldType.Modifier, FieldType.UpdatedTime,
        FieldType.Status, FieldType.StatusAssignee, FieldType.Category,
    ];

    /// <summary>Of those that people add: what holds no value, what Kintone works out by itself, and what has fields of its own.</summary>
    static readonly HashSet<string> s_unwritten = ["GROUP", "REFERENCE_TABLE", "CALC", "SUBTABLE"];

    static readonly string[] s_added = [.. Enum.GetValues<FieldType>().Where(static t => !s_system.Contains(t)).Select(static t => t.WireName())];

    readonly Company _company = new();

    public static TheoryData<string> Added => [.. s_added];

    public static TheoryData<string> Written => [.. s_added.Except(s_unwritten)];

    public static TheoryData<string> InRecords => [.. s_added.Except(["GROUP", "REFERENCE_TABLE"])];

    [Theory, MemberData(nameof(Added))]
    public async Task Is_added_to_a_form_with_defaults_of_its_own(string type)
    {
        var field = new JsonObject { ["type"] = type, ["code"] = "field", ["label"] = "field", ["options"] = Choices() };
        var answer = await PostAsync("preview/app/form/fields", new() { ["app"] = 1, ["properties"] = new JsonObject { ["field"] = field } });
        Assert.True((int)answer.Status == 200, $"FormWriter does not take {type}: {answer.Text}");

        var defaults = FieldDefaults.Of(type).ToJsonString();
        Assert.True(defaults != FieldDefaults.Of("HOLOGRAM").ToJsonString(), $"FieldDefaults has nothing of {type}.");
    }

    [Theory, MemberData(nameof(InRecords))]
    public async Task Has_the_empty_value_of_its_type(string type)
    {
        Assert.True(s_empty.TryGetValue(type, out var empty), $"Which value has a {type} that is empty? Write it here, and into Field.EmptyValue.");
        var id = _company.App.Add();
        _company.App.AddField("field", type);
        Assert.Contains(
            $"\"field\":{{\"type\":\"{type}\",\"value\":{empty}}}",
            (await _company.GetAsync($"/k/v1/record.json?app=1&id={id}")).Text, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Written))]
    public async Task Takes_no_value_of_another_shape(string type)
    {
        _company.App.AddField("field", type, new() { ["options"] = Choices() });
        var record = new JsonObject { ["field"] = new JsonObject { ["value"] = new JsonObject { ["another"] = true } } };
        var answer = await PostAsync("record", new() { ["app"] = 1, ["record"] = record });
        Assert.True((int)answer.Status == 400, $"ValueReader keeps whatever is written to a {type}.");
    }

    [Theory, MemberData(nameof(Written))]
    public void Is_read_from_a_seed_as_a_number_where_it_compares_as_one(string type)
    {
        var field = Field.Create("field", type);
        if (Measure.KindOf(new("field", field.Type!.Value)) != MeasureKind.Number) return;
        var value = CellReader.Read(field, JsonSerializer.SerializeToElement(" 1.5e1 "), static _ => 1).Value;
        Assert.True(value.GetString() == "15", $"CellReader does not read a {type} as a number.");
    }

    [Fact]
    public void Is_sorted_by_or_is_among_those_that_are_not() =>
        Assert.Equal(s_unsorted, Enum.GetValues<FieldType>().Where(static t => !QueryRules.IsSortable(new("field", t))));

    static JsonObject Choices() => new() { ["a"] = new JsonObject { ["label"] = "a", ["index"] = 0 } };

    Task<Answer> PostAsync(string resource, JsonObject body) =>
        _company.SendAsync("POST", $"/k/v1/{resource}.json", body.ToJsonString(), Company.Password("admin", "secret"));

    public void Dispose() => _company.Dispose();
}
