using System.Text;
using CsCheck;
using KintoneSource.Kintone.Queries;
using KintoneSource.Tests.Kintone.Queries;

namespace KintoneSource.Fuzz.Targets;

/// <summary>Filters, as UTF-8: one that is taken stays inside its parentheses and means itself, one that is refused has a reason with a place.</summary>
sealed class FilterTarget : FuzzTarget
{
    const string After = ") and $id > 0 order by $id asc limit 500";

    public override IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. ((string[])[" order by ", " limit 5", " offset 3", "\"", "\\\"", "(", ")", " and ", " or ", "\u3000", "TODAY()", " in (", "'", "--", "\u200B", "𠮷",
            "＂"]).Select(Encoding.UTF8.GetBytes),
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
            if (!FilterOracle.Reason.IsMatch(problem!)) throw new DifferenceException($"a reason without a place: {problem}");
            return false;
        }
        var query = $"({filter.Condition}{After}";
        if (FilterOracle.EndOfFirstParenthesis(query) != query.Length - After.Length) throw new DifferenceException(
            $"it ends its parenthesis early or late: {query}");
        var outside = FilterOracle.Outside(filter.Condition);
        if (FilterOracle.Clauses.IsMatch(outside) || FilterOracle.Foreign.IsMatch(outside)) throw new DifferenceException(
            $"it changes the query around it: {query}");
        if (FilterSyntax.TryParse(filter.Condition, out _)?.Condition != filter.Condition) throw new DifferenceException(
            "its condition is not taken as itself");
        return true;
    }
}
