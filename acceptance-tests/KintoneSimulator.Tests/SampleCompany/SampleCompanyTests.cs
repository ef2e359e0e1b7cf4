using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using KintoneSimulator.Query;
using KintoneSource.Testing;
using Microsoft.Extensions.Time.Testing;

namespace KintoneSimulator.Tests;

public sealed partial class SampleCompanyTests(SampleCompanyTests.Filled filled) : IClassFixture<SampleCompanyTests.Filled>
{
    readonly Domain _domain = filled.Domain;

    [Fact]
    public void Every_field_type_is_in_some_form()
    {
        var used = _domain.Apps.SelectMany(app => app.Form.Fields).SelectMany(field => field.Fields.Prepend(field)).Select(field => field.Type).ToHashSet();
        Assert.Empty(Enum.GetValues<FieldType>().Except([FieldType.Id, FieldType.Revision]).Except(used.OfType<FieldType>()));
        var formats = _domain.Apps.SelectMany(app => app.Form.Fields).Select(field => FieldTypeNames.ParseCalcFormat((string?)field.Properties["format"]))
            .ToHashSet();
        Assert.Empty(Enum.GetValues<CalcFormat>().Except(formats));
        var inTables = _domain.Apps.SelectMany(app => app.Form.Fields).SelectMany(field => field.Fields).Select(field => field.Type).ToHashSet();
        Assert.Superset(new HashSet<FieldType?> { FieldType.File, FieldType.UserSelect, FieldType.Calc, FieldType.CheckBox, FieldType.DropDown }, inTables);
    }

    [Fact]
    public async Task The_company_is_this()
    {
        var lines = _domain.Apps.OrderBy(app => app.Id).Select(app => string.Create(CultureInfo.InvariantCulture,
            $"{app.Id} {app.Name}, space {app.Space?.Id.ToString(CultureInfo.InvariantCulture) ?? "none"}{(app.Space?.IsGuest == true ? " (guest)" : "")}: "
                + $"{app.Records.Count} records up to id {app.Records.LastId}, {app.Form.Fields.Count} fields"));
        await Verifier.Verify($"{string.Join('\n', lines)}\n{_domain.Users.Count} users, {_domain.Organizations.Count} organizations, "
            + $"{_domain.Groups.Count} groups\n");
    }

    [Fact]
    public void It_is_the_same_in_every_run_but_for_file_keys()
    {
        using var again = new Filled();
        foreach (var app in _domain.Apps)
            Assert.Equal(Records(app).Select(WithoutFileKeys), Records(again.Domain.App(app.Id)!).Select(WithoutFileKeys));
    }

    [Fact]
    public void Every_value_is_one_that_kintone_could_give()
    {
        foreach (var app in _domain.Apps)
            foreach (var text in Records(app))
            {
                using var record = JsonDocument.Parse(text);
                foreach (var field in app.Form.Fields.Where(field => field.IsInRecords))
                    Check(field, record.RootElement.GetProperty(field.Code).GetProperty("value"), $"app {app.Id}, {field.Code}: {text}");
            }
    }

    [Fact]
    public void Lookups_copy_what_the_other_app_says()
    {
        var customers = Records(_domain.App(SampleCompany.CustomersApp)!).Select(Parse)
            .ToDictionary(record => Text(record, "顧客番号"), record => Text(record, "会社名"));
        var deals = Records(_domain.App(SampleCompany.DealsApp)!).Select(Parse).Where(deal => customers.ContainsKey(Text(deal, "顧客番号"))).ToList();
        Assert.True(deals.Count > 1_000);
        Assert.All(deals, deal => Assert.Equal(customers[Text(deal, "顧客番号")], Text(deal, "会社名")));
    }

    [Fact]
    public void The_demo_user_may_view_all_but_the_board_and_tokens_are_known()
    {
        var demo = _domain.User(SampleCompany.DemoUser)!;
        var viewable = _domain.Apps.Where(app => app.RightsOf(demo).HasFlag(AppRights.View) && app.Space?.IsGuest != true).Select(app => app.Id);
        Assert.Equal(SampleCompany.DemoApps, viewable.Order());
        Assert.False(demo.Administrator);
        Assert.All(_domain.Apps, app => Assert.Equal(app, _domain.Token(SampleCompany.TokenOf(app.Id))!.App));
    }

