using KintoneSimulator.Query;

namespace KintoneSimulator;

/// <summary>
/// Says of a whole range of records whether a condition holds for all, none or some of them, as far as ids and update times tell. The order
/// comparisons are monotone, so their answer at both ends of a range is the answer within it; whatever else a condition says is "some".
/// </summary>
public sealed class RangeJudge
{
    static readonly Func<RecordRange, Verdict> s_all = _ => Verdict.All;
    static readonly Func<RecordRange, Verdict> s_some = _ => Verdict.Some;

    readonly QueryContext _context;

    RangeJudge(QueryContext context) => _context = context;

    public static Func<RecordRange, Verdict> For(Condition? condition, QueryContext context) =>
        condition is null ? s_all : new RangeJudge(context).Of(condition);

    Func<RecordRange, Verdict> Of(Condition condition)
    {
        if (condition.IsDropped(_context))
            return s_all;
        switch (condition)
        {
            case And all:
                return Combine([.. all.Operands.Select(Of)], Verdict.None, Verdict.All);
            case Or any:
                return Combine([.. any.Operands.Where(operand => !operand.IsDropped(_context)).Select(Of)], Verdict.All, Verdict.None);
            case Comparison { Path.Rows: null } comparison when IsOrdered(comparison.Path.Field):
                return comparison.Operator switch
                {
                    ComparisonOperator.NotEqual => s_some,
                    ComparisonOperator.Equal when comparison.Operand is Literal { Text: "" } => s_some,
                    ComparisonOperator.Equal => Combine(
                        [Monotone(comparison, ComparisonOperator.GreaterOrEqual), Monotone(comparison, ComparisonOperator.LessOrEqual)],
                        Verdict.None, Verdict.All),
                    _ => range => AtEnds(comparison, range),
                };
            case InList { IsNegative: false } list when Measure.IsNumbered(list.Path.Field):
                var bounds = IdBounds.Of(list);
                return range => range.FirstId > bounds.Max || range.LastId < bounds.Min ? Verdict.None : Verdict.Some;
            default:
                return s_some;
        }
    }

    /// <param name="dominant">The verdict of one operand that settles the whole.</param>
    /// <param name="neutral">The whole's verdict when all operands have it.</param>
    static Func<RecordRange, Verdict> Combine(Func<RecordRange, Verdict>[] operands, Verdict dominant, Verdict neutral) => range =>
    {
        var result = neutral;
        foreach (var operand in operands)
        {
            var verdict = operand(range);
            if (verdict == dominant)
                return dominant;
            if (verdict != neutral)
                result = Verdict.Some;
        }
        return result;
    };

    Func<RecordRange, Verdict> Monotone(Comparison comparison, ComparisonOperator @operator)
    {
        var ordered = new Comparison(comparison.Path, @operator, comparison.Operand);
        return range => AtEnds(ordered, range);
    }

    Verdict AtEnds(Comparison comparison, RecordRange range)
    {
        var (first, last) = (Holds(comparison, range.FirstId, range.Earliest), Holds(comparison, range.LastId, range.Latest));
        return first != last ? Verdict.Some : first ? Verdict.All : Verdict.None;
    }

    bool Holds(Comparison comparison, long id, int minutes) => comparison.TestRow(new RangeEnd(id, minutes), _context);

    static bool IsOrdered(FieldInfo field) => field.Type is FieldType.Id or FieldType.RecordNumber or FieldType.UpdatedTime;

    sealed class RangeEnd(long id, int minutes) : IRecordValues
    {
        public long Id => id;

        public long Revision => 1;

        public FieldValue Get(FieldInfo field) => field.Type == FieldType.UpdatedTime ? FieldValue.Of(WholeMinutes.ToTime(minutes)) : FieldValue.Of(id);

        public IReadOnlyList<IFieldValues> Rows(FieldInfo table) => [];
    }
}

/// <summary>Kintone's record times have whole minutes (measured by a third party).</summary>
public static class WholeMinutes
{
    public static int Of(DateTimeOffset time) => (int)Math.Floor((time - DateTimeOffset.UnixEpoch).TotalMinutes);

    public static DateTimeOffset ToTime(int minutes) => DateTimeOffset.UnixEpoch.AddMinutes(minutes);

    public static DateTimeOffset Floor(DateTimeOffset time) => ToTime(Of(time));
}
