using CsCheck;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Forms;
using KintoneSource.Protocol;

namespace KintoneSource.Tests.Catalog;

public class StreamColumnsTests
{
    static readonly Gen<FormField> s_field = Gen.Select(Gen.Int[0, FieldTypes.ByName.Count - 1], Gen.Char["abcdeあ会"]).Select(static (type, code) =>
        FieldTypes.ByName.Keys.ElementAt(type) is "SUBTABLE"
            ? Forms.Table($"{code}", Forms.Field($"{code}x", "NUMBER"), Forms.Field($"{code}y", "FILE"))
            : Forms.Field($"{code}", FieldTypes.ByName.Keys.ElementAt(type)));

    static readonly Gen<Form> s_form = s_field.Array[0, 7].Select(static f => Forms.Of(f.DistinctBy(static f => f.Code)));

    [Fact] // model: discover, then read with nothing changed in between
    public void An_unchanged_form_is_read_as_it_was_discovered() =>
        Gen.Select(s_form, Gen.Bool, Gen.Bool).Sample(static (form, ascii, deleted) =>
        {
            var names = ascii ? ColumnNames.Ascii : ColumnNames.FieldCode;
            var layout = StreamColumns.Of(Configured(AppStream.Records(1, "x", form, names, deleted)), form, names, deleted);

            Assert.Equal(Text(AppColumns.Records(form, names.For(form), deleted)), Text([.. layout.Columns]));
            Assert.Empty(layout.Warnings);
        }, iter: 500);

