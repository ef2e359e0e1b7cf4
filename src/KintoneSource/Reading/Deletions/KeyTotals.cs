namespace KintoneSource.Reading.Deletions;

/// <summary>
/// Of many rows: how many there are, and what their keys come to. Two sets of rows that agree in all of it are hardly ever different ones. Not
/// thread-safe.
/// </summary>
sealed class KeyTotals
{
    long _sum;
    bool _isTooLarge;

    public long Count { get; private set; }

    /// <summary>Of all the numbers of every key; null where it is beyond what 64 bits hold.</summary>
    public long? Sum => _isTooLarge ? null : _sum;

    /// <summary>The greatest last number of a key; null where there is no row.</summary>
    public long? Max { get; private set; }

    /// <summary>A row of a stream that has one for each record.</summary>
    public void Add(long id) => Add(id, id);

    /// <summary>A row of a stream that has several for a record.</summary>
    public void AddRow(long record, long row) => Add(unchecked(record + row), row);

    void Add(long sum, long last)
    {
        Count++;
        if (!(Max >= last)) Max = last;
        _isTooLarge |= sum < 0 || _sum > long.MaxValue - sum;
        _sum = unchecked(_sum + sum);
    }
}
