namespace KintoneSimulator.Query;

/// <summary>The order of a query's result. Without <c>order by</c>, and among equals, newer ids come first.</summary>
public sealed class RecordComparer(IReadOnlyList<OrderBy> orderBy) : IComparer<IRecordValues>
{
    readonly IReadOnlyList<OrderBy> _orderBy = orderBy;

    public int Compare(IRecordValues? x, IRecordValues? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        return _orderBy.Count == 1 && _orderBy[0] is { Field.Type: FieldType.Id, Descending: false }
            ? x.Id.CompareTo(y.Id)
            : y.Id.CompareTo(x.Id);
    }
}
