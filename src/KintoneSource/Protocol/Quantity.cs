using System.Globalization;

namespace KintoneSource.Protocol;

/// <summary>Numbers of things in sentences: <c>1 list</c>, <c>1,200 lists</c>.</summary>
static class Quantity
{
    public static string Of(long number, string noun) => $"{Number(number)} {noun}{(number == 1 ? "" : "s")}";

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
