using KintoneSimulator.Query;

namespace KintoneSimulator;

/// <summary>Runs a query over a table. Valid while the domain is locked for reading.</summary>
/// <param name="visible">Which records the user may view; null lets all be seen.</param>
public sealed class RecordSearch(RecordTable table, Form form, RecordQuery query, QueryContext context, Func<long, bool>? visible)
{
    readonly Func<RecordRange, Verdict> _judge = Judge(query.Where, context, visible is not null);

    public long Count() => table.CountWhere(_judge, Matches);

    /// <summary>The ids of the records from <paramref name="offset"/> on, in the query's order.</summary>
    public List<long> Ids(long offset, long limit)
    {
        var ids = new List<long>();
        if (limit <= 0)
            return ids;
        if (IsById(query.OrderBy, out var descending))
        {
            table.Visit(_judge, Matches, descending, id =>
            {
                if (offset-- <= 0)
                    ids.Add(id);
                return ids.Count < limit;
            });
            return ids;
        }
        var views = new List<RecordView>();
        table.Visit(_judge, Matches, false, id =>
        {
            views.Add(new(table, form, id));
            return true;
        });
        views.Sort(new RecordComparer(query.OrderBy));
        return [.. views.Skip((int)offset).Take((int)Math.Min(limit, int.MaxValue)).Select(view => view.Id)];
    }

    public bool HasLike => query.Where is { } where && Leaves(where).Any(leaf => leaf is Like);

    bool Matches(long id) => (visible is null || visible(id)) && (query.Where is null || query.Where.Matches(new RecordView(table, form, id), context));

    static Func<RecordRange, Verdict> Judge(Condition? where, QueryContext context, bool someAreHidden)
    {
        var judge = RangeJudge.For(where, context);
        return someAreHidden ? range => judge(range) == Verdict.None ? Verdict.None : Verdict.Some : judge;
    }

    static bool IsById(IReadOnlyList<OrderBy> orderBy, out bool descending)
    {
        descending = orderBy.Count == 0 || orderBy[0].Descending;
        return orderBy.Count == 0 || Measure.IsNumbered(orderBy[0].Field);
    }

    static IEnumerable<Condition> Leaves(Condition condition) => condition switch
    {
        And all => all.Operands.SelectMany(Leaves),
        Or any => any.Operands.SelectMany(Leaves),
        _ => [condition],
    };
}
