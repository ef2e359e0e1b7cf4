namespace KintoneSimulator.Query;

/// <summary>Values by field: a record, or a row of a sub-table.</summary>
public interface IFieldValues
{
    /// <summary>The field's value; an empty one when there is none. The field is an object of the catalog that the query was parsed with.</summary>
    FieldValue Get(FieldInfo field);
}

/// <summary>A record as a query sees it.</summary>
public interface IRecordValues : IFieldValues
{
    long Id { get; }

    long Revision { get; }

    /// <summary>The rows of a sub-table, or the records that a REFERENCE_TABLE shows (these are <see cref="IRecordValues"/>).</summary>
    IReadOnlyList<IFieldValues> Rows(FieldInfo table);
}
