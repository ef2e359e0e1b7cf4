namespace KintoneSimulator.Query;

/// <summary>A condition on a record. The tree is immutable and compared by content.</summary>
public abstract record Condition
{
    public abstract bool Matches(IRecordValues record, QueryContext context);
}
