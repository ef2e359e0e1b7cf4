using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Tests.Reading.Deletions;

public class EmptyAppWitnessTests
{
    static readonly DateTimeOffset s_now = new(2026, 5, 8, 3, 0, 0, TimeSpan.Zero);

    /// <param name="Says">What is said of each record; null for a user who may not ask.</param>
    sealed record Evidence(bool Shows, Func<long, bool>? Says) : IAppEvidence
    {
        public List<long> Asked { get; } = [];

        public Task<bool> ShowsAnyAsync(CancellationToken ct) => Task.FromResult(Shows);

        public Task<bool?> IsThereAsync(long id, CancellationToken ct)
        {
            Asked.Add(id);
            return Task.FromResult(Says?.Invoke(id));
        }
    }

    static Task<AppContents> AskAsync(Evidence evidence, DateTimeOffset? emptySince = null, int rereadDays = 7, long[]? remembered = null) =>
        Witness(evidence, emptySince, rereadDays, remembered).AskAsync(CancellationToken.None);

    static EmptyAppWitness Witness(Evidence evidence, DateTimeOffset? emptySince = null, int rereadDays = 7, long[]? remembered = null) =>
        new(evidence, () => remembered ?? [3, 5, 8, 13], emptySince, s_now, EmptyAppWitness.Patience(rereadDays));

    [Fact]
    public async Task An_app_that_shows_a_record_is_not_empty_and_nobody_is_asked_for_more()
    {
        var evidence = new Evidence(true, static _ => true);
        Assert.Equal(AppContents.Shown, await AskAsync(evidence));
        Assert.Empty(evidence.Asked);
    }

    [Fact]
    public async Task Records_that_Kintone_does_not_know_any_more_were_deleted()
    {
        var evidence = new Evidence(false, static _ => false);
        Assert.Equal(AppContents.Emptied, await AskAsync(evidence));
        Assert.Equal([3, 8, 13], evidence.Asked);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(13)]
    public async Task One_that_it_knows_and_does_not_show_is_enough_for_doubt_however_long(long known) =>
        Assert.Equal(AppContents.Doubtful, await AskAsync(new(false, id => id == known), emptySince: s_now.AddDays(-99)));

    [Theory]
    [InlineData(null, 7, false)]
    [InlineData(6.9, 7, false)]
    [InlineData(7.0, 7, true)]
    [InlineData(6.9, 0, false)] // no full re-reads: a week
    [InlineData(7.0, 0, true)]
    [InlineData(1.0, 1, true)]
    public async Task Where_nobody_says_time_does(double? daysAgo, int rereadDays, bool isEmptied)
    {
        var expected = isEmptied ? AppContents.Emptied : AppContents.Doubtful;
        var since = daysAgo is { } days ? s_now.AddDays(-days) : (DateTimeOffset?)null;
        Assert.Equal(expected, await AskAsync(new(false, null), since, rereadDays));
        Assert.Equal(expected, await AskAsync(new(false, static _ => true), since, rereadDays)); // said of any record, it says nothing
        Assert.Equal(expected, await AskAsync(new(false, static _ => false), since, rereadDays, remembered: []));
    }

    [Fact]
    public async Task What_is_settled_is_not_asked_again_and_doubt_is_an_end_that_passes()
    {
        var evidence = new Evidence(false, static _ => false);
        var witness = Witness(evidence);
        await witness.EnsureShownAsync("app 1", CancellationToken.None);
        await witness.EnsureShownAsync("app 1", CancellationToken.None);
        Assert.Equal(3, evidence.Asked.Count);
        var e = await Assert.ThrowsAsync<TransientException>(() => Witness(new(false, null)).EnsureShownAsync("app 1", CancellationToken.None));
        Assert.Contains("this app is in maintenance mode", e.Message, StringComparison.Ordinal);
    }
}
