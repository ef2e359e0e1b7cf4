using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using KintoneSource.Catalog;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Forms;

namespace WarehouseTests.Views;

/// <summary>Whatever the labels are, each field of an app has a column, and no two have one.</summary>
[Collection(PostgresServerCollection.Name)]
public sealed class AnyLabelsTests(PostgresServer postgres)
{
    public static TheoryData<string> Databases => ["DuckDB with JSON", "PostgreSQL"];

    static readonly string[] s_others = ["_deleted", "_history"];

    // Short ones that meet what is put behind them, and long ones that are cut to the same.
    static readonly string[] s_pieces =
        ["a", "A", "_", "_id", "_f1", " id", "金額", "\"", "'", "{0}", "%s", "$1", "\\", "\n", ";", "_kintone_id", "長い名前のフィールドですから切られます", "𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷"];

    static readonly Gen<string> s_label = Gen.Int[0, s_pieces.Length - 1].Select(static i => s_pieces[i]).Array[0, 3]
        .Select(static pieces => string.Concat(pieces));

    [SkippableTheory]
    [MemberData(nameof(Databases))]
    public void Each_field_has_a_column(string kind)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        database.Settings["is_append"] = "true";
        Gen.Select(s_label, s_label.Array[1, 12]).Sample((app, labels) =>
        {
            var form = new Form("1", [.. labels.Select(static (label, i) =>
                new FormField($"f{i:00}", label, "SINGLE_LINE_TEXT") { Lookup = i == 0 ? new("1", "f00") : null })]);
            database.Load("app_1_records", Schema(AppStream.Records(1, app, form, ColumnNames.Ascii, emitDeletedRecords: true)),
                [Row([("_kintone_id", 1), .. form.Fields.Select(static f => (f.Code, (JsonNode)$"value of {f.Code}"))])]);
            database.Load("app_fields", Schema(ResourceStreams.AppFields.Definition),
                [.. DataDictionary.Rows(new(1, app, form), ColumnNames.Ascii.For(form), new(StreamNaming.Id, new([])))
                    .Select(static row => JsonNode.Parse(row.ToString())!.AsObject())]);
            database.MakeViews();

            Assert.Equal(3, database.Views().Count); // the others show what is gone, and every version
            var view = database.Views().Single(static v => !s_others.Any(suffix => v.EndsWith(suffix, StringComparison.Ordinal)));
            // the record's id, that of the one that is looked up, and an update time that the form hides
            Assert.Equal(labels.Length + 3, database.Columns(view).Count);
            Assert.True(kind != "PostgreSQL" || database.Columns(view).Append(view).All(static name => Encoding.UTF8.GetByteCount(name) <= 63));
            Assert.Equal(form.Fields.Select(static f => $"value of {f.Code}").Append("1").Append("1").Order(StringComparer.Ordinal),
                database.Rows($"SELECT * FROM {LabelDatabase.Name(view)}")[0].OfType<string>().Order(StringComparer.Ordinal));
        }, iter: 25, threads: 1);
    }

    static JsonObject Schema(StreamDefinition stream) => JsonNode.Parse(stream.Schema.ToString())!.AsObject();

    static JsonObject Row(IEnumerable<(string Name, JsonNode Value)> cells) => new(cells.Select(static c => KeyValuePair.Create(c.Name, (JsonNode?)c.Value)));
}
