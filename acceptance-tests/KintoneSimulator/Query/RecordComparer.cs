namespace KintoneSimulator.Query;

/// <summary>
/// The order of a query's result. Without <c>order by</c>, newer ids come first; so they do among equals (unverified). A field without a
/// value comes before all values, choices and states come in the order of the field's settings (both unverified).
/// </summary>
public sealed class RecordComparer(IReadOnlyList<OrderBy> orderBy) : IComparer<IRecordValues>
{
    readonly IReadOnlyList<OrderBy> _orderBy = orderBy;

    public int Compare(IRecordValues? x, IRecordValues? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        foreach (var order in _orderBy)
            if (Compare(order.Field, x, y) is not 0 and var result)
                return order.Descending ? -result : result;
        return y.Id.CompareTo(x.Id);
    }

    static int Compare(FieldInfo field, IRecordValues x, IRecordValues y)
    {
        if (field.Options.Count > 0)
            return Position(field, x).CompareTo(Position(field, y));
        if (Measure.KindOf(field) == MeasureKind.None)
            return string.CompareOrdinal(Text(field, x), Text(field, y));
        var (hasLeft, hasRight) = (Measure.TryRead(field, x, out var left), Measure.TryRead(field, y, out var right));
        return hasLeft && hasRight ? left.CompareTo(right) : hasLeft.CompareTo(hasRight);
    }

    static int Position(FieldInfo field, IRecordValues record)
    {
        var text = Text(field, record);
        for (var i = 0; i < field.Options.Count; i++)
            if (field.Options[i] == text)
                return i;
        return -1;
    }

    static string Text(FieldInfo field, IRecordValues record) =>
        record.Get(field) is { Kind: FieldValueKind.Text } value ? value.Text : "";
}
