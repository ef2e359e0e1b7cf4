namespace KintoneSimulator.Query;

/// <summary>What a literal or a function stands for on the field's scale, both ends included: one point, or a day, week, month or year.</summary>
public readonly record struct Period(Measure First, Measure Last)
{
    /// <summary>Marks a literal that is a date on a field of instants. Ticks are not negative, so a negative number is free for it.</summary>
    internal static Measure DayMark(DateOnly date) => new(-1 - (decimal)date.DayNumber);

    public bool Contains(Measure value) => value >= First && value <= Last;

    /// <summary>A date compared with instants is the user's midnight (unverified).</summary>
    public static Period Of(Measure literal, MeasureKind kind, QueryContext context)
    {
        if (kind != MeasureKind.Instant)
            return new(literal, literal);
        if (literal.Value < 0)
            literal = new(Midnight(DateOnly.FromDayNumber((int)(-1 - literal.Value)), context.TimeZone));
        else if (context.Seconds == LiteralSeconds.Truncated)
            literal = new(literal.Value - literal.Value % TimeSpan.TicksPerMinute);
        return new(literal, literal);
    }

    /// <summary>The days from <paramref name="first"/> to <paramref name="last"/> in the user's time zone.</summary>
    public static Period Days(DateOnly first, DateOnly last, MeasureKind kind, QueryContext context) => kind == MeasureKind.Date
        ? new(new(first.DayNumber), new(last.DayNumber))
        : new(new(Midnight(first, context.TimeZone)), new(Midnight(last.AddDays(1), context.TimeZone) - 1));

    /// <summary>UTC ticks of a day's beginning; where the clock skips midnight, of the first moment after it.</summary>
    static long Midnight(DateOnly date, TimeZoneInfo zone)
    {
        var local = date.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(15);
        return Math.Clamp(local.Ticks - zone.GetUtcOffset(local).Ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks);
    }
}

/// <summary>The functions that stand for times. A week begins on Sunday; a day that a month does not have is the first of the next month.</summary>
public static class RelativeDate
{
    public static Period Resolve(FunctionCall function, MeasureKind kind, QueryContext context)
    {
        var now = TimeZoneInfo.ConvertTime(context.Now, context.TimeZone);
        if (function.Function == QueryFunction.Now)
        {
            var minute = context.Now.UtcTicks - context.Now.UtcTicks % TimeSpan.TicksPerMinute;
            return new(new(minute), new(minute));
        }
        var (first, last) = Days(function, DateOnly.FromDateTime(now.DateTime));
        return Period.Days(first, last, kind, context);
    }

    /// <summary>The first and last day that the function stands for, as seen from <paramref name="today"/>.</summary>
    public static (DateOnly First, DateOnly Last) Days(FunctionCall function, DateOnly today) => function.Function switch
    {
        QueryFunction.Today => (today, today),
        QueryFunction.Yesterday => Day(today.AddDays(-1)),
        QueryFunction.Tomorrow => Day(today.AddDays(1)),
        QueryFunction.FromToday => Day(FromToday(today, function.Number ?? 0, function.Word)),
        QueryFunction.ThisWeek => Week(today, function.Word),
        QueryFunction.LastWeek => Week(today.AddDays(-7), function.Word),
        QueryFunction.NextWeek => Week(today.AddDays(7), function.Word),
        QueryFunction.ThisMonth => Month(today, function),
        QueryFunction.LastMonth => Month(today.AddMonths(-1), function),
        QueryFunction.NextMonth => Month(today.AddMonths(1), function),
        QueryFunction.ThisYear => Year(today.Year),
        QueryFunction.LastYear => Year(today.Year - 1),
        QueryFunction.NextYear => Year(today.Year + 1),
        _ => throw new ArgumentOutOfRangeException(nameof(function)),
    };

    static DateOnly FromToday(DateOnly today, int number, string? unit)
    {
        try
        {
            return unit switch
            {
                "DAYS" => today.AddDays(number),
                "WEEKS" => today.AddDays(checked(number * 7)),
                "MONTHS" => today.AddMonths(number),
                _ => today.AddYears(number),
            };
        }
        catch (Exception tooFar) when (tooFar is ArgumentOutOfRangeException or OverflowException)
        {
            return number < 0 ? DateOnly.MinValue.AddDays(1) : DateOnly.MaxValue.AddDays(-1);
        }
    }

    static (DateOnly First, DateOnly Last) Day(DateOnly day) => (day, day);

    static (DateOnly First, DateOnly Last) Week(DateOnly day, string? weekday)
    {
        var sunday = day.AddDays(-(int)day.DayOfWeek);
        return weekday is null ? (sunday, sunday.AddDays(6)) : Day(sunday.AddDays((int)Enum.Parse<DayOfWeek>(weekday, ignoreCase: true)));
    }

    static (DateOnly First, DateOnly Last) Month(DateOnly day, FunctionCall function)
    {
        var first = new DateOnly(day.Year, day.Month, 1);
        var last = first.AddMonths(1).AddDays(-1);
        return function switch
        {
            { Word: "LAST" } => Day(last),
            { Number: { } number } => Day(number <= last.Day ? first.AddDays(number - 1) : last.AddDays(1)),
            _ => (first, last),
        };
    }

    static (DateOnly First, DateOnly Last) Year(int year) => (new(year, 1, 1), new(year, 12, 31));
}
