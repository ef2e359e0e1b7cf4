using System.Globalization;

namespace KintoneSimulator.Query;

/// <summary>Reads a function's call: the number of arguments (GAIA_IL08), then a day (GAIA_IQ23) or a unit (GAIA_IQ25).</summary>
static class FunctionReader
{
    static readonly string[] s_units = ["DAYS", "WEEKS", "MONTHS", "YEARS"];
    static readonly string[] s_weekdays = ["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"];

    public static FunctionCall Read(FieldInfo field, string name, List<Token> arguments)
    {
        if (!QueryFunctions.TryFind(name, out var function))
            throw QueryException.Syntax();
        // The code for a function that the field's type does not take is unverified.
        if (!QueryRules.Allows(field.Type, function))
            throw new QueryException(400, "GAIA_IQ03", $"{field.Code}フィールドのフィールドタイプには関数{name}を使用できません。");
        var (least, most) = function == QueryFunction.FromToday ? (2, 2)
            : QueryFunctions.IsWeek(function) || QueryFunctions.IsMonth(function) ? (0, 1) : (0, 0);
        if (arguments.Count < least || arguments.Count > most)
            throw new QueryException(400, "GAIA_IL08", $"関数{name}の引数の数が正しくありません。");
        if (function == QueryFunction.FromToday)
            return new(function, Integer(arguments[0]) ?? throw QueryException.Syntax(), Word(arguments[1], s_units) ?? throw BadUnit(arguments[1]));
        if (arguments.Count == 0)
            return new(function);
        var argument = arguments[0];
        if (QueryFunctions.IsWeek(function))
            return new(function, Word: Word(argument, s_weekdays) ?? throw BadDay(argument));
        if (Word(argument, ["LAST"]) is { } last)
            return new(function, Word: last);
        return Integer(argument) is { } day and >= 1 and <= 31 ? new(function, day) : throw BadDay(argument);
    }

    static int? Integer(Token token) =>
        int.TryParse(token.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Official descriptions print the words both bare and in quotes.</summary>
    static string? Word(Token token, string[] words) =>
        Array.Find(words, word => word.Equals(token.Text, StringComparison.OrdinalIgnoreCase));

    static QueryException BadDay(Token day) => new(400, "GAIA_IQ23", $"日の指定「{day.Text}」が正しくありません。");

    static QueryException BadUnit(Token unit) => new(400, "GAIA_IQ25", $"単位「{unit.Text}」が正しくありません。");
}
