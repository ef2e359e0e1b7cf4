using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using KintoneSource.Kintone;
using KintoneSource.Tests.Kintone;

namespace KintoneSource.Fuzz.Targets;

/// <summary>Filters, as UTF-8: one that is taken stays inside its parentheses and means itself, one that is refused has a reason with a place.</summary>
sealed partial class FilterTarget : FuzzTarget
{
    const string After = ") and $id > 0 order by $id asc limit 500";

    public override IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. ((string[])[" order by ", " limit 5", " offset 3", "\"", "\\\"", "(", ")", " and ", " or ", "\u3000", "TODAY()", " in (", "'", "--", "\u200B", "𠮷", "＂"]).Select(Encoding.UTF8.GetBytes),
    ];

    public override byte[] Make(Dice dice)
    {
        var random = new PCG((uint)dice.Next(int.MaxValue), (ulong)dice.NextLong());
        var text = dice.Of([FilterGen.Right, FilterGen.Soup, FilterGen.Mutated]).Generate(random, null, out _);
        var bytes = Encoding.UTF8.GetBytes(text);
        return dice.OneIn(2) ? bytes : ByteMutation.Of(bytes, dice, Dictionary, []);
    }

    public override bool Try(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var filter = FilterSyntax.TryParse(text, out var problem);
        if (filter is null ^ problem is not null) throw new DifferenceException("neither taken nor refused");
        if (filter is null)
        {
            if (!Reason.IsMatch(problem!)) throw new DifferenceException($"a reason without a place: {problem}");
            return false;
        }
        var query = $"({filter.Condition}{After}";
        if (EndOfFirstParenthesis(query) != query.Length - After.Length) throw new DifferenceException($"it ends its parenthesis early or late: {query}");
        var outside = Quoted.Replace(filter.Condition, "\"\"");
        if (Clauses.IsMatch(outside) || Foreign.IsMatch(outside)) throw new DifferenceException($"it changes the query around it: {query}");
        if (FilterSyntax.TryParse(filter.Condition, out _)?.Condition != filter.Condition) throw new DifferenceException("its condition is not taken as itself");
        return true;
    }

    static int EndOfFirstParenthesis(string query)
    {
        var (depth, quoted) = (0, false);
        for (var i = 0; i < query.Length; i++)
            if (quoted && query[i] is '\\') i++;
            else if (query[i] is '"') quoted = !quoted;
            else if (!quoted && query[i] is '(') depth++;
            else if (!quoted && query[i] is ')' && --depth == 0) return i;
        return -1;
    }

    [GeneratedRegex(@"^it is empty|at character [0-9]+: …?[^\x00-\x1F]*»[^\x00-\x1F]+«")]
    static partial Regex Reason { get; }

    [GeneratedRegex(@"""(\\.|[^""\\])*""", RegexOptions.Singleline)]
    static partial Regex Quoted { get; }

    [GeneratedRegex(@"(?i)(?<=^|[\s(),=<>""])(order\s+by(?=[\s(),""]|$)|(limit|offset)(\s+[0-9]|\s*""))")]
    static partial Regex Clauses { get; }

    [GeneratedRegex(@"--|[\x00-\x1F'`;#/*\\\[\]{}|&%~^@?]")]
    static partial Regex Foreign { get; }
}
