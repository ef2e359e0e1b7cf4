using KintoneSource.Kintone.Queries;
using KintoneSource.Reading.Deletions;
using KintoneSource.Reading.States;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Reading.Apps;

/// <summary>
/// What an incremental stream has delivered, as far as later syncs must know it: which ids, up to which update time, which of them are to be
/// searched, and which came back after a tombstone. Not thread-safe: questions and changes belong into the writer's turn.
/// </summary>
sealed class Delivered
{
    readonly IdSet? _known;
    readonly IdSet _reappeared;
    readonly IdSet _left = new();
    IdSet _suspects;
    bool _isListed;
    TombstoneMark? _tombstones;

    /// <param name="previous">Null for a start from nothing.</param>
    /// <param name="keepsIds">Begins to keep ids where the state has none.</param>
    public Delivered(RecordsState? previous, bool keepsIds)
    {
        _known = previous?.KnownIds is { } known ? IdSet.Decode(known) : keepsIds ? new() : null;
        _suspects = previous?.Suspects is { } unseen ? IdSet.Decode(unseen) : new();
        _reappeared = previous?.Reappeared is { } returned ? IdSet.Decode(returned) : new();
        (_tombstones, NewestUpdate) = (previous?.Tombstones, previous?.NewestUpdate);
        CountBefore = _known?.Count ?? 0;
    }

    /// <summary>Null in a stream that never looked for deleted records.</summary>
    public IdSet? Known => _known;

    /// <summary>How many ids were known when the sync started.</summary>
    public long CountBefore { get; }

    /// <summary>Known ids that the next search lists, whatever the counts say: a full re-read did not see them, or something of them is to be read
    /// again.</summary>
    public IdSet Suspects => _suspects;

    public DateTimeOffset? NewestUpdate { get; private set; }

    /// <summary>
    /// The time that a record's lines must carry instead of its own update time; null for its own. A record that comes back without being
    /// edited (a permission, a filter) carries a time from before its tombstone. A destination that keeps tombstones as rows and goes by the
    /// cursor would take it for deleted; so it carries the time of the newest tombstone, until an edit gives it a later one of its own.
    /// </summary>
    /// <remarks>Tombstones of rows that the record has lost follow it: rows of it may have been written with that time.</remarks>
    public DateTimeOffset? RaisedTime(long id, DateTimeOffset? updatedAt) =>
        _known is not null && _tombstones is { } mark && id <= mark.MaxId && updatedAt < mark.Newest
            && (!_known.Contains(id) || _reappeared.Contains(id) || _suspects.Contains(id))
            ? mark.Newest : null;

    /// <summary>Gives the lines of records that come back their time. Nothing is noted.</summary>
    /// <param name="from">Of the page's records, this one and those up to <paramref name="upTo"/>.</param>
    /// <returns>The ids of those records.</returns>
    public IReadOnlyCollection<long> Raise(PageLines page, int from, int upTo)
    {
        if (_known is null || _tombstones is not { } mark) return [];
        List<long> raised = [];
        for (var i = from; i < upTo && page.Ids[i] <= mark.MaxId; i++)
        {
            if (RaisedTime(page.Ids[i], page.Versions[i].UpdatedAt) is not { } time) continue;
            foreach (var stream in page.Streams) UpdateTimes.Raise(stream.Written(i), time);
            page.Versions[i] = page.Versions[i] with { UpdatedAt = time };
            raised.Add(page.Ids[i]);
        }
        return raised;
    }

    /// <summary>So many ids more can be kept.</summary>
    public bool HasRoomFor(int records) => _known is null || _known.Count + records <= IdSet.MaxCount;

    /// <summary>Notes records of a page, which are delivered.</summary>
    /// <param name="raised">Those of them that <see cref="Raise"/> has given another time.</param>
    /// <param name="covered">What a full re-read has seen whole by them; empty in every other scan.</param>
    public void Note(PageLines page, int from, int upTo, IReadOnlyCollection<long> raised, IdRange covered)
    {
        for (var i = from; i < upTo; i++)
        {
            if (page.Versions[i].UpdatedAt is { } updated) NoteTime(updated);
            // An edit has given it a time of its own.
            if (_reappeared.Contains(page.Ids[i]) && !(page.Versions[i].UpdatedAt < _tombstones?.Newest)) _reappeared.Remove(page.Ids[i]);
        }
        foreach (var id in raised) _reappeared.Add(id);
        if (_known is null) return;
        var ids = page.Ids[from..upTo];
        if (!covered.IsEmpty) NoteSeen(ids, covered);
        _known.AddRange(ids);
        if (!_isListed) return;
        foreach (var id in ids) _suspects.Remove(id);
    }

    /// <summary>A time that Kintone's clock had reached when something was delivered.</summary>
    public void NoteTime(DateTimeOffset time)
    {
        if (!(NewestUpdate >= time)) NewestUpdate = time;
    }

    /// <summary>The full re-read has come to its end: whatever lies above all that it read, it did not see.</summary>
    public void NoteRestUnseen(long maxId)
    {
        if (_known is null) return;
        foreach (var id in _known.Between(maxId, _known.Max)) _suspects.Add(id);
    }

    /// <summary>Of some records something is left for it, also of those that were listed and not shown a moment later.</summary>
    public bool LeavesSome => _left.Count > 0 || (_isListed && _suspects.Count > 0);

    /// <summary>Something of this record is left for the next search: it lists the record, and delivers it anew.</summary>
    public void NoteLeft(long id) => _left.Add(id);

    /// <summary>
    /// Tombstones are about to be written, and whether they were is not known if the process is killed meanwhile: a record among them that
    /// turns out to be there is delivered as one that came back.
    /// </summary>
    /// <param name="minute">Their update time.</param>
    public void AnnounceTombstones(IdSet ids, DateTimeOffset minute)
    {
        foreach (var id in ids.Between(0, ids.Max)) _suspects.Add(id);
        _tombstones = TombstoneMark.Of(_tombstones, minute, ids.Max);
    }

    /// <summary>Notes tombstones that are written in this turn.</summary>
    public void NoteDeleted(IReadOnlyList<long> ids)
    {
        foreach (var id in ids)
        {
            _known!.Remove(id);
            _suspects.Remove(id);
            _reappeared.Remove(id);
        }
    }

    /// <summary>The suspects are listed: what is delivered from now on is none any more. One that hides before its page comes stays one: it is known, and
    /// nobody else would look for it when it shows itself again.</summary>
    public void NoteListed() => _isListed = true;

    /// <summary>There are none any more, whether they were shown or not.</summary>
    public void ForgetSuspects() => _suspects = new();

    /// <summary>Puts what there is to remember into a state.</summary>
    public RecordsState Into(RecordsState state) => state with
    {
        KnownIds = _known?.Encode(),
        Suspects = _left.Count > 0 ? IdSet.Union(_suspects.Encode(), _left.Encode()) : _suspects.Count > 0 ? _suspects.Encode() : null,
        Reappeared = _reappeared.Count == 0 ? null : _reappeared.Encode(),
        Tombstones = _tombstones,
        NewestUpdate = NewestUpdate,
    };

    void NoteSeen(ReadOnlySpan<long> ids, IdRange covered)
    {
        var next = 0;
        foreach (var id in _known!.Between(covered.After, covered.UpTo))
        {
            while (next < ids.Length && ids[next] < id) next++;
            if (next < ids.Length && ids[next] == id) _suspects.Remove(id);
            else _suspects.Add(id);
        }
    }
}
