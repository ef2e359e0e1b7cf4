using System.Globalization;

namespace KintoneSource.Kintone.Queries;

/// <summary>Times as Kintone writes them: UTC, and whole minutes in records.</summary>
static class WireTime
{
    public const string Format = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>The minute that the time is in, in UTC.</summary>
    public static DateTimeOffset Minute(DateTimeOffset time) => new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
}
