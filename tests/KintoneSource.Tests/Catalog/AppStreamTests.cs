using System.Text;
using System.Text.Json;
using CsCheck;
using KintoneSource.Catalog;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Forms;
using KintoneSource.Protocol;
using KintoneSource.Testing;

namespace KintoneSource.Tests.Catalog;

public class AppStreamTests
{
    static readonly Form s_form = Forms.Of(
        Forms.UpdatedTime,
        new FormField("顧客名", "お客様のお名前", "SINGLE_LINE_TEXT") { Required = true },
        Forms.Field("name", "CREATOR"),
        Forms.Field("単価", "NUMBER"),
        Forms.Field("見出し", "GROUP"),
        Forms.Field("関連", "REFERENCE_TABLE"),
        Forms.Field("ステータス", "STATUS") with { Enabled = false },
        Forms.Field("future", "HOLOGRAM"),
        Forms.Table("明細", Forms.Field("数量", "NUMBER"), Forms.Field("添付", "FILE")));

    [Fact]
    public async Task Offers_an_app_s_records() =>
        await Verifier.Verify(Indented(AppStream.Records(12, "見積", s_form, ColumnNames.FieldCode, emitDeletedRecords: true)), "json");

    [Fact]
    public async Task Offers_an_app_s_records_with_ascii_names() =>
        await Verifier.Verify(Indented(AppStream.Records(12, "見積", s_form, ColumnNames.Ascii, emitDeletedRecords: false)), "json");

    [Fact]
    public async Task Offers_an_app_s_comments_with_their_price() =>
        await Verifier.Verify(Indented(AppStream.Comments(12, "見積", s_form, emitDeletedRecords: true)), "json");

