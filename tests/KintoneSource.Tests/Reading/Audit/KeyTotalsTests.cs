using CsCheck;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Tests.Reading.Audit;

public class KeyTotalsTests
{
    [Fact]
    public void Of_known_ids_they_are_count_sum_and_greatest() => Gen.Long[1, 300_000].HashSet[0, 200].Sample(static ids =>
    {
        var set = new IdSet();
        foreach (var id in ids) set.Add(id);
        var totals = set.Totals();
        Assert.Equal((ids.Count, (long?)ids.Sum(), ids.Count == 0 ? null : ids.Max()), (totals.Count, totals.Sum, totals.Max));
    });

    [Fact]
    public void Of_known_rows_they_are_those_of_both_numbers_of_each_key() =>
        Gen.Select(Gen.Long[1, 200_000], Gen.Long[1, 1_000]).HashSet[0, 200].Sample(static keys =>
        {
            var known = new KnownRows();
            foreach (var record in keys.GroupBy(static key => key.Item1)) known.Replace(record.Key, [.. record.Select(static key => key.Item2)]);
            foreach (var totals in (KeyTotals[])[known.Totals(), KnownRows.Decode(known.Encode()).Totals()]) // the blocks of a state are closed
            {
                Assert.Equal(
                    (keys.Count, (long?)keys.Sum(static key => key.Item1 + key.Item2), keys.Count == 0 ? null : keys.Max(static key => key.Item2)),
                    (totals.Count, totals.Sum, totals.Max));
            }
        });

    [Fact]
    public void A_sum_beyond_64_bits_is_none()
    {
        var totals = new KeyTotals();
        totals.Add(long.MaxValue);
        Assert.Equal(long.MaxValue, totals.Sum);
        totals.Add(1);
        Assert.Equal((2, null, long.MaxValue), (totals.Count, totals.Sum, totals.Max));
        var rows = new KeyTotals();
        rows.AddRow(long.MaxValue, 1);
        Assert.Equal((1, null, 1), (rows.Count, rows.Sum, rows.Max));
    }
}
