using System.Globalization;

namespace KintoneSimulator.Query;

/// <summary>Dates and times as Kintone writes them: <c>2024-01-02</c>, <c>2024-01-02T03:04:00Z</c>, <c>11:30</c>, <c>49:30</c>.</summary>
static class WireTime
{
    static readonly string[] s_instantFormats =
    [
        "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ss.fffK", "yyyy-MM-ddTHH:mm:sszzz", "yyyy-MM-ddTHH:mmzzz",
    ];

    public static bool TryParseDate(string text, out DateOnly date) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    /// <summary>An ISO time with Z or an offset, with or without its colon; without either it is no instant.</summary>
    public static bool TryParseInstant(string text, out long utcTicks)
    {
        if (IsPlainUtc(text, out utcTicks))
            return true;
        if (text.Length > 5 && text[^5] is '+' or '-' && text[^3] != ':')
            text = text.Insert(text.Length - 2, ":");
        var isInstant = DateTimeOffset.TryParseExact(text, s_instantFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            && (text[^1] == 'Z' || text[^6] is '+' or '-');
        utcTicks = instant.UtcTicks;
        return isInstant;
    }

    public static bool TryParseTime(string text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text, ["HH:mm", "H:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    /// <summary>Hours and minutes, the hours without an upper limit.</summary>
    public static bool TryParseDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var isNegative = text.StartsWith('-');
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0
            || !int.TryParse(text.AsSpan(isNegative ? 1 : 0, colon - (isNegative ? 1 : 0)), NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes))
            return false;
        duration = TimeSpan.FromMinutes((isNegative ? -1 : 1) * (hours * 60L + minutes));
        return true;
    }

    /// <summary>The one form that records hold, read without the general parser: a scan reads millions of them.</summary>
    static bool IsPlainUtc(string text, out long utcTicks)
    {
        utcTicks = 0;
        if (text is not [_, _, _, _, '-', _, _, '-', _, _, 'T', _, _, ':', _, _, ':', _, _, 'Z']
            || !(Two(text, 0) is >= 0 and var century && Two(text, 2) is >= 0 and var year && Two(text, 5) is >= 1 and <= 12 and var month
                && Two(text, 8) is >= 1 and var day && Two(text, 11) is >= 0 and < 24 and var hour
                && Two(text, 14) is >= 0 and < 60 and var minute && Two(text, 17) is >= 0 and < 60 and var second)
            || century * 100 + year is 0 || day > DateTime.DaysInMonth(century * 100 + year, month))
            return false;
        utcTicks = new DateTime(century * 100 + year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks;
        return true;
    }

    static int Two(string text, int at) =>
        char.IsAsciiDigit(text[at]) && char.IsAsciiDigit(text[at + 1]) ? (text[at] - '0') * 10 + text[at + 1] - '0' : -1;
}
