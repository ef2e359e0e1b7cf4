using System.Globalization;
using System.Text;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Forms;

namespace KintoneSource.Catalog;

/// <summary>
/// Destinations that keep only ASCII in column names: they decompose, drop marks, put <c>_</c> for everything
/// that is left beside letters, digits and <c>_</c>, and compare without case. 顧客名 and 会社名 are both <c>___</c> there,
/// and which one gets which suffix depends on the columns' order. Others cut names after 63 bytes, 21 characters of Japanese.
/// </summary>
static class NameCollisions
{
    const int MostBytes = 63;

    /// <summary>Columns of one stream that would be one column, each group in the stream's order; empty when all stay apart.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Of(Form form, ColumnNames rule)
    {
        var names = rule.For(form);
        return
        [
            .. form.Fields.Where(static f => f.Type == FieldType.Subtable).Select(table => AppColumns.TableRows(form, table, names, emitDeletedRecords: true))
                .Prepend(AppColumns.Records(form, names, emitDeletedRecords: true))
                .SelectMany(static columns => Groups([.. columns.Select(static c => c.Name)])),
        ];
    }

    static IEnumerable<IReadOnlyList<string>> Groups(string[] names)
    {
        var mixedUp = SameBy(names, AsDestinationsSee);
        return mixedUp.Concat(SameBy(names, static name => Cut(name)).Where(cut => !mixedUp.Any(group => cut.All(group.Contains))));
    }

    static IReadOnlyList<string>[] SameBy(string[] names, Func<string, string> key) =>
        [.. names.GroupBy(key).Where(static g => g.Skip(1).Any()).Select(static g => g.ToArray())];

    /// <summary>What there is to say of an app; null when there is nothing, as of names in ASCII.</summary>
    public static string? Notice(long app, string appName, Form form, ColumnNames names)
    {
        if (names != ColumnNames.FieldCode && names != ColumnNames.Label) return null;
        var groups = Of(form, names);
        if (groups.Count == 0) return null;
        var shown = groups.Take(3).Select(static g => string.Join(", ", g.Take(4)) + (g.Count > 4 ? ", …" : ""));
        return string.Create(CultureInfo.InvariantCulture,
            $"App {app} ({appName}): {groups.Sum(static g => g.Count)} columns fall together in destinations whose column names are ASCII only or "
            + $"end after 63 bytes, for example {string.Join("; ", shown)}. "
            + $"For such a destination, set \"{Option.ColumnNames.Title}\" ({Option.ColumnNames.Name}) to "
            + $"{(names == ColumnNames.Label ? "label_ascii" : "ascii")}.");
    }

    static string Cut(string name) => Encoding.UTF8.GetByteCount(name) <= MostBytes ? name
        : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name).AsSpan(0, MostBytes));

    static string AsDestinationsSee(string code)
    {
        var name = new StringBuilder(code.Length);
        foreach (var c in KanaWidth.Fold(code))
        {
            if (char.IsAsciiLetterOrDigit(c) || c == '_') name.Append(char.ToLowerInvariant(c));
            else if (CharUnicodeInfo.GetUnicodeCategory(c) is not (
                UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark))
                name.Append('_');
        }
        return name.ToString(0, Math.Min(name.Length, MostBytes));
    }
}
