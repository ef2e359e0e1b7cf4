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

    public static IReadOnlyList<ScanGroup> Of(IEnumerable<PlannedStream> streams)
    {
        List<ScanGroup> groups = [];
        foreach (var stream in streams)
        {
            var at = groups.FindIndex(g => g.Accepts(stream));
            if (at < 0) groups.Add(new(stream.Question, stream.Plan, stream.FindsDeleted, [stream]));
            else groups[at] = groups[at] with { Streams = [.. groups[at].Streams, stream], Plan = groups[at].Plan.JoinedBy(stream.Plan) };
        }
        return groups;
    }

    bool Accepts(PlannedStream stream) =>
        Question.IsIncremental == stream.Question.IsIncremental && Question.Hash == stream.Question.Hash
        && FindsDeleted == stream.FindsDeleted && Plan.CanBeJoinedBy(stream.Plan);
}
