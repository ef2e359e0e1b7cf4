namespace WarehouseFiles;

/// <summary>Lines of a script that are as long as expressions of the plan make them.</summary>
static class LongLines
{
    const int Most = 159;

    /// <summary>The same SQL in shorter lines: none is broken within quotes, whose text counts, or behind a comment.</summary>
    public static string Wrap(string script) => string.Join('\n', script.Split('\n').SelectMany(Wrapped));

    static IEnumerable<string> Wrapped(string line)
    {
        var indent = line[..^line.TrimStart().Length];
        if (!line.TrimStart().StartsWith("|| ", StringComparison.Ordinal)) indent += "  ";
        while (line.Length > Most && BreakIn(line, indent.Length) is { } at)
        {
            yield return line[..at];
            line = indent + line[(at + 1)..];
        }
        yield return line;
    }

    /// <summary>The last space that is followed by an operator of texts, or else by a word; null where there is none.</summary>
    static int? BreakIn(string line, int indent)
    {
        var (quote, operators, words) = ('\0', default(int?), default(int?));
        for (var i = 0; i < Most; i++)
        {
            var c = line[i];
            if (quote == '\'' && c == '\\') i++; // escapes what follows
            else if (quote != '\0') quote = c == quote ? '\0' : quote;
            else if (c is '\'' or '"' or '`') quote = c;
            else if (line.AsSpan(i).StartsWith("--")) break;
            else if (c == ' ' && i > indent && line.AsSpan(i).StartsWith(" || ")) operators = i;
            else if (c == ' ' && i > indent && line[i - 1] != '|' && char.IsUpper(line[i + 1])) words = i;
        }
        return operators ?? words;
    }
}
