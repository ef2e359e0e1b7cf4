using System.Globalization;
using System.Text;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Forms;

namespace KintoneSource.Catalog;

/// <summary>
/// Destinations that keep only ASCII in column names: they decompose, drop marks, put <c>_</c> for everything
/// that is left beside letters, digits and <c>_</c>, and compare without case. 顧客名 and 会社名 are both <c>___</c> there,
/// and which one gets which suffix depends on the columns' order.
/// </summary>
static class NameCollisions
{
    /// <summary>Codes of one form that would be one column, each group in the form's order; empty when all stay apart.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Of(Form form) =>
        [.. form.Fields.Where(static f => FieldSchema.KindOf(f) is not null).Select(static f => f.Code)
            .GroupBy(AsDestinationsSee).Where(static g => g.Skip(1).Any()).Select(static g => g.ToArray())];

    /// <summary>The one warning for an app in <see cref="ColumnNames.FieldCode"/> mode; null when there is nothing to say.</summary>
    public static string? Warning(long app, string appName, Form form)
    {
        var groups = Of(form);
        if (groups.Count == 0) return null;
        var shown = groups.Take(3).Select(static g => string.Join(", ", g.Take(4)) + (g.Count > 4 ? ", …" : ""));
        return string.Create(CultureInfo.InvariantCulture,
            $"App {app} ({appName}): {groups.Sum(static g => g.Count)} field codes fall together in destinations whose column names are ASCII only, for example {string.Join("; ", shown)}. For such a destination, set \"{Option.ColumnNames.Title}\" ({Option.ColumnNames.Name}) to ascii.");
    }

    static string AsDestinationsSee(string code)
    {
        var name = new StringBuilder(code.Length);
        foreach (var c in KanaWidth.Fold(code))
        {
            if (char.IsAsciiLetterOrDigit(c) || c == '_') name.Append(char.ToLowerInvariant(c));
            else if (CharUnicodeInfo.GetUnicodeCategory(c) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark))
                name.Append('_');
        }
        return name.ToString();
    }
}
