namespace KintoneSource.Reading.Transcoding;

/// <summary>
/// Wanted fields that no record of a page has had so far. An empty field is there with an empty value: one that is missing everywhere may not be viewed,
/// or has another code by now.
/// </summary>
sealed class AbsentFields
{
    readonly WantedFields _wanted;
    readonly int[] _absent; // the first _count of them
    readonly (int Field, AbsentFields Rows)[] _tables;
    int _count;
    bool _isSeen;

    public AbsentFields(WantedFields wanted)
    {
        _wanted = wanted;
        _absent = new int[wanted.Count];
        _tables = [.. Enumerable.Range(0, wanted.Count).Where(f => wanted.RowsOf(f) is not null).Select(f => (f, new AbsentFields(wanted.RowsOf(f)!)))];
    }

    /// <summary>Of the page; those of a table only where it had a row.</summary>
    public IEnumerable<string> Codes => (_isSeen ? _absent[.._count].Select(_wanted.CodeOf) : []).Concat(_tables.SelectMany(static t => t.Rows.Codes));

    /// <summary>Another page begins.</summary>
    public void Clear()
    {
        for (var field = 0; field < _absent.Length; field++) _absent[field] = field;
        (_count, _isSeen) = (_absent.Length, false);
        foreach (var (_, rows) in _tables) rows.Clear();
    }

    /// <summary>A record that <see cref="PrintedRecordScanner"/> has read, with its rows.</summary>
    public void Note(ReadOnlySpan<Slot> slots)
    {
        Note<Slot>(slots);
        foreach (var (field, rows) in _tables)
        {
            if (rows is { _isSeen: true, _count: 0 }) continue;
            var (row, left) = slots[field];
            for (; left > 0; left--, row = slots[row].Start) rows.Note<Slot>(slots[(row + PrintedRecordScanner.RowHead)..]);
        }
    }

    /// <summary>A record, or a row of a table, that <see cref="ModelFields"/> has read.</summary>
    /// <param name="of">The fields that are wanted of it.</param>
    /// <param name="places">In their order; the default is a field that is not there.</param>
    public void Note<T>(WantedFields of, ReadOnlySpan<T> places)
        where T : struct, IEquatable<T>
    {
        if (of == _wanted) Note(places);
        else foreach (var (_, rows) in _tables) rows.Note(of, places);
    }

    void Note<T>(ReadOnlySpan<T> places)
        where T : struct, IEquatable<T>
    {
        _isSeen = true;
        for (var i = _count - 1; i >= 0; i--)
            if (!places[_absent[i]].Equals(default)) _absent[i] = _absent[--_count];
    }
}
