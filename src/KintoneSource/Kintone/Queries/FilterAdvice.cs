using System.Text.RegularExpressions;
using KintoneSource.Kintone.Forms;

namespace KintoneSource.Kintone.Queries;

/// <summary>
/// What may be wrong with a filter that Kintone refused, of which Kintone says no more than that it is wrong. It walks the tokens as a
/// person reads them, <c>field operator value and …</c>, and shows the first place that does not look so. Only asked after a refusal: the notation may grow.
/// </summary>
static partial class FilterAdvice
{
    const string Notation =
        "Texts stand in double quotes, Status in (\"Open\"). Operators are =, !=, >, <, >=, <=, in (…), not in (…), like, not like, is empty, is not empty. "
            + "Conditions are joined by and, or.";

    enum Expected
    {
        Condition,
        Operator,
        Value,
        List,
        Item,
        ListEnd,
        Joint,
    }

    /// <summary>Whole sentences for a person.</summary>
    /// <param name="filter">One that <see cref="FilterSyntax"/> took.</param>
    /// <param name="of">Whose it is: <c>app 12</c>.</param>
    /// <param name="form">The app's, where it is known: it tells numbers and dates from texts.</param>
    public static string For(string filter, string of, Form? form = null)
    {
        var (tokens, _) = FilterToken.Split(filter);
        var odd = FirstOddity(filter, tokens) ?? (form is null ? null : FilterAndForm.OddValue(filter, form));
        return $"Kintone cannot read the filter of {of}: {odd ?? $"{FilterExcerpt.Whole(filter)}."} {Notation}";
    }

    /// <returns>The place, and what stands there in Kintone's notation; null where nothing looks odd.</returns>
    static string? FirstOddity(string filter, List<FilterToken> tokens)
    {
        var expected = Expected.Condition;
        for (var at = 0; at < tokens.Count; at++)
        {
            var token = tokens[at];
            var next = at + 1 < tokens.Count ? tokens[at + 1] : default;
            switch (expected)
            {
                case Expected.Condition when token.Is("("):
                case Expected.Joint when token.Is(")"):
                    break;
                case Expected.Condition when IsWord(token) && !s_words.Contains(token.Text) && !next.Is("("):
                    expected = Expected.Operator;
                    break;
                case Expected.Condition:
                    return Odd(token, "no field code", "A condition begins with a field code.");
                case Expected.Operator when token.Is("=") && next.Is("="):
                    return Odd(token with { Text = filter[token.Start..next.End] }, "a sign twice", "Kintone writes = once.");
                case Expected.Operator when token.Is("<") && next.Is(">"):
                    return Odd(token with { Text = filter[token.Start..next.End] }, "no operator of Kintone's", "Kintone writes != for it.");
                case Expected.Operator when s_signs.Contains(token.Text):
                    expected = Expected.Value;
                    break;
                case Expected.Operator when token.Is("in") || (token.Is("not") && next.Is("in")):
                    at += token.Is("not") ? 1 : 0;
                    expected = Expected.List;
                    break;
                case Expected.Operator when token.Is("like") || (token.Is("not") && next.Is("like")):
                    at += token.Is("not") ? 1 : 0;
                    expected = Expected.Value;
                    break;
                case Expected.Operator when token.Is("is"):
                    at += next.Is("not") ? 1 : 0;
                    if (at + 1 >= tokens.Count || !tokens[at + 1].Is("empty")) return Odd(token, "an is without empty", "After is stands empty or not empty.");
                    at++;
                    expected = Expected.Joint;
                    break;
                case Expected.Operator:
                    return Odd(token, "no operator", "After the field code stands an operator; a field code has no blanks.");
                case Expected.List when token.Is("("):
                    expected = Expected.Item;
                    break;
                case Expected.List:
                    return Odd(token, "a list without parentheses", "After in stands a list in parentheses, as in (\"A\", \"B\").");
                case Expected.Value or Expected.Item when IsWord(token) && next.Is("("):
                    at = Closing(tokens, at + 1); // a function
                    expected = expected == Expected.Value ? Expected.Joint : Expected.ListEnd;
                    break;
                case Expected.Value when Separators.Match(filter, token.Start) is { Success: true } number:
                    var plain = number.Value.Replace(",", "", StringComparison.Ordinal);
                    return Odd(token with { Text = number.Value }, "a number with separators", $"Write {plain}.");
                case Expected.Value or Expected.Item when token.IsText || Unquoted.IsMatch(token.Text):
                    expected = expected == Expected.Value ? Expected.Joint : Expected.ListEnd;
                    break;
                case Expected.Value or Expected.Item when IsWord(token):
                    return Odd(token, "a text without quotes", $"Write \"{token.Text}\".");
                case Expected.Value or Expected.Item:
                    return Odd(token, "no value", "A value stands here: a text in double quotes, a number, or a function.");
                case Expected.ListEnd when token.Is(","):
                    expected = Expected.Item;
                    break;
                case Expected.ListEnd when token.Is(")"):
                    expected = Expected.Joint;
                    break;
                case Expected.ListEnd:
                    return Odd(token, "two values without a comma", "Values of a list have commas between them.");
                case Expected.Joint when token.Is("and") || token.Is("or"):
                    expected = Expected.Condition;
                    break;
                default:
                    return Odd(token, "two conditions without and, or",
                        "Write and or or between them; a text with blanks stands in double quotes as a whole.");
            }
        }
        return expected == Expected.Joint ? null : Odd(tokens[^1], "an end that comes too early", "Something is missing behind it.");

        string Odd(FilterToken token, string what, string instead) => $"{FilterExcerpt.At(filter, what, token.Start, token.End)}. {instead}";
    }

    /// <summary>Of the parenthesis that closes the one at <paramref name="at"/>: a filter's are balanced.</summary>
    static int Closing(List<FilterToken> tokens, int at)
    {
        for (var open = 0; ; at++)
        {
            if (tokens[at].Is("(")) open++;
            if (tokens[at].Is(")") && --open == 0) return at;
        }
    }

    static bool IsWord(FilterToken token) => token.Text[0] is not ('"' or '(' or ')' or ',' or '=' or '!' or '<' or '>');

    static readonly HashSet<string> s_signs = new(["=", "!=", ">", "<", ">=", "<="], StringComparer.Ordinal);

    static readonly HashSet<string> s_words = new(["and", "or"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Numbers and times of the day may stand without quotes (official OpenAPI description).</summary>
    [GeneratedRegex(@"^([+-]?[0-9]+(\.[0-9]+)?|[0-9]{1,2}:[0-9]{2})\z")]
    static partial Regex Unquoted { get; }

    /// <summary>Not in a list, where 1,000 are two numbers.</summary>
    [GeneratedRegex(@"\G[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?(?![0-9,.])")]
    static partial Regex Separators { get; }
}