    /// <summary>Platforms let nobody select a file-based stream for a destination that takes no files: the rows are never one.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Contents_are_a_stream_of_their_own_for_those_who_ask_for_them(bool asked)
    {
        var streams = AppStream.All(12, "見積", s_form, ColumnNames.FieldCode, true, RelatedStreams.Default with { Tables = false, Files = asked })
            .Select(static s => s.ToAirbyteStream());
        Assert.Equal(
            (string[])["app_12_records", "app_12_attachments", .. asked ? new[] { "app_12_files file-based" } : []],
            streams.Select(static s => $"{s.Name}{(s.IsFileBased == true ? " file-based" : "")}"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Comments_are_offered_to_those_who_ask_for_them(bool asked) => Assert.Equal(
        asked ? ["app_12_records", "app_12_comments"] : ["app_12_records"],
        AppStream.All(12, "見積", s_form, ColumnNames.FieldCode, true, new(Tables: false, Attachments: false, Files: false, Comments: asked))
            .Select(static s => s.Name));

    /// <summary>A column that goes, with it the cursor, would stop a platform's whole connection.</summary>
    [Fact]
    public void Without_an_update_time_its_column_stays_and_there_is_only_full_refresh()
    {
        var stream = AppStream.Records(3, "x", Forms.Of(Forms.Field("a", "NUMBER")), ColumnNames.FieldCode, true).ToAirbyteStream();

        Assert.Equal([SyncMode.FullRefresh], stream.SupportedSyncModes);
        Assert.Null(stream.DefaultCursorField);
        Assert.Null(stream.SourceDefinedCursor);
        var shown = AppStream.Records(3, "x", Forms.Of(Forms.UpdatedTime, Forms.Field("a", "NUMBER")), ColumnNames.FieldCode, true).ToAirbyteStream();
        static string ColumnOf(AirbyteStream stream) => Forms.Json(stream.JsonSchema.ToString()).GetProperty("properties").GetProperty(Column.UpdatedAt)
            .GetRawText();
        Assert.Equal(ColumnOf(shown), ColumnOf(stream));
    }

    /// <summary>Platforms compare columns whole: what people rename in Kintone must not look like another schema.</summary>
    [Fact]
    public void Labels_choices_and_names_change_no_column()
    {
        static string Columns(string app, Func<FormField, FormField> change) => string.Join('\n', AppStream.All(
            12, app, new(s_form.Revision, [.. s_form.Fields.Select(change).Select(f => f with { Fields = [.. f.Fields.Select(change)] })]),
                ColumnNames.FieldCode, true, new(true, true, true, true))
            .Select(static s => $"{s.Name} {Forms.Json(s.Schema.ToString()).GetProperty("properties").GetRawText()}"));

        Assert.Equal(
            Columns("見積", static f => f),
            Columns("見積もり", static f => f with { Label = f.Label + "（新）", Options = ["松", "竹"], Required = !f.Required, Unit = "円", Expression = "1+1" }));
        Assert.DoesNotContain("お客様", Columns("見積", static f => f), StringComparison.Ordinal);
    }

    [Fact] // the platform's own rules for stream schemas
    public async Task Schemas_hold_to_the_rules_whatever_the_form() =>
        await Gen.Select(Gen.Int[0, FieldTypes.ByName.Count - 1], Gen.String[1, 6]).Array[0, 12].SampleAsync(async fields =>
        {
            var form = Forms.Of(fields.DistinctBy(static f => f.Item2).Select(static f => Forms.Field(f.Item2, FieldTypes.ByName.Keys.ElementAt(f.Item1))));
            var stream = AppStream.Records(1, "\"app\"\u2028", form, ColumnNames.FieldCode, true).ToAirbyteStream();
            var schema = Forms.Json(stream.JsonSchema.ToString());

            _ = new SchemaCheck(stream.JsonSchema.ToString());
            var keywords = Keywords(schema).ToHashSet();
            Assert.DoesNotContain("$ref", keywords);
            Assert.DoesNotContain("allOf", keywords);
            Assert.DoesNotContain("not", keywords);
            Assert.DoesNotContain("additionalProperties:False", keywords);
            foreach (var column in stream.SourceDefinedPrimaryKey.Select(static k => k.Single()).Concat(stream.DefaultCursorField ?? []))
                Assert.True(schema.GetProperty("properties").TryGetProperty(column, out _), column);
        }, iter: 300);

    [Fact]
    public void The_app_of_a_stream_s_name_is_found_again() =>
        Gen.Long[0, long.MaxValue].Sample(static app => AppStreamName.Parse(AppStreamName.Records(app).ToString())?.App == app, iter: 200);

    [Fact]
    public void A_stream_s_kind_is_found_again() => Assert.All(
        [AppStreamName.Records(7), AppStreamName.OfTable(7, "明細"), AppStreamName.Attachments(7), AppStreamName.Files(7), AppStreamName.Comments(7)],
        static name => Assert.Equal(name, AppStreamName.Parse(name.ToString())));

    [Theory]
    [InlineData("apps")]
    [InlineData("app__records")]
    [InlineData("app_records")]
    [InlineData("app_x_records")]
    [InlineData("app_-1_records")]
    [InlineData("app_012_records")]
    [InlineData("app_ 1_records")]
    [InlineData("app_99999999999999999999_records")]
    [InlineData("APP_1_records")]
    public void Other_names_have_no_app(string name) => Assert.Null(AppStreamName.Parse(name));

    // Names under "properties" are columns; everything else is a keyword.
    static IEnumerable<string> Keywords(JsonElement schema) => schema.ValueKind != JsonValueKind.Object ? [] : schema.EnumerateObject().SelectMany(static p =>
        p.Name == "properties" ? p.Value.EnumerateObject().SelectMany(static c => Keywords(c.Value))
        : Keywords(p.Value).Append(p.Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? $"{p.Name}:{p.Value}" : p.Name));

    static string Indented(StreamDefinition stream)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new() { Indented = true, Encoder = JsonText.Encoder }))
            Forms.Json(JsonSerializer.Serialize(new CatalogMessage(new([stream.ToAirbyteStream()])), ProtocolJson.Default.AirbyteMessage)).WriteTo(json);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
