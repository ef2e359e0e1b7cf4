using System.Text;

namespace KintoneSimulator.Query;

enum TokenKind
{
    /// <summary>A field code, keyword or function name.</summary>
    Word,
    /// <summary>A text in quotes, its escapes resolved.</summary>
    Text,
    /// <summary>A bare number or time.</summary>
    Number,
    /// <summary>An operator, parenthesis, comma or dot.</summary>
    Sign,
    End,
}

readonly record struct Token(TokenKind Kind, string Text)
{
    public bool Is(string keyword) => Kind == TokenKind.Word && Text.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    public bool IsSign(string sign) => Kind == TokenKind.Sign && Text == sign;
}

/// <summary>
/// Cuts a query into tokens. Outside strings, blanks include tab, newline and U+3000; inside, a raw tab or newline is an error,
/// and only double quotes make strings (measured by a third party).
/// </summary>
static class QueryLexer
{
    public static List<Token> Tokens(string query)
    {
        var tokens = new List<Token>();
        for (var at = 0; at < query.Length;)
        {
            var c = query[at];
            if (IsBlank(c))
                at++;
            else if (c == '"')
                tokens.Add(new(TokenKind.Text, ReadText(query, ref at)));
            else if (char.IsAsciiDigit(c) || c == '-')
                tokens.Add(new(TokenKind.Number, ReadWhile(query, ref at, IsNumberPart)));
            else if (c == '$' || IsCodePart(c))
                tokens.Add(new(TokenKind.Word, ReadWhile(query, ref at, next => next == '$' || IsCodePart(next))));
            else
                tokens.Add(new(TokenKind.Sign, ReadSign(query, ref at)));
        }
        tokens.Add(new(TokenKind.End, ""));
        return tokens;
    }

    static bool IsBlank(char c) => c is ' ' or '\t' or '\r' or '\n' or '\u3000';

    /// <summary>Letters, digits, the underscore, and whatever is not ASCII: kana, kanji and the full-width signs that codes may hold.</summary>
    static bool IsCodePart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_' || (c >= '\u0080' && !IsBlank(c));

    static bool IsNumberPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or ':' or '-' or '+';

    static string ReadWhile(string query, ref int at, Func<char, bool> belongs)
    {
        var start = at;
        while (at < query.Length && belongs(query[at]))
            at++;
        return query[start..at];
    }

    static string ReadSign(string query, ref int at)
    {
        var length = query[at] switch
        {
            '(' or ')' or ',' or '.' or '=' => 1,
            '!' or '<' or '>' when at + 1 < query.Length && query[at + 1] == '=' => 2,
            '<' or '>' => 1,
            _ => throw QueryException.Syntax(),
        };
        at += length;
        return query.Substring(at - length, length);
    }

    static string ReadText(string query, ref int at)
    {
        var text = new StringBuilder();
        for (at++; at < query.Length; at++)
        {
            switch (query[at])
            {
                case '"':
                    at++;
                    return text.ToString();
                case '\t' or '\r' or '\n':
                    throw QueryException.Syntax();
                case '\\':
                    text.Append(Unescape(query, ++at));
                    break;
                case var c:
                    text.Append(c);
                    break;
            }
        }
        throw QueryException.Syntax();
    }

    static char Unescape(string query, int at) => at >= query.Length ? throw QueryException.Syntax() : query[at] switch
    {
        '"' => '"',
        '\\' => '\\',
        't' => '\t',
        'n' => '\n',
        _ => throw QueryException.Syntax(),
    };
}
