using System.Text.RegularExpressions;

namespace KintoneSource.Tests.Kintone.Queries;

/// <summary>What may be said of a filter without the code that reads filters.</summary>
static partial class FilterOracle
{
    /// <summary>Where the parenthesis that the query starts with is closed, as a reader of strings and parentheses sees it.</summary>
    public static int EndOfFirstParenthesis(string query)
    {
        var (depth, quoted) = (0, false);
        for (var i = 0; i < query.Length; i++)
            if (quoted && query[i] is '\\') i++;
            else if (query[i] is '"') quoted = !quoted;
            else if (!quoted && query[i] is '(') depth++;
            else if (!quoted && query[i] is ')' && --depth == 0) return i;
        return -1;
    }

    /// <summary>The condition with its texts emptied.</summary>
    public static string Outside(string condition) => Quoted.Replace(condition, "\"\"");

    /// <summary>A refusal that names its place, or says that there is nothing.</summary>
    [GeneratedRegex(@"^it is empty|at character [0-9]+: …?[^\x00-\x1F]*»[^\x00-\x1F]+«")]
    public static partial Regex Reason { get; }

    /// <summary>Clauses that would follow the condition.</summary>
    [GeneratedRegex(@"(?i)(?<=^|[\s(),=<>""])(order\s+by(?=[\s(),""]|$)|(limit|offset)(\s+[0-9]|\s*""))")]
    public static partial Regex Clauses { get; }

    /// <summary>Characters that no condition has outside its texts.</summary>
    [GeneratedRegex(@"--|[\x00-\x1F'`;#/*\\\[\]{}|&%~^@?]")]
    public static partial Regex Foreign { get; }

    [GeneratedRegex(@"""(\\.|[^""\\])*""", RegexOptions.Singleline)]
    static partial Regex Quoted { get; }
}
