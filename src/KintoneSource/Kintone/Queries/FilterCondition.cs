namespace KintoneSource.Kintone.Queries;

/// <summary>One condition of a filter that looks as Kintone's notation does: a field, and what it is compared with.</summary>
/// <param name="Texts">The values in double quotes.</param>
readonly record struct FilterCondition(FilterToken Field, IReadOnlyList<FilterToken> Texts)
{
    static readonly HashSet<string> s_operators =
        new(["=", "!=", ">", "<", ">=", "<=", "in", "not", "like", "is"], StringComparer.OrdinalIgnoreCase);

    static readonly HashSet<string> s_beforeCondition = new(["(", "and", "or"], StringComparer.OrdinalIgnoreCase);

    /// <summary>In the order in which they stand.</summary>
    public static IEnumerable<FilterCondition> AllIn(IReadOnlyList<FilterToken> tokens)
    {
        for (var (at, next) = (0, 0); at < tokens.Count; at = next)
        {
            next = at + 1;
            if (!BeginsAt(tokens, at)) continue;
            while (next < tokens.Count && !BeginsAt(tokens, next)) next++;
            yield return new(tokens[at], [.. tokens.Skip(at + 1).Take(next - at - 1).Where(static t => t.IsText)]);
        }
    }

    /// <summary>Whether a word is a field where it stands: a condition can begin there, and an operator follows.</summary>
    public static bool BeginsAt(IReadOnlyList<FilterToken> tokens, int at) =>
        (at == 0 || s_beforeCondition.Contains(tokens[at - 1].Text)) && at + 1 < tokens.Count && s_operators.Contains(tokens[at + 1].Text);
}
