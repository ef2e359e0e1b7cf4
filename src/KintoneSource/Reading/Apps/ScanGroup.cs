using KintoneSource.Reading.States;

namespace KintoneSource.Reading.Apps;

/// <summary>
/// Streams of an app that start from the same point and share a scan, whatever the catalog calls them. A stream that was added later, was
/// reset, or was cut off alone starts elsewhere: it has a scan of its own, and joins the others when it has caught up with them.
/// </summary>
/// <param name="Plan">What they all do.</param>
/// <param name="FindsDeleted">Known ids are kept and searched for.</param>
sealed record ScanGroup(RecordsQuestion Question, RecordsPlan Plan, bool FindsDeleted, IReadOnlyList<PlannedStream> Streams)
{
    /// <summary>It is the scan for comments, which no other stream shares.</summary>
    public bool HasComments => Streams[0].Run.IsComments;

    /// <summary>Cursors that differ by less are brought together by reading the difference once more.</summary>
    static readonly TimeSpan s_closeTogether = TimeSpan.FromDays(1);

    public static IReadOnlyList<ScanGroup> Of(IEnumerable<PlannedStream> streams, Func<RecordsQuestion, RecordsState?, RecordsPlan> plan)
    {
        List<ScanGroup> groups = [];
        foreach (var stream in streams)
        {
            var joined = groups.FindIndex(g => g.Fits(stream));
            if (joined < 0) groups.Add(new(stream.Question, stream.Plan, stream.FindsDeleted, [stream]));
            else groups[joined] = groups[joined].With(stream, plan);
        }
        return groups;
    }

    bool Fits(PlannedStream stream)
    {
        var (ours, theirs) = (Plan, stream.Plan);
        if (ours.IsFinished || theirs.IsFinished || Question.IsIncremental != stream.Question.IsIncremental || Question.Hash != stream.Question.Hash
            || FindsDeleted != stream.FindsDeleted || ours.IsResumed != theirs.IsResumed || ours.Reason != theirs.Reason) return false;
        if (ours.Previous is not { } a || theirs.Previous is not { } b) return ours.Previous is null && theirs.Previous is null;
        // What one has delivered and the other has not would be lost, or stay for ever, if they went on together.
        if (a.KnownIds != b.KnownIds || a.Unseen != b.Unseen || a.CountOff != b.CountOff) return false;
        return ours.IsResumed ? Shared(a) == Shared(b) : (a.Cursor - b.Cursor)?.Duration() <= s_closeTogether || (a.Cursor is null && b.Cursor is null);
    }

    ScanGroup With(PlannedStream stream, Func<RecordsQuestion, RecordsState?, RecordsPlan> plan) => this with
    {
        Streams = [.. Streams, stream],
        Plan = Plan.IsResumed || Plan.Previous is null ? Plan : plan(Question, RecordsState.Earlier(Plan.Previous, stream.Plan.Previous!)),
    };

    /// <summary>As text: lists compare by what is in them.</summary>
    static string Shared(RecordsState state) => (state with { KnownRows = null, GenerationId = null, Requests = null }).ToJson().ToString();
}
