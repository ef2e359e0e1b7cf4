using System.Text.RegularExpressions;
using CsCheck;
using KintoneSource.Testing;

namespace KintoneSource.Tests.Configuration.Form;

/// <summary>What a specification must not have, by the reason: the places where it does.</summary>
static class FormRules
{
    public static Dictionary<string, Func<SpecSchema, IEnumerable<string>>> All { get; } = new()
    {
        ["A secret in a list is lost by an edit: the server puts secrets back in properties and choices only"] = static spec =>
            Paths(spec, static schema => schema.IsTrue("airbyte_secret") && InAList(schema)),
        ["An optional object can't be left empty: the form demands its required members"] = static spec =>
            Paths(spec, static schema => schema.Text("type") is "object" && schema.Name is not null && !schema.Has("oneOf")),
        ["A choice can't be left empty: it starts with the option that its default names"] = static spec =>
            Paths(spec, static schema => schema.Has("oneOf") && !schema.Variants.Any(variant => variant.Path == $"{schema.Path}|{schema.Text("default")}")),
        ["A pattern must not take what its format does not: the form asks the one, the server both"] = static spec =>
            Paths(spec, static schema => schema.Has("format") && IsWider(schema)),
        ["A secret of several lines gets a button that reads a file as text: only text may be read so"] = static spec =>
            Paths(spec, static schema => schema.IsTrue("multiline") && schema.Name is not "api_tokens"),
    };

    static IEnumerable<string> Paths(SpecSchema spec, Func<SpecSchema, bool> isWrong) => spec.All().Where(isWrong).Select(static schema => schema.Path);

    static bool InAList(SpecSchema schema)
    {
        for (var step = schema; step is not null; step = step.Parent)
            if (step.Path.EndsWith(']')) return true;
        return false;
    }

    /// <summary>Of RFC 3339, nearly of it, and of days that there are not.</summary>
    public static Gen<string> Dates { get; } =
        from year in Gen.OneOf(Gen.Int[0, 9999], Gen.OneOf(1900, 2000, 2024, 2025, 2100))
        from month in Gen.Int[0, 13]
        from day in Gen.OneOf(Gen.Int[0, 32], Gen.Int[28, 31])
        from rest in Gen.OneOf(
            Gen.Const(""), Gen.Const("T"), Gen.Const("T09:30"), Gen.Const("T09:30:00"), Gen.Const("t09:30:00z"),
            from hour in Gen.Int[0, 25]
            from minute in Gen.Int[0, 61]
            from second in Gen.Int[0, 61]
            from fraction in Gen.OneOf(Gen.Const(""), Gen.Const("."), Gen.String[Gen.Char["0123456789"], 1, 10].Select(static digits => $".{digits}"))
            from zone in Gen.OneOf(Gen.Const(""), Gen.Const("Z"), Gen.Select(Gen.Int[0, 25], Gen.Int[0, 61]).Select(static (h, m) => $"+{h:00}:{m:00}"))
            select $"T{hour:00}:{minute:00}:{second:00}{fraction}{zone}")
        select $"{year:0000}-{month:00}-{day:00}{rest}";

    /// <summary>Whether the pattern takes a text that is not of the format.</summary>
    static bool IsWider(SpecSchema schema)
    {
        var pattern = new Regex(schema.Text("pattern") ?? "", RegexOptions.ECMAScript);
        var format = new SchemaCheck($$"""{"format": "{{schema.Text("format")}}"}""");
        var isWider = false;
        // The library throws at a year that is none.
        bool IsOfFormat(string text) => !text.StartsWith("0000", StringComparison.Ordinal) && format.Problems($"\"{text}\"").Count == 0;
        Dates.Sample(text => { isWider |= pattern.IsMatch(text) && !IsOfFormat(text); }, iter: 5000, threads: 1);
        return isWider;
    }
}
