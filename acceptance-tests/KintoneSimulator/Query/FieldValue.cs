using System.Globalization;

namespace KintoneSimulator.Query;

/// <summary>
/// A field's value as a query sees it, made without allocating. <see cref="Of(string?)"/> takes the value's text on the wire and is
/// right for every type with one value (numbers, dates and times are read when they are compared); the other forms save the parsing.
/// A CREATOR or MODIFIER is its code, users, organizations, groups and choices are the list of their codes, files the list of their names.
/// </summary>
public readonly struct FieldValue : IEquatable<FieldValue>
{
    readonly object? _reference;
    readonly decimal _number;

    FieldValue(FieldValueKind kind, object? reference, decimal number = 0)
    {
        Kind = kind;
        _reference = reference;
        _number = number;
    }

    public FieldValueKind Kind { get; }

    /// <summary>No value: null, an empty text, an empty list, or a field that the record does not have.</summary>
    public bool IsEmpty => Kind == FieldValueKind.Empty;

    public static FieldValue Empty => default;

    public static FieldValue Of(string? text) => string.IsNullOrEmpty(text) ? default : new(FieldValueKind.Text, text);

    public static FieldValue Of(IReadOnlyList<string> list) => list.Count == 0 ? default : new(FieldValueKind.List, list);

    public static FieldValue Of(decimal number) => new(FieldValueKind.Number, null, number);

    public static FieldValue Of(DateTimeOffset instant) => new(FieldValueKind.Instant, null, instant.UtcTicks);

    public static FieldValue Of(DateOnly date) => new(FieldValueKind.Date, null, date.DayNumber);

    public static FieldValue Of(TimeOnly time) => new(FieldValueKind.Time, null, time.Ticks);

    /// <summary>The text of a value of kind Text.</summary>
    public string Text => (string)_reference!;

    /// <summary>The members of a value of kind List.</summary>
    public IReadOnlyList<string> List => (IReadOnlyList<string>)_reference!;

    /// <summary>The number, or for the other kinds its measure: UTC ticks of an instant, day number of a date, ticks of a time.</summary>
    public decimal Number => _number;

    public bool Equals(FieldValue other) => Kind == other.Kind && _number == other._number && Equals(_reference, other._reference);

    public override bool Equals(object? obj) => obj is FieldValue other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Kind, _number, _reference);

    public static bool operator ==(FieldValue left, FieldValue right) => left.Equals(right);

    public static bool operator !=(FieldValue left, FieldValue right) => !left.Equals(right);

    public override string ToString() => Kind switch
    {
        FieldValueKind.Empty => "",
        FieldValueKind.Text => Text,
        FieldValueKind.List => string.Join(", ", List),
        _ => _number.ToString(CultureInfo.InvariantCulture),
    };
}

public enum FieldValueKind
{
    Empty,
    Text,
    List,
    Number,
    Instant,
    Date,
    Time,
}
