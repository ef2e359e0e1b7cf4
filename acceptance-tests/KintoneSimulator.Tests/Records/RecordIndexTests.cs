using CsCheck;

namespace KintoneSimulator.Tests;

public sealed class RecordIndexTests
{
    [Fact]
    public void An_index_agrees_with_a_sorted_set_after_any_history() =>
        Gen.Select(Gen.Bool, Gen.Long[1, 5000], Gen.Int[0, 100]).Array[0, 300].Sample(history =>
        {
            var (index, model) = (new RecordIndex(), new SortedSet<long>());
            foreach (var (adds, id, minute) in history)
            {
                if (adds)
                {
                    index.Add(id, minute);
                    model.Add(id);
                }
                else
                {
                    Assert.Equal(model.Remove(id), index.Remove(id));
                }
            }
            Assert.Equal(model.Count, index.Count);
            Assert.Equal(model.Max, index.MaxId);
            var seen = new List<long>();
            index.Visit(_ => Verdict.All, _ => true, true, id => { seen.Add(id); return true; });
            Assert.Equal(model.Reverse(), seen);
            Assert.All(model, id => Assert.True(index.Holds(id)));
            Assert.False(index.Holds(5001) || index.Holds(0) || index.Holds(-1) || index.Holds(1L << 40));
        }, iter: 200);

    [Fact]
    public void Every_range_says_truly_between_which_ids_and_times_its_records_lie() =>
        Gen.Select(Gen.Long[1, 3000], Gen.Int[-50, 50]).Array[1, 100].Sample(records =>
        {
            var index = new RecordIndex();
            foreach (var (id, minute) in records)
                index.Add(id, minute);
            index.CountWhere(range =>
            {
                // A record that was added twice may lie at either time.
                foreach (var (_, minutes) in records.Where(r => r.Item1 >= range.FirstId && r.Item1 <= range.LastId).Select(r => (r.Item1, r.Item2)))
                    Assert.InRange(minutes, range.Earliest, range.Latest);
                return Verdict.Some;
            }, _ => true);
        }, iter: 100);
}
