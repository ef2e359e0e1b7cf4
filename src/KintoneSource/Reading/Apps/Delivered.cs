using KintoneSource.Kintone.Queries;
using KintoneSource.Reading.Deletions;
using KintoneSource.Reading.States;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Reading.Apps;

/// <summary>
/// What an incremental stream has delivered, as far as later syncs must know it: which ids, up to which update time, which of them a
/// full re-read did not see, and which came back after a tombstone. Not thread-safe: changes run in the writer's turn.
/// </summary>
sealed class Delivered
{
    readonly IdSet? _known;
    readonly IdSet _returned;
    IdSet _unseen;
    TombstoneMark? _tombstones;

    /// <param name="previous">Null for a start from nothing.</param>
    /// <param name="keepsIds">Begins to keep ids where the state has none.</param>
    public Delivered(RecordsState? previous, bool keepsIds)
    {
        _known = previous?.KnownIds is { } known ? IdSet.Decode(known) : keepsIds ? new() : null;
        _unseen = previous?.Unseen is { } unseen ? IdSet.Decode(unseen) : new();
        _returned = previous?.Returned is { } returned ? IdSet.Decode(returned) : new();
        (_tombstones, NewestUpdate) = (previous?.Tombstones, previous?.NewestUpdate);
        CountBefore = _known?.Count ?? 0;
    }

    /// <summary>Null in a stream that never looked for deleted records.</summary>
    public IdSet? Known => _known;

    /// <summary>How many ids were known when the sync started.</summary>
    public long CountBefore { get; }

    /// <summary>Known ids that a full re-read did not see.</summary>
    public IdSet Unseen => _unseen;

    public DateTimeOffset? NewestUpdate { get; private set; }

    /// <summary>Notes a page. Lines of records that come back get a time that is not older than their tombstone, and so does their version.</summary>
    /// <param name="records">How many of the page's records are delivered.</param>
    /// <param name="covered">What a full re-read has seen whole by this page; empty in every other scan.</param>
    public void Note(PageLines page, int records, IdRange covered)
    {
        var ids = page.Ids[..records];
        RaiseReturning(page, ids);
        for (var i = 0; i < records; i++)
            if (page.Versions[i].UpdatedAt is { } updated) NoteTime(updated);
        if (_known is null) return;
        if (!covered.IsEmpty) NoteUnseen(ids, covered);
        _known.AddRange(ids);
    }

    /// <summary>A time that Kintone's clock had reached when something was delivered.</summary>
    public void NoteTime(DateTimeOffset time)
    {
        if (!(NewestUpdate >= time)) NewestUpdate = time;
    }

    /// <summary>The full re-read has come to its end: whatever lies above all that it read, it did not see.</summary>
    public void NoteUnseenAbove(long maxId)
    {
        if (_known is null) return;
        foreach (var id in _known.Between(maxId, _known.Max)) _unseen.Add(id);
    }

    /// <summary>
    /// Tombstones are about to be written, and whether they were is not known if the process is killed meanwhile: a record among them that
    /// turns out to be there is delivered as one that came back.
    /// </summary>
    /// <param name="minute">Their update time.</param>
    public void NoteDoomed(IdSet ids, DateTimeOffset minute)
    {
        foreach (var id in ids.Between(0, ids.Max)) _unseen.Add(id);
        _tombstones = TombstoneMark.Of(_tombstones, minute, ids.Max);
    }

    /// <summary>Notes tombstones that are written in this turn.</summary>
    public void NoteDeleted(IReadOnlyList<long> ids)
    {
        foreach (var id in ids)
        {
            _known!.Remove(id);
            _unseen.Remove(id);
            _returned.Remove(id);
        }
    }

    /// <summary>Nothing is left to be searched for.</summary>
    public void NoteSettled() => _unseen = new();

    /// <summary>Puts what there is to remember into a state.</summary>
    public RecordsState Into(RecordsState state) => state with
    {
        KnownIds = _known?.Encode(),
        Unseen = _unseen.Count == 0 ? null : _unseen.Encode(),
        Returned = _returned.Count == 0 ? null : _returned.Encode(),
        Tombstones = _tombstones,
        NewestUpdate = NewestUpdate,
    };

    void NoteUnseen(ReadOnlySpan<long> ids, IdRange covered)
    {
        var next = 0;
        foreach (var id in _known!.Between(covered.After, covered.UpTo))
        {
            while (next < ids.Length && ids[next] < id) next++;
            if (next < ids.Length && ids[next] == id) _unseen.Remove(id);
            else _unseen.Add(id);
        }
    }

    /// <summary>
    /// A record that comes back without being edited (a permission, a filter) carries an update time from before its tombstone. A
    /// destination that keeps tombstones as rows and goes by the cursor would take it for deleted; so it carries the
    /// time of the newest tombstone, until an edit gives it a later one of its own.
    /// </summary>
    void RaiseReturning(PageLines page, ReadOnlySpan<long> ids)
    {
        if (_known is null || _tombstones is not { } tombstones || ids.IsEmpty || ids[0] > tombstones.MaxId) return;
        for (var i = 0; i < ids.Length && ids[i] <= tombstones.MaxId; i++)
        {
            if (_known.Contains(ids[i]) && !_returned.Contains(ids[i]) && !_unseen.Contains(ids[i])) continue;
            if (!(page.Versions[i].UpdatedAt < tombstones.Newest))
            {
                _returned.Remove(ids[i]);
                continue;
            }
            foreach (var stream in page.Streams) UpdateTimes.Raise(stream.Written(i), tombstones.Newest);
            page.Versions[i] = page.Versions[i] with { UpdatedAt = tombstones.Newest };
            _returned.Add(ids[i]);
        }
    }
}
