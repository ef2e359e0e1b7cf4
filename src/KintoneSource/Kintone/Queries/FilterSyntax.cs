using System.Text;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone.Queries;

/// <summary>A user's filter, safe to stand in parentheses inside a longer query.</summary>
/// <param name="Condition">
/// As written, but every blank outside strings is a space. Its strings and parentheses are closed and it holds no
/// <c>order by</c>, <c>limit</c> or <c>offset</c>, so <c>($condition) and …</c> means what it says. Not in parentheses itself.
/// Whether its fields and operators exist is for Kintone to say.
/// </param>
/// <param name="MovingFunctions">
/// The functions in it whose value depends on when or as whom the query runs, as <c>TODAY()</c>: each once, upper case.
/// </param>
sealed record Filter(string Condition, IReadOnlyList<string> MovingFunctions);

/// <summary>
/// Reads a filter in Kintone's query notation as far as it takes to join it with other conditions. It is split into tokens,
/// because the words of clauses also occur in strings and in field codes: <c>limit_x</c>, and even <c>limit</c> alone.
/// </summary>
static class FilterSyntax
{
    /// <exception cref="ConfigurationException">The filter is empty or would change the query around it.</exception>
    public static Filter Parse(string text) =>
        TryParse(text, out var problem) ?? throw new ConfigurationException($"The filter cannot be used: {problem}");

    /// <param name="problem">
    /// Quotes the place and says what to do instead; null if the filter is fine. It is a sentence without a subject's name, for
    /// use after the name of the option.
    /// </param>
    /// <returns>Null if there is a problem.</returns>
    public static Filter? TryParse(string text, out string? problem)
    {
        var (tokens, broken) = FilterToken.Split(text);
        problem = broken ?? (tokens is [] ? "it is empty. Write a condition, or leave the filter away." : Clause(text, tokens) ?? Parentheses(text, tokens));
        return problem is null ? new(Condition(text, tokens), MovingFunctions(tokens)) : null;
    }

    static string Condition(string text, List<FilterToken> tokens)
    {
        var condition = new StringBuilder(text.Length);
        var end = tokens[0].Start;
        foreach (var token in tokens)
        {
            condition.Append(' ', token.Start - end).Append(text, token.Start, token.Length);
            end = token.End;
        }
        return condition.ToString();
    }

    static string[] MovingFunctions(List<FilterToken> tokens) =>
    [
        .. from pair in tokens.Zip(tokens.Skip(1))
           where pair.Second.Is("(") && s_movingFunctions.Contains(pair.First.Text)
           select pair.First.Text.ToUpperInvariant() into name
           group name by name into names
           select names.Key,
    ];

    /// <summary>
    /// <c>order by</c>, <c>limit</c> or <c>offset</c>. The same word is a field where a condition can begin and an operator follows:
    /// <c>limit &gt; 5</c> compares a field, <c>limit 5</c> cuts the result.
    /// </summary>
    static string? Clause(string text, List<FilterToken> tokens)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            if (!s_clauses.Contains(tokens[i].Text)) continue;
            var next = i + 1 < tokens.Count ? tokens[i + 1] : default;
            if (FilterCondition.BeginsAt(tokens, i)) continue;
            var isOrderBy = tokens[i].Is("order") && next.Is("by");
            var (word, end) = isOrderBy ? ("order by", next.End) : (tokens[i].Text.ToLowerInvariant(), tokens[i].End);
            return FilterExcerpt.At(text, $"\"{word}\"", tokens[i].Start, end)
                + ". A filter holds conditions only: every matching record is read, in an order of its own. Take this part away.";
        }
        return null;
    }

    static string? Parentheses(string text, List<FilterToken> tokens)
    {
        var open = new Stack<FilterToken>();
        foreach (var token in tokens)
            if (token.Is("(")) open.Push(token);
            else if (token.Is(")") && !open.TryPop(out _))
                return FilterExcerpt.At(text, "\")\" without its \"(\"", token.Start, token.End) + ". Add the missing one, or take this one away.";
        return open.TryPop(out var left)
            ? FilterExcerpt.At(text, "\"(\" that is never closed", left.Start, left.End) + ". Add the missing \")\"."
            : null;
    }

    static readonly HashSet<string> s_clauses = new(["order", "limit", "offset"], StringComparer.OrdinalIgnoreCase);

    static readonly HashSet<string> s_movingFunctions = new(
        [
            "NOW", "TODAY", "YESTERDAY", "TOMORROW", "FROM_TODAY",
            "THIS_WEEK", "LAST_WEEK", "NEXT_WEEK", "THIS_MONTH", "LAST_MONTH", "NEXT_MONTH", "THIS_YEAR", "LAST_YEAR", "NEXT_YEAR",
            "LOGINUSER", "PRIMARY_ORGANIZATION",
        ],
        StringComparer.OrdinalIgnoreCase);
}
