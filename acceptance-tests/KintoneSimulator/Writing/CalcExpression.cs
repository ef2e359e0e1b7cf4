using System.Globalization;

namespace KintoneSimulator;

/// <summary>
/// Arithmetic of a CALC field: numbers, field codes, <c>+ - * / ( )</c> and SUM over a table's field. An empty field counts as 0, a division
/// keeps four decimals (measured by a third party), by zero there is no result. What else Kintone's formulas can do has no result here.
/// </summary>
/// <param name="values">The numbers of a field: one, or one per row of its table.</param>
sealed class CalcExpression(string text, Func<string, IReadOnlyList<decimal>?> values)
{
    int _at;

    /// <summary>The result; null when there is none.</summary>
    public static string? Evaluate(string text, Func<string, IReadOnlyList<decimal>?> values)
    {
        try
        {
            var expression = new CalcExpression(text, values);
            var result = expression.Sum();
            return expression.Peek() == '\0' ? result.ToString("0.##########", CultureInfo.InvariantCulture) : null;
        }
        catch (Exception failed) when (failed is FormatException or DivideByZeroException or OverflowException)
        {
            return null;
        }
    }

    decimal Sum()
    {
        var result = Product();
        while (Peek() is '+' or '-')
            result = text[_at++] == '+' ? result + Product() : result - Product();
        return result;
    }

    decimal Product()
    {
        var result = Factor();
        while (Peek() is '*' or '/')
            result = text[_at++] == '*' ? result * Factor() : Math.Round(result / Factor(), 4, MidpointRounding.ToEven);
        return result;
    }

    decimal Factor()
    {
        switch (Peek())
        {
            case '-':
                _at++;
                return -Factor();
            case '(':
                _at++;
                var inner = Sum();
                Expect(')');
                return inner;
        }
        var word = Word();
        if (word.Length == 0)
            throw new FormatException();
        if (char.IsAsciiDigit(word[0]))
            return decimal.Parse(word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        if (Peek() != '(')
            return values(word) is [var single] ? single : throw new FormatException();
        if (word != "SUM")
            throw new FormatException();
        _at++;
        var column = Word();
        Expect(')');
        return (values(column) ?? throw new FormatException()).Sum();
    }

    string Word()
    {
        Peek();
        var start = _at;
        while (_at < text.Length && !"+-*/(),&=<>\" \t\n".Contains(text[_at], StringComparison.Ordinal))
            _at++;
        return text[start.._at];
    }

    void Expect(char sign)
    {
        if (Peek() != sign)
            throw new FormatException();
        _at++;
    }

    char Peek()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            _at++;
        return _at < text.Length ? text[_at] : '\0';
    }
}
