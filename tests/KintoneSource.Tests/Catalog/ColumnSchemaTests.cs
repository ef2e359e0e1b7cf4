using CsCheck;
using KintoneSource.Catalog;
using KintoneSource.Protocol;

namespace KintoneSource.Tests.Catalog;

public class ColumnSchemaTests
{
    static readonly ColumnKind[] s_today = Enum.GetValues<ColumnKind>();

    [Fact] // the destination's table was made from the schema, so reading must get from it what discover meant
    public void A_declared_kind_is_the_kind_that_was_written() => Gen.Select(Forms.Column, Gen.Int[0, s_today.Length]).Sample(static (column, now) =>
    {
        var schema = Forms.Json(Schema(column));
        Assert.Equal(column.Kind, DeclaredKind.Of(schema, now < s_today.Length ? s_today[now] : null));
        if (column.Kind != ColumnKind.Table) return;

        var rows = DeclaredKind.RowProperties(schema);
        Assert.Equal(
            column.Columns.Select(static c => (c.Name, c.Kind)).Prepend((Column.RowId, ColumnKind.Integer)),
            rows.EnumerateObject().Select(static p => (p.Name, DeclaredKind.Of(p.Value, null))));
    }, iter: 2_000);

    [Fact]
    public async Task Every_kind_has_its_schema() => await KintoneSource.Testing.Verifier.Verify(
        string.Join("\n", Enum.GetValues<ColumnKind>().Select(static k =>
            $"{k} {Schema(new("c", "c", k, k == ColumnKind.Table ? [new("inner", "inner", ColumnKind.Number)] : []))}")));

    [Theory]
    [InlineData("""{"type":["string","null"],"format":"date-time"}""", null, ColumnKind.Timestamp)]
    [InlineData("""{"type":"string","format":"date-time","airbyte_type":"timestamp_without_timezone"}""", null, ColumnKind.Timestamp)]
    [InlineData("""{"type":"string","format":"time"}""", null, ColumnKind.Time)]
    [InlineData("""{"type":"string","format":"uri"}""", ColumnKind.Number, ColumnKind.Text)]
    [InlineData("""{"type":"number","airbyte_type":"integer"}""", null, ColumnKind.Integer)]
    [InlineData("""{"type":"array"}""", ColumnKind.Table, ColumnKind.Table)]
    [InlineData("""{"type":"array","items":{}}""", ColumnKind.FileList, ColumnKind.FileList)]
    [InlineData("""{"type":"array","items":{"type":"object"}}""", ColumnKind.EntityList, ColumnKind.EntityList)]
    [InlineData("""{"type":"array"}""", ColumnKind.Text, ColumnKind.Any)]
    [InlineData("""{"type":"array"}""", null, ColumnKind.Any)]
    [InlineData("""{"type":"array","items":{"type":"number"}}""", ColumnKind.TextList, ColumnKind.Any)]
    [InlineData("""{"type":"object"}""", ColumnKind.Entity, ColumnKind.Entity)]
    [InlineData("""{"type":"object"}""", ColumnKind.Text, ColumnKind.Any)]
    [InlineData("""{"type":["null","string","number"]}""", ColumnKind.Text, ColumnKind.Any)]
    [InlineData("""{}""", ColumnKind.Text, ColumnKind.Any)]
    [InlineData("true", ColumnKind.Text, ColumnKind.Any)]
    [InlineData("null", null, ColumnKind.Any)]
    public void Schemas_that_runners_rewrote_are_understood(string schema, object? today, object kind) =>
        Assert.Equal((ColumnKind)kind, DeclaredKind.Of(Forms.Json(schema), (ColumnKind?)today));

    static string Schema(Column column) => RawJson.From(json => ColumnSchema.Write(json, column, static _ => null)).ToString();
}
