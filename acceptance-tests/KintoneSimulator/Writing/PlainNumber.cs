using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KintoneSimulator;

/// <summary>A number as an app keeps it: plain digits, rounded to the app's decimal places, as long as its precision lets it be.</summary>
static partial class PlainNumber
{
    const int MostShift = 400;

    /// <summary>The digits to keep; null when the text is no number, or one with too many digits before the point.</summary>
    /// <param name="precision"><c>numberPrecision</c> of the app's settings.</param>
    public static string? Of(string text, JsonObject? precision, bool dropTrailingZeros)
    {
        if (Form().Match(text) is not { Success: true } match)
            return null;
        var exponent = match.Groups["exponent"] is { Success: true } group
            && int.TryParse(group.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var shift) ? shift : 0;
        if (Math.Abs(exponent) > MostShift)
            return null;
        var fraction = match.Groups["fraction"].Value;
        var scale = fraction.Length - exponent;
        var digits = BigInteger.Parse($"0{match.Groups["whole"].Value}{fraction}", CultureInfo.InvariantCulture);
        if (scale < 0)
            (digits, scale) = (digits * BigInteger.Pow(10, -scale), 0);
        var places = Int(precision, "decimalPlaces", 4);
        if (scale > places)
            (digits, scale) = (Round(digits, scale - places, (string?)precision?["roundingMode"] ?? "HALF_EVEN"), places);
        var plain = digits.ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        var (whole, decimals) = (plain[..^scale], plain[^scale..]);
        if (whole.TrimStart('0').Length > Int(precision, "digits", 16) - places)
            return null;
        if (dropTrailingZeros || exponent != 0)
            decimals = decimals.TrimEnd('0');
        var sign = match.Groups["sign"].Value == "-" && !digits.IsZero ? "-" : "";
        return decimals.Length > 0 ? $"{sign}{whole}.{decimals}" : $"{sign}{whole}";
    }

    static BigInteger Round(BigInteger digits, int dropped, string mode)
    {
        var unit = BigInteger.Pow(10, dropped);
        var (kept, rest) = (digits / unit, digits % unit);
        var isUp = mode switch
        {
            "UP" => rest > 0,
            "DOWN" => false,
            _ => rest * 2 > unit || (rest * 2 == unit && !kept.IsEven),
        };
        return isUp ? kept + 1 : kept;
    }

    static int Int(JsonObject? of, string name, int otherwise) =>
        int.TryParse(of?[name]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    [GeneratedRegex(@"^\s*(?<sign>[+-]?)(?:(?<whole>\d+)(?:\.(?<fraction>\d*))?|\.(?<fraction>\d+))(?:[eE](?<exponent>[+-]?\d+))?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
