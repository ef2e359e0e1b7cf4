namespace KintoneSimulator.Query;

/// <summary>A parsed query. <see cref="Limit"/> and <see cref="Offset"/> are null when the text does not give them.</summary>
public sealed record RecordQuery(Condition? Where, IReadOnlyList<OrderBy> OrderBy, int? Limit, int? Offset)
{
    /// <summary>The users that it names by code; Kintone refuses those that do not exist.</summary>
    public IEnumerable<string> UsersNamed => Where is null ? [] : UsersIn(Where);

    static IEnumerable<string> UsersIn(Condition condition) => condition switch
    {
        And all => all.Operands.SelectMany(UsersIn),
        Or any => any.Operands.SelectMany(UsersIn),
        InList { Path.Related: null, Path.Field.Type: FieldType.Creator or FieldType.Modifier or FieldType.UserSelect or FieldType.StatusAssignee } list =>
            list.Operands.OfType<Literal>().Select(static literal => literal.Text).Where(static code => code.Length > 0),
        _ => [],
    };
}

public sealed record OrderBy(FieldInfo Field, bool Descending);
