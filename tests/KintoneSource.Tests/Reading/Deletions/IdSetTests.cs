using CsCheck;
using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Tests.Reading.Deletions;

public class IdSetTests
{
    // Ids close together, around the edges of a chunk, far apart, and at the end of what a long holds.
    static readonly Gen<long> s_id = Gen.Frequency(
        (4, Gen.Long[1, 200]),
        (4, Gen.Long[65_536 - 100, 65_536 + 100]),
        (3, Gen.Long[1, 300_000]),
        (1, Gen.Long[1, 1L << 45]),
        (1, Gen.Long[long.MaxValue - 70_000, long.MaxValue]));

    enum Op { Add, Remove, AddRange, RemoveRange, AddEveryThird, Encode }

    static readonly Gen<(Op Op, long Id, int Length)[]> s_operations = Gen.Select(
        Gen.Frequency(
            (4, Gen.Const(Op.Add)), (3, Gen.Const(Op.Remove)), (2, Gen.Const(Op.AddRange)),
            (1, Gen.Const(Op.RemoveRange)), (1, Gen.Const(Op.AddEveryThird)), (1, Gen.Const(Op.Encode))),
        s_id,
        Gen.Frequency((3, Gen.Int[1, 50]), (1, Gen.Int[1, 9_000])), // over 4,096 a chunk becomes a bitmap
        static (op, id, length) => (op, id, length)).Array[0, 25];

    [Trait("Duration", "long")]
    [Fact]
    public void Does_what_a_sorted_set_does() => s_operations.Sample(static operations =>
    {
        var (set, model) = Apply(operations);
        AssertSame(model, set);
    }, iter: 300);

    [Fact]
    [Trait("Duration", "long")]
    public void Text_gives_the_same_set_back() => s_operations.Sample(static operations =>
    {
        var (set, model) = Apply(operations);
        var decoded = IdSet.Decode(set.Encode());
        AssertSame(model, decoded);
        Assert.Equal(set.Encode(), decoded.Encode());
    }, iter: 200);

    [Fact]
    public void Text_depends_on_the_ids_alone_not_on_how_they_came() => s_operations.Sample(static operations =>
    {
        var (set, model) = Apply(operations);
        var fresh = new IdSet();
        fresh.AddRange(model.ToArray());
        Assert.Equal(fresh.Encode(), set.Encode());
    }, iter: 200);

    [Trait("Duration", "long")]
    [Fact]
    public void A_decoded_set_lives_on() => Gen.Select(s_operations, s_operations).Sample(static (before, after) =>
    {
        var (set, model) = Apply(before);
        var decoded = IdSet.Decode(set.Encode());
        Apply(after, decoded, model);
        AssertSame(model, decoded);
    }, iter: 100);

    [Trait("Duration", "long")]
    [Fact]
    public void Ranges_count_and_list_their_ids() => Gen.Select(s_operations, s_id.Array[1, 12]).Sample(static (operations, edges) =>
    {
        var (set, model) = Apply(operations);
        long[] points = [long.MinValue, -1, 0, 1, long.MaxValue, .. edges, .. edges.Select(static e => e - 1)];
        foreach (var after in points)
            foreach (var upTo in points)
            {
                var expected = model.Where(id => id > after && id <= upTo).ToArray();
                Assert.Equal(expected.Length, set.CountIn(after, upTo));
                Assert.Equal(expected, set.Between(after, upTo));
            }
    }, iter: 30);

    [Fact]
    public void Ids_stay_in_order_of_rank() => s_operations.Sample(static operations =>
    {
        var (set, model) = Apply(operations);
        var rank = 0;
        foreach (var id in model) Assert.Equal(id, set[rank++]);
        Assert.Throws<ArgumentOutOfRangeException>(() => set[rank]);
        Assert.Throws<ArgumentOutOfRangeException>(() => set[-1]);
    }, iter: 60);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void Only_positive_ids_are_ids(long id)
    {
        var set = new IdSet();
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Add(id));
        Assert.False(set.Contains(id));
        Assert.False(set.Remove(id));
        Assert.Equal(0, set.Count);
    }

    [Trait("Duration", "long")]
    [Fact]
    public void Ids_that_share_nothing_are_taken_in_any_order()
    {
        var random = new Random(11);
        var ids = Enumerable.Range(0, 100_000).Select(_ => random.NextInt64(1, long.MaxValue)).Distinct().ToArray();
        var set = new IdSet();
        set.AddRange(ids);
        Array.Sort(ids);
        Assert.Equal(ids, set.Between(0, long.MaxValue));
        Assert.Equal(ids, IdSet.Decode(set.Encode()).Between(0, long.MaxValue));
    }

    [Trait("Duration", "long")]
    [Fact]
    public void Ten_million_ids_take_a_few_megabytes()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var set = new IdSet();
        for (var id = 1L; id <= 10_000_000; id++) set.Add(id);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(10_000_000, set.Count);
        // Everything ever allocated, growing arrays too; what is kept is 1.3 MB of bitmaps.
        Assert.InRange(allocated, 0, 5_000_000);
    }

    [Fact]
    public void A_full_set_explains_itself()
    {
        var set = IdSet.Decode(IdSetCodecTests.FullChunks(1, (int)(IdSet.MaxCount / 65_536)));
        Assert.Equal(IdSet.MaxCount, set.Count);
        Assert.False(set.Add(70_000));
        var error = Assert.Throws<ConfigurationException>(() => set.Add(5));
        Assert.Contains("emit_deleted_records", error.Message, StringComparison.Ordinal);
        Assert.Equal(IdSet.MaxCount, set.Count);
        Assert.True(set.Remove(70_000));
        Assert.True(set.Add(5));
    }

    static (IdSet Set, SortedSet<long> Model) Apply((Op, long, int)[] operations)
    {
        var (set, model) = (new IdSet(), new SortedSet<long>());
        Apply(operations, set, model);
        return (set, model);
    }

    static void Apply((Op Op, long Id, int Length)[] operations, IdSet set, SortedSet<long> model)
    {
        foreach (var (op, id, length) in operations)
        {
            var range = Enumerable.Range(0, length).Select(i => id + i).Where(static i => i > 0).ToArray();
            switch (op)
            {
                case Op.Add:
                    Assert.Equal(model.Add(id), set.Add(id));
                    break;
                case Op.Remove:
                    Assert.Equal(model.Remove(id), set.Remove(id));
                    break;
                case Op.AddRange:
                    set.AddRange(range);
                    model.UnionWith(range);
                    break;
                case Op.RemoveRange:
                    foreach (var i in range) Assert.Equal(model.Remove(i), set.Remove(i));
                    break;
                case Op.AddEveryThird:
                    foreach (var i in range.Where(static i => i % 3 == 0)) Assert.Equal(model.Add(i), set.Add(i));
                    break;
                case Op.Encode:
                    _ = set.Encode(); // later changes must not meet a stale encoding
                    break;
            }
            Assert.Equal(model.Count, set.Count);
            Assert.Equal(model.Contains(id), set.Contains(id));
        }
    }

    static void AssertSame(SortedSet<long> model, IdSet set)
    {
        Assert.Equal(model.Count, set.Count);
        Assert.Equal(model.Min, set.Min);
        Assert.Equal(model.Max, set.Max);
        Assert.Equal(model, set.Between(0, long.MaxValue));
        Assert.All(model.Take(50), id => Assert.True(set.Contains(id)));
        Assert.All(model.Take(50), id => Assert.Equal(model.Contains(id + 1), set.Contains(id + 1)));
    }
}
