using System.Text;
using CsCheck;
using KintoneSource.Catalog;

namespace KintoneSource.Tests.Reading.Transcoding;

/// <summary>Which wanted fields no record of a page has, by a transcoder that has read other pages before.</summary>
public class AbsentFieldsTests
{
    static readonly Column s_table = new("明細", "明細", ColumnKind.Table, [
        new("摘要", "摘要", ColumnKind.Text) { Origin = ColumnOrigin.RowField }, new("数量", "数量", ColumnKind.Number) { Origin = ColumnOrigin.RowField }]);

    static readonly string[] s_fields = ["品名", "金額", "備考"], s_rowFields = ["摘要", "数量"];

    /// <summary>Which fields a record has; of its table, null where it has none, the fields that each of its rows has.</summary>
    public readonly record struct Shape(int Fields, int[]? Rows)
    {
        public string Text(int id)
        {
            var (fields, rows) = (Fields, Rows);
            var cells = s_fields.Where((_, i) => (fields >> i & 1) == 1).Select(static f => $"\"{f}\":{{\"type\":\"T\",\"value\":\"1\"}}");
            var lines = rows?.Select(static (r, i) =>
            {
                var inner = s_rowFields.Where((_, f) => (r >> f & 1) == 1).Select(static f => $"\"{f}\":{{\"type\":\"T\",\"value\":\"1\"}}");
                return $"{{\"id\":\"{i + 1}\",\"value\":{{{string.Join(',', inner)}}}}}";
            });
            if (lines is not null) cells = cells.Append($"\"明細\":{{\"type\":\"SUBTABLE\",\"value\":[{string.Join(',', lines)}]}}");
            return $"{{{string.Join(',', cells.Append($"\"$id\":{{\"type\":\"__ID__\",\"value\":\"{id}\"}}"))}}}";
        }
    }

    static IEnumerable<string> Expected(Shape[] records)
    {
        if (records.Length == 0) return [];
        int[] rows = [.. records.SelectMany(static r => r.Rows ?? [])];
        return s_fields.Where((_, i) => records.All(r => (r.Fields >> i & 1) == 0))
            .Concat(records.All(static r => r.Rows is null) ? ["明細"] : [])
            .Concat(rows.Length == 0 ? [] : s_rowFields.Where((_, i) => rows.All(r => (r >> i & 1) == 0)));
    }

    [Fact]
    public void Are_those_that_neither_a_record_nor_a_row_has()
    {
        var shape = Gen.Select(Gen.Int[0, 7], Gen.Bool, Gen.Int[0, 3].Array[0, 3], static (fields, hasTable, rows) =>
            new Shape(fields, hasTable ? rows : null));
        Gen.Select(shape.Array[0, 3], Gen.Bool).Array[1, 4].Sample(
            static pages =>
            {
                var transcoder = Transcoded.Of([.. s_fields.Select(static f => new Column(f, f, ColumnKind.Text)), s_table]);
                foreach (var (records, isUnusual) in pages)
                {
                    var text = $"{{\"records\":[{string.Join(',', records.Select(static (r, i) => r.Text(i + 1)))}]}}";
                    Transcoded.By(transcoder, Encoding.UTF8.GetBytes(isUnusual ? text.Replace(",\"value\"", ", \"value\"", StringComparison.Ordinal) : text));
                    Assert.Equal(Expected(records).Order(StringComparer.Ordinal), transcoder.AbsentFields.Order(StringComparer.Ordinal));
                }
            },
            iter: 1_000);
    }
}
