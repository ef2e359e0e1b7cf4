using System.Text;
using System.Text.RegularExpressions;
using KintoneSource.Tests.Packaging;

namespace KintoneSource.Tests.Documents;

/// <summary>A document as its readers see it: headings, tables, examples.</summary>
sealed partial class Page(string file)
{
    [GeneratedRegex("^(#{1,6}) (.+)$")]
    static partial Regex HeadingLine { get; }

    [GeneratedRegex("""^<a id="([^"]+)"></a>$""")]
    static partial Regex IdLine { get; }

    [GeneratedRegex(@"(?ms)^```(\w*)\n(.*?)^```")]
    static partial Regex Example { get; }

    public static Page English { get; } = new("docs/kintone.md");

    public static Page Japanese { get; } = new("docs/kintone.ja.md");

    public string File => file;

    public string Text { get; } = Repository.Text(file);

    /// <summary>The code blocks, with their language.</summary>
    public IEnumerable<(string Language, string Code)> Examples =>
        Example.Matches(Text).Select(static m => (m.Groups[1].Value, m.Groups[2].Value));

    string[] Lines { get; } = Example.Replace(Repository.Text(file), "").Split('\n');

    /// <summary>Each heading's id, where it has one of its own, and its level.</summary>
    public IReadOnlyList<(string Id, int Level, string Title)> Headings
    {
        get
        {
            List<(string, int, string)> headings = [];
            var id = "";
            foreach (var line in Lines)
            {
                if (IdLine.Match(line) is { Success: true } own) id = own.Groups[1].Value;
                if (HeadingLine.Match(line) is not { Success: true } heading) continue;
                headings.Add((id, heading.Groups[1].Length, heading.Groups[2].Value));
                id = "";
            }
            return headings;
        }
    }

    /// <summary>What a link's <c>#…</c> may name: ids, and headings as GitHub turns them into ids.</summary>
    public IReadOnlySet<string> Anchors =>
        Headings.Select(static h => h.Id).Concat(Headings.Select(static h => Slug(h.Title))).Where(static a => a.Length > 0).ToHashSet(StringComparer.Ordinal);

    /// <summary>The cells of the tables in one section, heads and rules left out.</summary>
    public IReadOnlyList<string[]> Rows(string id)
    {
        var start = Array.IndexOf(Lines, $"<a id=\"{id}\"></a>");
        Assert.True(start >= 0, $"{file} has no section {id}");
        return
        [
            .. Lines.Skip(start + 2).TakeWhile(static l => !HeadingLine.IsMatch(l))
                .Where(static l => l.StartsWith('|'))
                .Select(static l => l.Trim('|').Split('|').Select(static cell => cell.Trim()).ToArray())
                .Where(static cells => !cells[0].StartsWith('-')).Skip(1),
        ];
    }

    public override string ToString() => file;

    /// <summary>Lower case, without punctuation, blanks as hyphens.</summary>
    static string Slug(string title)
    {
        var slug = new StringBuilder();
        foreach (var rune in title.ToLowerInvariant().EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || rune.Value is '-' or '_') slug.Append(rune);
            else if (rune.Value == ' ') slug.Append('-');
        }
        return slug.ToString();
    }
}
