using System.Globalization;

namespace KintoneSimulator.Query;

/// <summary>What the comparable types are compared by.</summary>
public enum MeasureKind
{
    None,
    Id,
    Number,
    Date,
    Instant,
    Time,
    Duration,
}

/// <summary>
/// A value that can be compared: a number, an id, the day number of a date, the UTC ticks of an instant, the ticks of a time or duration.
/// Numbers with more digits than a decimal holds keep them all as text.
/// </summary>
public readonly record struct Measure : IComparable<Measure>
{
    const int DecimalDigits = 28;

    readonly decimal _value;
    readonly string? _digits;

    public Measure(decimal value) => _value = value;

    Measure(string digits) => _digits = digits;

    public decimal Value => _value;

    public static MeasureKind KindOf(FieldInfo field) => field.Type switch
    {
        FieldType.Id or FieldType.RecordNumber => MeasureKind.Id,
        FieldType.Number => MeasureKind.Number,
        FieldType.Date => MeasureKind.Date,
        FieldType.Time => MeasureKind.Time,
        FieldType.DateTime or FieldType.CreatedTime or FieldType.UpdatedTime => MeasureKind.Instant,
        FieldType.Calc => field.Format switch
        {
            CalcFormat.DateTime => MeasureKind.Instant,
            CalcFormat.Date => MeasureKind.Date,
            CalcFormat.Time => MeasureKind.Time,
            CalcFormat.HourMinute or CalcFormat.DayHourMinute => MeasureKind.Duration,
            _ => MeasureKind.Number,
        },
        _ => MeasureKind.None,
    };

    public static bool IsNumbered(FieldInfo field) => field.Type is FieldType.Id or FieldType.RecordNumber;

    /// <summary>The field's value in a record or row; false when there is none, or it is not of the field's type.</summary>
    public static bool TryRead(FieldInfo field, IFieldValues row, out Measure measure)
    {
        measure = default;
        if (IsNumbered(field))
        {
            measure = new(row is IRecordValues record ? record.Id : 0);
            return row is IRecordValues;
        }
        var value = row.Get(field);
        switch (value.Kind)
        {
            case FieldValueKind.Empty or FieldValueKind.List:
                return false;
            case FieldValueKind.Text:
                return TryParse(KindOf(field), value.Text, out measure);
            default:
                measure = new(value.Number);
                return true;
        }
    }

    /// <exception cref="QueryException">The text is not a value of the field's type (CB_VA01; the code is unverified).</exception>
    public static Measure OfLiteral(FieldInfo field, string text)
    {
        if (field.Type == FieldType.RecordNumber && field.AppCode.Length > 0 && text.StartsWith($"{field.AppCode}-", StringComparison.Ordinal))
            text = text[(field.AppCode.Length + 1)..];
        if (TryParse(KindOf(field), text, out var measure))
            return measure;
        if (KindOf(field) == MeasureKind.Instant && WireTime.TryParseDate(text, out var date))
            return Period.DayMark(date);
        throw QueryException.Syntax();
    }

    public static bool TryParse(MeasureKind kind, string text, out Measure measure)
    {
        measure = default;
        switch (kind)
        {
            case MeasureKind.Date:
                var isDate = WireTime.TryParseDate(text, out var date);
                measure = new(date.DayNumber);
                return isDate;
            case MeasureKind.Instant:
                var isInstant = WireTime.TryParseInstant(text, out var ticks);
                measure = new(ticks);
                return isInstant;
            case MeasureKind.Time:
                var isTime = WireTime.TryParseTime(text, out var time);
                measure = new(time.Ticks);
                return isTime;
            case MeasureKind.Duration:
                var isDuration = WireTime.TryParseDuration(text, out var duration);
                measure = new(duration.Ticks);
                return isDuration;
            default:
                return TryParseNumber(text, out measure);
        }
    }

    static bool TryParseNumber(string text, out Measure measure)
    {
        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (text.Length <= DecimalDigits)
        {
            var isDecimal = decimal.TryParse(text, styles, CultureInfo.InvariantCulture, out var value);
            measure = new(value);
            return isDecimal;
        }
        measure = default;
        var isNegative = text[0] == '-';
        var parts = text[(isNegative ? 1 : 0)..].Split('.');
        if (parts.Length > 2 || parts.Any(part => part.Length == 0 || part.Any(c => !char.IsAsciiDigit(c))))
            return false;
        var (whole, fraction) = (parts[0].TrimStart('0'), parts.Length > 1 ? parts[1].TrimEnd('0') : "");
        var digits = $"{(isNegative ? "-" : "")}{(whole.Length == 0 ? "0" : whole)}{(fraction.Length == 0 ? "" : $".{fraction}")}";
        measure = whole.Length + fraction.Length <= DecimalDigits
            ? new(decimal.Parse(digits, styles, CultureInfo.InvariantCulture))
            : new(digits);
        return true;
    }

    public int CompareTo(Measure other)
    {
        if (_digits is null && other._digits is null)
            return _value.CompareTo(other._value);
        var (left, right) = (Digits, other.Digits);
        return (left[0] == '-', right[0] == '-') switch
        {
            (true, false) => -1,
            (false, true) => 1,
            (true, true) => CompareDigits(right[1..], left[1..]),
            _ => CompareDigits(left, right),
        };
    }

    string Digits => _digits ?? (_value / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture);

    static int CompareDigits(string left, string right)
    {
        var (leftWhole, rightWhole) = (left.Split('.')[0], right.Split('.')[0]);
        return leftWhole.Length != rightWhole.Length
            ? leftWhole.Length.CompareTo(rightWhole.Length)
            : string.CompareOrdinal(left, right);
    }

    public static bool operator <(Measure left, Measure right) => left.CompareTo(right) < 0;

    public static bool operator >(Measure left, Measure right) => left.CompareTo(right) > 0;

    public static bool operator <=(Measure left, Measure right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Measure left, Measure right) => left.CompareTo(right) >= 0;
}