    [Fact]
    public void Edge_values_are_in_the_records()
    {
        var texts = string.Concat(Records(_domain.App(SampleCompany.EdgesApp)!).Select(Parse).SelectMany(record => record.EnumerateObject())
            .Select(member => member.Value.GetProperty("value")).Where(value => value.ValueKind == JsonValueKind.String).Select(value => value.GetString()));
        foreach (var sign in new[] { "\u2028", "\u0085", "\u200B", "😀", "ｶﾞ", "𠮷", "123456789012345678901234567890" })
            Assert.Contains(sign, texts, StringComparison.Ordinal);
    }

    /// <summary>The company, made once; these tests only read it.</summary>
    public sealed class Filled : IDisposable
    {
        readonly Simulator _simulator = SampleCompany.Create(new FakeTimeProvider(new(2025, 6, 1, 0, 0, 0, TimeSpan.Zero)));

        public Domain Domain => _simulator.Domain;

        public void Dispose() => _simulator.Dispose();
    }

    static List<string> Records(App app)
    {
        var (texts, renderer) = (new List<string>(), new RecordRenderer(app.Records, app.Form, Projection.Whole(app.Form), IdPlaces.First));
        app.Records.Visit(_ => Verdict.All, _ => true, false, id =>
        {
            using var bytes = new ByteBuffer(4096);
            renderer.Render(id, bytes);
            texts.Add(System.Text.Encoding.UTF8.GetString(bytes.Span));
            return true;
        });
        return texts;
    }

    static JsonElement Parse(string text) => JsonDocument.Parse(text).RootElement;

    static string Text(JsonElement record, string code) => record.GetProperty(code).GetProperty("value").GetString()!;

    void Check(Field field, JsonElement value, string where)
    {
        var isEmpty = value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.String && value.GetString()!.Length == 0);
        switch (field.TypeName)
        {
            case "SUBTABLE":
                foreach (var row in value.EnumerateArray())
                    foreach (var inner in field.Fields)
                        Check(inner, row.GetProperty("value").GetProperty(inner.Code).GetProperty("value"), where);
                break;
            case "CHECK_BOX" or "MULTI_SELECT":
                Assert.True(value.EnumerateArray().All(choice => IsOption(field, choice.GetString()!)), where);
                break;
            case "RADIO_BUTTON" or "DROP_DOWN":
                Assert.True(value.ValueKind == JsonValueKind.Null || IsOption(field, value.GetString()!), where);
                break;
            case "USER_SELECT" or "STATUS_ASSIGNEE":
                Assert.True(value.EnumerateArray()
                    .All(user => _domain.User(user.GetProperty("code").GetString()!)?.Name == user.GetProperty("name").GetString()), where);
                break;
            case "CATEGORY" or "ORGANIZATION_SELECT" or "GROUP_SELECT" or "FILE":
                Assert.True(value.ValueKind == JsonValueKind.Array, where);
                break;
            case "CREATOR" or "MODIFIER":
                Assert.NotNull(_domain.User(value.GetProperty("code").GetString()!));
                break;
            case "DATE" or "TIME":
                Assert.True(value.ValueKind == JsonValueKind.Null || Measure.TryParse(KindOf(field), value.GetString()!, out _), where);
                break;
            default:
                var kind = field.TypeName == "RECORD_NUMBER" ? MeasureKind.None : KindOf(field);
                Assert.True(value.ValueKind == JsonValueKind.String
                    && (isEmpty || kind == MeasureKind.None || Measure.TryParse(kind, value.GetString()!, out _)), where);
                break;
        }
    }

    static MeasureKind KindOf(Field field) =>
        Measure.KindOf(new(field.Code, field.Type!.Value) { Format = FieldTypeNames.ParseCalcFormat((string?)field.Properties["format"]) });

    static bool IsOption(Field field, string choice) => field.Properties["options"]!.AsObject().ContainsKey(choice);

    static string WithoutFileKeys(string record) => FileKey().Replace(record, "");

    [GeneratedRegex("\"fileKey\":\"[^\"]*\"")]
    private static partial Regex FileKey();
}
