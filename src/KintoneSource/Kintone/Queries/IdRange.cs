namespace KintoneSource.Kintone.Queries;

/// <summary>The record ids in (<paramref name="After"/>, <paramref name="UpTo"/>].</summary>
readonly record struct IdRange(long After, long UpTo)
{
    public bool IsEmpty => UpTo <= After;

    /// <summary>How many ids fit; how many records there are is Kintone's to say.</summary>
    public long Width => Math.Max(0, UpTo - After);

    public bool Contains(long id) => id > After && id <= UpTo;
}
