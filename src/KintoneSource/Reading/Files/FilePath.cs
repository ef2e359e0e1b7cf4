using System.Buffers;
using System.Globalization;
using System.Text;

namespace KintoneSource.Reading.Files;

/// <summary>
/// Where a file's contents lie below the staging folder, and in the destination: <c>app_12_files/5/0f3a…/見積書.pdf</c>. The folder is the file's
/// own, whose name is a hash of what tells it from every other: equal names never meet, however a file system folds letters together, and a destination that
/// deletes its staged copy deletes nothing else. The name is as in Kintone, as far as every file system takes it.
/// </summary>
static class FilePath
{
    /// <summary>Most file systems take 255; this leaves room for what people put in front of it.</summary>
    const int MostBytes = 180;

    const int MostExtensionBytes = 20;

    static readonly SearchValues<char> s_refused = SearchValues.Create("/\\:*?\"<>|");

    /// <summary>Devices under Windows, whatever extension they have.</summary>
    static readonly HashSet<string> s_reserved = new(
        ["CON", "PRN", "AUX", "NUL", .. "0123456789¹²³".SelectMany(static digit => (string[])[$"COM{digit}", $"LPT{digit}"])],
        StringComparer.OrdinalIgnoreCase);

    /// <returns>With <c>/</c> between its parts, on every system.</returns>
    public static string Of(string stream, AttachedFile file) =>
        string.Create(CultureInfo.InvariantCulture, $"{stream}/{file.Record}/{file.Fingerprint:x16}/{NameOf(file.Name)}");

    /// <summary>The name without what could lead elsewhere, break a file system or hide what it is.</summary>
    /// <param name="name">As Kintone sent it: any text.</param>
    public static string NameOf(string? name)
    {
        var text = new StringBuilder();
        foreach (var rune in (name ?? "").EnumerateRunes())
            text.Append(IsPlain(rune) ? rune.ToString() : "_");
        var plain = text.ToString().Trim(' ').TrimEnd('.', ' ');
        if (plain.Length == 0 || plain.All(static c => c == '.')) plain = "_";
        if (s_reserved.Contains(plain.Split('.')[0].TrimEnd())) plain = $"_{plain}";
        return Shortened(plain);
    }

    /// <summary>Half a surrogate pair comes as U+FFFD. Format characters turn the direction of what follows, or show nothing.</summary>
    static bool IsPlain(Rune rune) =>
        !(rune.IsBmp && s_refused.Contains((char)rune.Value))
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    /// <summary>By whole characters; what it ends with tells what it is, and stays.</summary>
    static string Shortened(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= MostBytes) return name;
        var dot = name.LastIndexOf('.');
        var extension = dot > 0 && Encoding.UTF8.GetByteCount(name.AsSpan(dot)) <= MostExtensionBytes ? name[dot..] : "";
        var room = MostBytes - Encoding.UTF8.GetByteCount(extension);
        var kept = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
        {
            if ((room -= rune.Utf8SequenceLength) < 0) break;
            kept.Append(rune);
        }
        return kept.ToString().TrimEnd('.', ' ') + extension;
    }
}