    [Fact] // whatever became of the form, the columns and kinds are the catalog's
    public void The_catalog_decides_columns_and_kinds() => Gen.Select(s_form, s_form).Sample(static (before, now) =>
    {
        var stream = Configured(AppStream.Records(1, "x", before, ColumnNames.FieldCode, true));
        var layout = StreamColumns.Of(stream with { SyncMode = SyncMode.FullRefresh }, now, ColumnNames.FieldCode, true);

        Assert.Equal(
            AppColumns.Records(before, ColumnNames.FieldCode.For(before), true).Select(static c => (c.Name, c.Kind)),
            layout.Columns.Select(static c => (c.Name, c.Kind)));
        var fields = now.Fields.Select(static f => f.Code).ToHashSet();
        Assert.All(layout.Columns.Where(static c => !c.Name.StartsWith('_')), c =>
            Assert.Equal(now.Fields.Any(f => f.Code == c.Name && FieldSchema.KindOf(f) is not null) ? c.Name : null, c.Source));
    }, iter: 500);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"type":"object","properties":{}}""")]
    [InlineData("null")]
    public void A_catalog_without_columns_selects_all_of_today_s(string schema)
    {
        var form = Forms.Of(Forms.UpdatedTime, Forms.Field("a", "NUMBER"));

        var layout = StreamColumns.Of(new("s", null, SyncMode.FullRefresh, Forms.Json(schema)), form, ColumnNames.FieldCode, true);

        Assert.Equal([Column.Id, Column.Revision, Column.UpdatedAt, "a", "更新日時", Column.DeletedAt], layout.Columns.Select(static c => c.Name));
        Assert.Equal("更新日時", layout.UpdatedTime);
    }

    [Fact]
    public void Drift_is_told_in_one_sentence_for_each_cause()
    {
        var catalog = Configured(AppStream.Records(1, "x", Forms.Of(
            Forms.UpdatedTime, Forms.Field("gone1", "DATE"), Forms.Field("gone2", "FILE"), Forms.Field("n", "NUMBER"), Forms.Field("u", "HOLOGRAM"),
            Forms.Table("t", Forms.Field("kept", "NUMBER"), Forms.Field("lost", "DATE")), Forms.Table("whole", Forms.Field("w", "DATE"))),
                ColumnNames.FieldCode, true));

        var layout = StreamColumns.Of(catalog, Forms.Of(
            Forms.Field("いつ", "UPDATED_TIME"), Forms.Field("n", "SINGLE_LINE_TEXT"), Forms.Field("u", "HOLOGRAM"), Forms.Field("new", "DATE"),
            Forms.Table("t", Forms.Field("kept", "CHECK_BOX"))), ColumnNames.FieldCode, true);

        var columns = layout.Columns.ToDictionary(static c => c.Name);
        Assert.Equal("いつ", columns[Column.UpdatedAt].Source);
        Assert.Equal(("n", ColumnKind.Number), (columns["n"].Source, columns["n"].Kind));
        Assert.Null(columns["gone1"].Source);
        Assert.Equal([("kept", "kept", ColumnKind.Number), ("lost", null, ColumnKind.Date)],
            columns["t"].Columns.Select(static c => (c.Name, c.Source, c.Kind)));
        Assert.DoesNotContain("new", columns.Keys);
        Assert.Collection(
            layout.Warnings,
            static w => Assert.Contains("were probably changed: that of gone1 to new, that of 更新日時 to いつ.", w, StringComparison.Ordinal),
            static w => Assert.Contains(": gone2, t.lost, whole.", w, StringComparison.Ordinal),
            static w => Assert.Contains(": n, t.kept.", w, StringComparison.Ordinal),
            static w => Assert.Contains("u (HOLOGRAM)", w, StringComparison.Ordinal));
    }

    [Fact]
    public void Only_selected_columns_are_read()
    {
        var schema = Forms.Json("""{"properties":{"a":{"type":["null","number"]},"_kintone_id":{"type":["null","integer"]}}}""");

        var layout = StreamColumns.Of(new("s", null, SyncMode.Incremental, schema),
            Forms.Of(Forms.UpdatedTime, Forms.Field("a", "NUMBER"), Forms.Field("b", "NUMBER")), ColumnNames.FieldCode, true);

        Assert.Equal([new("a", "a", ColumnKind.Number), new(Column.Id, "$id", ColumnKind.Integer)],
            layout.Columns.Select(static c => (c.Name, c.Source, c.Kind)));
    }

    [Fact]
    public void A_lost_update_time_ends_an_incremental_stream_with_what_to_do()
    {
        var stream = Configured(AppStream.Records(5, "x", Forms.Of(Forms.UpdatedTime), ColumnNames.FieldCode, true));
        var form = Forms.Of(Forms.Field("更新日時", "DATETIME"));

        var error = Assert.Throws<ConfigurationException>(() => StreamColumns.Of(stream, form, ColumnNames.FieldCode, true));

        Assert.Contains("app_5_records", error.Message, StringComparison.Ordinal);
        Assert.Contains("refresh the schema", error.Message, StringComparison.Ordinal);
        Assert.Null(StreamColumns.Of(stream with { SyncMode = SyncMode.FullRefresh }, form, ColumnNames.FieldCode, true).UpdatedTime);
    }

    /// <summary>Without a schema, too: nothing becomes a full refresh unasked, but where the catalog offers no more than that.</summary>
    [Fact]
    public void Only_a_catalog_that_offers_nothing_else_makes_a_full_refresh_of_an_incremental_stream()
    {
        var form = Forms.Of(Forms.Field("a", "NUMBER"));
        ConfiguredStream stream = new("app_5_records", null, SyncMode.Incremental, default);
        Assert.Throws<ConfigurationException>(() => StreamColumns.Of(stream, form, ColumnNames.FieldCode, true));
        Assert.Null(StreamColumns.Of(stream with { OffersOnlyFullRefresh = true }, form, ColumnNames.FieldCode, true).UpdatedTime);
    }

    [Fact] // some runners ask for incremental whatever the stream offers
    public void A_stream_that_never_had_an_update_time_is_no_error()
    {
        var form = Forms.Of(Forms.Field("a", "NUMBER"));

        var layout = StreamColumns.Of(Configured(AppStream.Records(5, "x", form, ColumnNames.FieldCode, true)), form, ColumnNames.FieldCode, true);

        Assert.Null(layout.UpdatedTime);
        Assert.Empty(layout.Warnings);
    }

    static ConfiguredStream Configured(StreamDefinition stream) =>
        new(stream.Name, null, SyncMode.Incremental, Forms.Json(stream.Schema.ToString())) { OffersOnlyFullRefresh = stream.CursorField is null };

    static IEnumerable<string> Text(IEnumerable<Column> columns) =>
        columns.Select(static c => $"{c.Name}<-{c.Source}:{c.Kind}[{string.Join(",", Text(c.Columns))}]");
}
