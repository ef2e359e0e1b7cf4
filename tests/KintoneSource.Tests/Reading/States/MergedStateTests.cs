using System.Reflection;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Forms;
using KintoneSource.Kintone.Queries;
using KintoneSource.Reading.Deletions;
using KintoneSource.Reading.States;

namespace KintoneSource.Tests.Reading.States;

/// <summary>Two streams that go on together from one state: nothing that either knows is forgotten.</summary>
public class MergedStateTests
{
    static readonly DateTimeOffset s_time = new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero);

    /// <summary>What a stream keeps for itself.</summary>
    static readonly string[] s_own = [nameof(RecordsState.KnownRows), nameof(RecordsState.FetchedFiles), nameof(RecordsState.Columns)];

    static string Ids(params long[] ids)
    {
        var set = new IdSet();
        set.AddRange(ids);
        return set.Encode();
    }

    static readonly RecordsState s_full = new(true, s_time, 100, s_time, new(s_time, 90, s_time, [new IdRange(0, 100)]), Ids(1, 2, 3), 5, "hash")
    {
        FullReadAt = s_time,
        Form = new("1", "choices", "statuses"),
        NewestUpdate = s_time,
        Suspects = Ids(3),
        CountOff = new(1, 2),
        Settled = 3,
        Tombstones = new(s_time, 9),
        Reappeared = Ids(2),
        UpdatedTimeField = "更新日時",
        Requests = new(DateOnly.FromDateTime(s_time.Date), 1, 2, 3),
        KnownRows = "rows",
        FetchedFiles = "files",
        FileLimits = "10 MB",
        EmptySince = s_time,
        Columns = RememberedColumns.Of([new("code", "column")]),
    };

    /// <summary>Whoever adds a member sees it here: first because this state does not have it, then because nobody merges it.</summary>
    [Fact]
    public void Every_member_is_merged_or_is_a_stream_s_own()
    {
        var merged = RecordsState.Merged(s_full, s_full);
        foreach (var member in typeof(RecordsState).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var value = member.GetValue(s_full);
            Assert.False(value is null || value.Equals(member.PropertyType.IsValueType ? Activator.CreateInstance(member.PropertyType) : null),
                $"{member.Name} is not set here.");
            if (s_own.Contains(member.Name)) Assert.Null(member.GetValue(merged));
            else Assert.True(Equals(value, member.GetValue(merged)), $"{member.Name} is forgotten where two states are merged.");
        }
    }

    [Fact]
    public void Of_two_the_one_counts_that_promises_less()
    {
        var other = s_full with
        {
            Cursor = s_time.AddHours(-1),
            MaxId = 90,
            FullReadAt = s_time.AddDays(-1),
            NewestUpdate = s_time.AddMinutes(3),
            CountOff = default,
            Settled = 4,
            Tombstones = new(s_time.AddMinutes(1), 4),
            Reappeared = null,
            EmptySince = s_time.AddDays(1),
        };
        foreach (var merged in new[] { RecordsState.Merged(s_full, other), RecordsState.Merged(other, s_full) })
        {
            Assert.Equal((s_time.AddHours(-1), 90L, s_time.AddDays(-1), s_time.AddMinutes(3)),
                (merged.Cursor!.Value, merged.MaxId!.Value, merged.FullReadAt!.Value, merged.NewestUpdate!.Value));
            Assert.Equal((default, 4L, new TombstoneMark(s_time.AddMinutes(1), 9), Ids(2)),
                (merged.CountOff, merged.Settled!.Value, merged.Tombstones!.Value, merged.Reappeared));
            Assert.Equal(s_time.AddDays(1), merged.EmptySince);
        }
    }

    [Fact]
    public void A_state_can_be_told_in_a_message() => Assert.Contains("Confirmed = 1", $"{s_full}", StringComparison.Ordinal);

    /// <summary>What only one of them has delivered, or knows to be gone, is looked at again for both.</summary>
    [Fact]
    public void Ids_that_only_one_knows_are_known_and_suspected()
    {
        var other = s_full with { KnownIds = Ids(2, 3, 4), Suspects = null };
        Assert.True(s_full.CanBeMergedWith(other));
        var merged = RecordsState.Merged(s_full, other);
        Assert.Equal((Ids(1, 2, 3, 4), Ids(1, 3, 4)), (merged.KnownIds, merged.Suspects));
        Assert.False(s_full.CanBeMergedWith(s_full with { KnownIds = null }));
        Assert.False(s_full.CanBeMergedWith(s_full with { KnownIds = Ids([.. Enumerable.Range(10, 1_001).Select(static i => (long)i)]) }));
    }

    [Fact]
    public void Forms_that_differ_are_none() =>
        Assert.Null(RecordsState.Merged(s_full, s_full with { Form = new FormMark("2", "others", "statuses") }).Form);
}
