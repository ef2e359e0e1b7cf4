using KintoneSource.Reading.Deletions;
using KintoneSource.Reading.Output;
using KintoneSource.Reading.Scanning;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Reading.Apps;

/// <summary>
/// Makes steps of a scan's pages: the lines of each stream, tombstones of rows that a page's records have no more, and what is known by them.
/// </summary>
/// <param name="seesAll">Known ids that a page does not hold are not to be seen.</param>
/// <param name="emittedAt">The time that the lines carry.</param>
sealed class PageSteps(ScanScope scope, IReadOnlyList<ScanStream> streams, Delivered delivered, SyncClock clock, bool seesAll, DateTimeOffset emittedAt)
{
    /// <summary>Lines of tombstones that a step holds at most, but for those of one record: whatever was removed, memory is bounded.</summary>
    public const int MostTombstones = 1000;

    /// <summary>The lines of a page's streams carry it.</summary>
    public DateTimeOffset EmittedAt => emittedAt;

    /// <param name="page">Its lines, in the order of the streams.</param>
    /// <param name="place">What of the page is left.</param>
    /// <param name="askedAt">Of comments: when those of each record were asked for.</param>
    public Step Make(PageLines page, PagePlace place, IReadOnlyList<DateTimeOffset>? askedAt = null)
    {
        var (from, most) = place.Rest();
        var (removed, upTo) = Removed(page, from, most, askedAt);
        var isIncremental = scope.Question.IsIncremental;
        if (isIncremental && !delivered.HasRoomFor(upTo - from)) throw IdSet.TooMany();
        var raised = isIncremental ? delivered.Raise(page, from, upTo) : [];
        var full = FullStreams(page, from, upTo);
        var left = scope.FindsDeleted || delivered.Known is null ? [] : WithRowsRemoved(page, from, upTo);
        var lines = new List<StepLines>(streams.Count);
        for (var i = 0; i < streams.Count; i++)
        {
            var (stream, written) = (streams[i], page.Streams[i]);
            if (stream.Failure is not null || full.Contains(stream)) continue;
            lines.Add(new(stream.Output, written.Of(from, upTo), written.CountOf(from, upTo), Nulled: written.NulledOf(from, upTo)));
            if (removed[i] is { Count: > 0 } gone)
                lines.Add(new(stream.Output, Tombstones.Lines(stream.Envelope(emittedAt.AddMilliseconds(1)), stream.Columns, gone), gone.Count, gone.Count));
        }
        return new(lines, Apply);

        void Apply()
        {
            var covered = place.Advance(upTo);
            if (isIncremental) delivered.Note(page, from, upTo, raised, seesAll ? covered : default);
            if (isIncremental && delivered.NewestUpdate is { } newest) clock.ObserveUpdate(newest);
            foreach (var id in left) delivered.NoteLeft(id);
            foreach (var stream in full) stream.GiveUpRows(scope.FindsDeleted);
            for (var i = 0; i < streams.Count; i++)
            {
                if (streams[i].Rows is { } rows) NoteRows(rows, page, page.Streams[i], from, upTo);
                ScanAudit.NoteWritten(streams[i].Run, page, page.Streams[i], from, upTo, isIncremental);
            }
            streams[0].Output.Portion.Do((upTo - from) / (double)scope.App.PageSize);
        }
    }

    /// <summary>Records that have lost rows while nobody wants to know which: a search that is wanted later reads them anew.</summary>
    List<long> WithRowsRemoved(PageLines page, int from, int upTo)
    {
        List<long> ids = [];
        for (var record = from; record < upTo; record++)
        {
            for (var i = 0; i < streams.Count; i++)
            {
                if (streams[i].Rows is not { } known || !known.Missing(page.Ids[record], page.Streams[i].RowsOf(record)).Any()) continue;
                ids.Add(page.Ids[record]);
                break;
            }
        }
        return ids;
    }

    void NoteRows(KnownRows known, PageLines page, StreamLines lines, int from, int upTo)
    {
        for (var i = from; i < upTo; i++)
        {
            if (scope.FindsDeleted) known.Replace(page.Ids[i], lines.RowsOf(i));
            else known.Add(page.Ids[i], lines.RowsOf(i));
        }
    }

    /// <summary>
    /// Rows that were known of a record and are not there any more, of as many records as make a step. They went with the edit that gave the
    /// record its present update time, so their tombstones carry it, or the later one that the record's lines carry after its return: no line of
    /// them was written with a later one. A comment goes without an edit: it was gone when the record's comments were asked for.
    /// </summary>
    (List<Tombstone>?[] Of, int UpTo) Removed(PageLines page, int from, int most, IReadOnlyList<DateTimeOffset>? askedAt)
    {
        var removed = new List<Tombstone>?[streams.Count];
        if (!scope.FindsDeleted || streams.All(static s => s.Rows is null)) return (removed, most);
        var (upTo, count) = (from, 0);
        for (; upTo < most && count < MostTombstones; upTo++)
        {
            var edited = delivered.RaisedTime(page.Ids[upTo], page.Versions[upTo].UpdatedAt) ?? page.Versions[upTo].UpdatedAt;
            var at = edited is { } then && !(askedAt?[upTo] > then) ? then : askedAt?[upTo] ?? clock.Now;
            for (var i = 0; i < streams.Count; i++)
            {
                if (streams[i].Rows is not { } rows) continue;
                foreach (var row in rows.Missing(page.Ids[upTo], page.Streams[i].RowsOf(upTo)))
                {
                    (removed[i] ??= []).Add(new(page.Ids[upTo], row, at, page.Versions[upTo].Revision));
                    count++;
                }
            }
        }
        return (removed, upTo);
    }

    /// <summary>Streams with more rows than can be kept: they are read no further, and the others of the scan are.</summary>
    ScanStream[] FullStreams(PageLines page, int from, int upTo) =>
        [.. streams.Where((stream, i) => stream.Rows is { } known && !HasRoom(known, page, page.Streams[i], from, upTo))];

    bool HasRoom(KnownRows known, PageLines page, StreamLines lines, int from, int upTo)
    {
        var (rows, growth, isTight) = (0, 0, false);
        for (var record = from; record < upTo; record++)
        {
            if (record > from && page.Ids[record] >> RowBlock.IdBits != page.Ids[record - 1] >> RowBlock.IdBits) (rows, growth, isTight) = (0, 0, false);
            rows += lines.RowsOf(record).Length;
            isTight |= !known.HasRoomFor(page.Ids[record], rows);
            if (!isTight) continue;
            // Closer: what is known of these records makes room.
            growth = 0;
            for (var earlier = record; earlier >= from && page.Ids[earlier] >> RowBlock.IdBits == page.Ids[record] >> RowBlock.IdBits; earlier--)
            {
                var before = known.RowsOf(page.Ids[earlier]);
                growth += scope.FindsDeleted ? lines.RowsOf(earlier).Length - before.Length : lines.RowsOf(earlier).ToArray().Except(before).Count();
            }
            if (!known.HasRoomFor(page.Ids[record], growth)) return false;
        }
        return true;
    }
}
