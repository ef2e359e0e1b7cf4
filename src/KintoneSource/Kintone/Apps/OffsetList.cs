using System.Runtime.CompilerServices;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone.Apps;

/// <summary>
/// Lists that Kintone gives page by page, from an offset on. When something before the offset goes away, what follows moves up: the next page would begin
/// behind what nobody has seen, without a word. So pages overlap by one item, by which a page is known to join those before it; one that does not join
/// is asked for again from further ahead. There is no total, and a page may be short for other reasons than the end: the list ends where a page that
/// joins has nothing new.
/// </summary>
static class OffsetList
{
    const int MostInVain = 20;

    /// <summary>What each page has beyond the pages before it, in the list's order.</summary>
    /// <param name="what">The list, for messages: "the apps".</param>
    /// <param name="size">How much is asked for at once; 2 or more.</param>
    /// <param name="read">Reads up to as many items as asked for, from an offset on.</param>
    /// <param name="key">Tells items apart.</param>
    /// <exception cref="UnexpectedResponseException">The list does not end.</exception>
    public static async IAsyncEnumerable<IReadOnlyList<T>> ReadAsync<T>(
        string what, int size, Func<long, CancellationToken, Task<IReadOnlyList<T>>> read, Func<T, string> key, [EnumeratorCancellation] CancellationToken ct)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var (offset, back, inVain) = (0L, size / 2, 0);
        while (true)
        {
            var page = await read(offset, ct);
            string[] keys = [.. page.Select(key)];
            var joins = offset == 0 || (keys.Length > 0 && seen.Contains(keys[0]));
            T[] fresh = joins ? [.. page.Where((_, i) => seen.Add(keys[i]))] : [];
            if (fresh.Length > 0) yield return fresh;
            if (joins && (keys.Length == 0 || (fresh.Length == 0 && keys.Length < size))) yield break;
            inVain = fresh.Length > 0 ? 0 : inVain + 1;
            // What is known is passed once on the way back to the end.
            if (inVain > MostInVain + (seen.Count / (size - 1)))
            {
                throw new UnexpectedResponseException(
                    $"Kintone's list of {what} does not end: {inVain} pages in a row had nothing new, the last one at offset {offset}.");
            }
            (offset, back) = joins ? (offset + keys.Length - 1, size / 2) : (Math.Max(0, offset - back), 2 * back);
        }
    }
}
