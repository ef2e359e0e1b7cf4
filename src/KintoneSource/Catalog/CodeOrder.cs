namespace KintoneSource.Catalog;

/// <summary>
/// Field codes with the numbers in them as numbers. Kintone gives codes in this order, <c>数値</c>, <c>数値_0</c>, … <c>数値_9</c>, <c>数値_10</c>: of two
/// fields that were never given another code, the later one comes later here.
/// </summary>
sealed class CodeOrder : IComparer<string>
{
    public static CodeOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        var (i, j) = (0, 0);
        while (i < x!.Length && j < y!.Length)
        {
            var (one, other) = (DigitsAt(x, i), DigitsAt(y, j));
            var isNumber = one > 0 && other > 0;
            var order = isNumber ? CompareNumbers(x.AsSpan(i, one), y.AsSpan(j, other)) : x[i].CompareTo(y[j]);
            if (order != 0) return order;
            i += isNumber ? one : 1;
            j += isNumber ? other : 1;
        }
        var rest = (x.Length - i).CompareTo(y!.Length - j);
        return rest != 0 ? rest : string.CompareOrdinal(x, y); // 1 and 01 are two codes
    }

    static int DigitsAt(string text, int at) => text.AsSpan(at).IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? end : text.Length - at;

    static int CompareNumbers(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var (one, other) = (a.TrimStart('0').Length, b.TrimStart('0').Length);
        return one != other ? one.CompareTo(other) : a[^one..].SequenceCompareTo(b[^other..]);
    }
}
