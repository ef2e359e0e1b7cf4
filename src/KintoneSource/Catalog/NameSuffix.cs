using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace KintoneSource.Catalog;

/// <summary>
/// The end of a name that alone does not lead back to its field code: <c>_x</c> and 40 bits of the code's hash.
/// A code that happens to end this way gets a suffix too, so that names with and without one never meet.
/// </summary>
static partial class NameSuffix
{
    public const int Length = 12;

    [GeneratedRegex("_x[0-9a-f]{10}$", RegexOptions.CultureInvariant)]
    static partial Regex Pattern { get; }

    public static bool IsIn(string name) => Pattern.IsMatch(name);

    public static string Append(string name, string code)
    {
        // Over UTF-16 units, since half a surrogate pair has no UTF-8.
        var hash = SHA256.HashData(MemoryMarshal.AsBytes(code.AsSpan()));
        return $"{name}_x{Convert.ToHexStringLower(hash.AsSpan(0, 5))}";
    }
}
