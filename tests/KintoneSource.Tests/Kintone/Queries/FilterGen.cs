using CsCheck;

namespace KintoneSource.Tests.Kintone.Queries;

/// <summary>Filters as people write them: right ones made from the grammar, and heaps of its pieces.</summary>
static class FilterGen
{
    static readonly string[] s_fields =
    [
        "Status", "更新日時", "金額", "$id", "limit", "offset", "order", "limit_x", "オーダーby", "orderby", "By", "関連.数量", "Rel.$id",
        "𠮷野家", "日付・時刻", "予算＄", "and_then", "not_in",
    ];

    static readonly Gen<string> s_blank = Gen.OneOf(" ", "  ", "\u3000", "\t", "\n", " \u3000 ");
    static readonly Gen<string> s_noBlank = Gen.OneOf("", " ", "\u3000");

    static readonly Gen<string> s_string =
        Gen.OneOf("Open", "", "order by x", "limit 5", ") or (", "\\\"", "\\\\", "\\n", "a \u3000 b", "'", "（）", "顧客", "TODAY()")
            .Array[0, 3].Select(static parts => $"\"{string.Concat(parts)}\"");

    static readonly Gen<string> s_function = Gen.OneOf("TODAY()", "now()", "FROM_TODAY(-5, DAYS)", "THIS_MONTH(LAST)", "LOGINUSER()", "LAST_WEEK ( MONDAY )");
    static readonly Gen<string> s_operand = Gen.OneOf(s_string, Gen.Int[-9, 999].Select(static number => $"{number}"), Gen.OneOf("10:00", "1.5"), s_function);

    static readonly Gen<string> s_comparison =
        from field in Gen.OneOf(s_fields)
        from before in s_noBlank
        from after in s_noBlank
        from sign in Gen.OneOf("=", "!=", ">", "<", ">=", "<=")
        from operand in s_operand
        select $"{field}{before}{sign}{after}{operand}";

    static readonly Gen<string> s_wordy =
        from field in Gen.OneOf(s_fields)
        from blank in s_blank
        from rest in Gen.OneOf(
            Gen.Select(Gen.OneOf("in", "not in", "NOT  IN"), s_noBlank, s_operand.Array[1, 3],
                static (word, gap, operands) => $"{word}{gap}({string.Join(", ", operands)})"),
            Gen.Select(Gen.OneOf("like", "not like"), s_string, static (word, text) => $"{word} {text}"),
            Gen.OneOf("is empty", "is not empty"))
        select $"{field}{blank}{rest}";

    /// <summary>Within the notation.</summary>
    public static readonly Gen<string> Right = Gen.Recursive<string>(static (depth, more) =>
        depth > 3
            ? Gen.OneOf(s_comparison, s_wordy)
            : Gen.OneOf(
                s_comparison,
                s_wordy,
                Gen.Select(more, s_blank, Gen.OneOf("and", "or", "AND"), s_blank, more, static (left, a, word, b, right) => $"{left}{a}{word}{b}{right}"),
                Gen.Select(s_noBlank, more, s_noBlank, static (before, inner, after) => $"({before}{inner}{after})")));

    /// <summary>Everything that has a meaning in a query, and what tries to have one, in any order.</summary>
    public static readonly Gen<string> Soup =
        Gen.OneOf(
                Gen.OneOf("(", ")", "\"", "\\", "\\\"", "\\\\", "and", "or", "order", "by", "order by", "limit", "offset", "limit 0", "in", "=", ">"),
                Gen.OneOf(s_fields), s_string, s_operand, s_blank,
                Gen.OneOf("'", "“", "（", "）", "＂", "--", "/*", "#", ";", "\u200B", "\0", "\uD842", "１", "!", "!=", ","),
                Gen.Char.Select(static c => $"{c}"))
            .Array[0, 12].SelectMany(static pieces => Gen.OneOf("", " ").Select(glue => string.Join(glue, pieces)));

    /// <summary>A right one with a piece cut out, or one put in.</summary>
    public static readonly Gen<string> Mutated =
        Gen.Select(Right, Soup, Gen.Int[0, 200], Gen.Int[0, 200], Gen.Bool, static (right, soup, from, length, cut) =>
        {
            from %= right.Length + 1;
            return cut ? right.Remove(from, Math.Min(length % 5, right.Length - from)) : right.Insert(from, soup);
        });
}
