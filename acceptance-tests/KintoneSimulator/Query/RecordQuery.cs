namespace KintoneSimulator.Query;

/// <summary>A parsed query. <see cref="Limit"/> and <see cref="Offset"/> are null when the text does not give them.</summary>
public sealed record RecordQuery(Condition? Where, IReadOnlyList<OrderBy> OrderBy, int? Limit, int? Offset);

public sealed record OrderBy(FieldInfo Field, bool Descending);
