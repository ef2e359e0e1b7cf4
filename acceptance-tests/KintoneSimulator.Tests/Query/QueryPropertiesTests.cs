using CsCheck;
using KintoneSimulator.Query;

namespace KintoneSimulator.Tests.Query;

public sealed class QueryPropertiesTests
{
    [Fact]
    public void Parsing_a_printed_query_gives_it_again() => QueryGen.Query.Sample(query =>
    {
        var parsed = SampleForm.Parse(QueryPrinter.Print(query));
        Assert.Equal(query.Where, parsed.Where);
        Assert.Equal(query.OrderBy, parsed.OrderBy);
        Assert.Equal((query.Limit, query.Offset), (parsed.Limit, parsed.Offset));
    }, iter: 2_000);

    [Fact]
    public void Blanks_of_any_kind_between_tokens_change_nothing() =>
        Gen.Select(QueryGen.Tree(QueryGen.IdLeaf, 2), Gen.OneOf("\t", "\n", "\u3000", "\r\n ", "  ")).Sample((condition, blank) =>
            Assert.Equal(condition, SampleForm.Parse(condition.ToString().Replace(" ", blank, StringComparison.Ordinal)).Where), iter: 500);

    [Fact]
    public void A_record_matches_as_the_obvious_model_says() => Gen.Select(
        QueryGen.Tree(Gen.Frequency((8, QueryGen.Leaf), (1, QueryGen.PrimaryLeaf)), 2), QueryGen.Record.Array[4], QueryGen.Context)
        .Sample((condition, records, context) =>
        {
            foreach (var record in records)
                Assert.Equal(QueryModel.Matches(condition, record, context), condition.Matches(record, context));
        }, iter: 2_000);

    [Fact]
    public void Any_text_is_a_query_or_refused_as_one() => Gen.OneOf(Gen.String,
        Gen.OneOf("(", ")", "and", "\"", "金額", "> 1", "in", "limit", "not", ".", "order by", "\\").List[1, 8].Select(parts => string.Join(' ', parts)))
        .Sample(text =>
        {
            try
            {
                SampleForm.Parse(text);
            }
            catch (QueryException refused)
            {
                Assert.NotEmpty(refused.Code);
            }
        }, iter: 5_000);

    [Fact]
    public void Id_bounds_hold_every_match_and_exact_ones_nothing_else() =>
        Gen.Select(QueryGen.Tree(Gen.Frequency((8, QueryGen.IdLeaf), (1, QueryGen.Leaf), (1, QueryGen.PrimaryLeaf)), 3), QueryGen.Context)
            .Sample((condition, context) =>
        {
            var bounds = IdBounds.Of(condition);
            for (var id = 1; id <= 15; id++)
            {
                var isMatch = condition.Matches(new SampleRecord(id), context);
                Assert.True(!isMatch || bounds.Contains(id), $"{id} matches outside {bounds}");
                Assert.True(isMatch || !bounds.Exact || !bounds.Contains(id), $"{id} does not match inside {bounds}");
            }
        }, iter: 3_000);

    [Fact]
    public void Bounds_of_a_range_walk_are_exact() => Gen.Select(Gen.Long[0, 1_000_000], Gen.Long[0, 1_000_000]).Sample((a, b) =>
        Assert.Equal(new IdBounds(a + 1, b, true), IdBounds.Of(SampleForm.Parse($"($id > {a}) and $id <= {b}").Where)), iter: 200);

    [Fact]
    public void Every_match_of_an_incremental_read_is_changed_since_or_new()
    {
        var leaf = Gen.Frequency(
            (1, QueryGen.Leaf),
            (1, QueryGen.IdLeaf),
            (3, Gen.Select(Gen.OneOf(">=", ">", "="), Gen.Int[0, 59], Gen.Int[0, 12], Gen.Bool, (sign, second, id, swap) =>
            {
                var time = $"更新日時 {sign} \"2024-05-15T01:30:{second:00}Z\"";
                return SampleForm.Parse(swap ? $"$id > {id} or {time}" : $"{time} or $id > {id}").Where!;
            })));
        var found = 0;
        Gen.Select(QueryGen.Tree(leaf, 1), QueryGen.Record, Gen.Enum<LiteralSeconds>()).Sample((condition, record, seconds) =>
        {
            if (ChangedSince.Find(condition) is not { } since || !condition.Matches(record, SampleRecord.Context with { Seconds = seconds }))
                return;
            Interlocked.Increment(ref found);
            Assert.True(record.Id > since.AboveId || (Measure.TryRead(since.Field, record, out var time) && time.Value >= since.Since.UtcTicks));
        }, iter: 5_000);
        Assert.True(found > 50, $"only {found} cases");
    }

    [Fact]
    public void Results_are_ordered_by_the_fields_in_turn_and_then_by_id_downwards() => QueryGen.Record.Array[0, 8].Sample(records =>
    {
        var comparer = new RecordComparer(SampleForm.Parse("order by 金額 desc, title, radio").OrderBy);
        var field = SampleForm.Instance;
        var expected = records
            .OrderByDescending(record => record.Get(field["金額"]).IsEmpty ? 0 : 1)
            .ThenByDescending(record => Measure.TryRead(field["金額"], record, out var number) ? number : default)
            .ThenBy(record => record.Get(field["title"]).ToString(), StringComparer.Ordinal)
            .ThenBy(record => Array.IndexOf(["高", "中", "低"], record.Get(field["radio"]).ToString()))
            .ThenByDescending(record => record.Id);
        Assert.Equal(expected.Select(record => record.Id), records.Order(comparer).Select(record => record.Id));
    }, iter: 500);
}
