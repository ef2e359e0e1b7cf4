using System.Collections.Frozen;
using System.Text.RegularExpressions;
using KintoneSource.Kintone.Forms;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone.Queries;

/// <summary>
/// What an app's form says of a filter that Kintone refused: Kintone names the field or the option at most, and never those that there are.
/// Each answer is whole sentences for a person, or null where the form explains nothing.
/// </summary>
static partial class FilterAndForm
{
    /// <summary>Of fields and options: more than that nobody reads in a message.</summary>
    const int MostShown = 20;

    /// <summary>Types that no filter asks for by themselves.</summary>
    static readonly FrozenSet<FieldType> s_notAsked =
        [FieldType.Category, FieldType.Subtable, FieldType.ReferenceTable, FieldType.Group, FieldType.Label, FieldType.Spacer, FieldType.Hr];

    /// <param name="of">Whose filter it is: <c>app 12</c>.</param>
    public static string? UnknownField(string filter, string of, Form form)
    {
        var fields = FieldsOf(form);
        if (Conditions(filter).Select(static c => c.Field.Text).FirstOrDefault(name => !IsKnown(name)) is not { } unknown) return null;
        var meant = fields.FirstOrDefault(f => f.Label == unknown) is { } labelled
            ? $" It is the label of the field {labelled.Code}: write {labelled.Code}."
            : Misspelling.Nearest(unknown, fields.Select(static f => f.Code)) is { } nearest ? $" Did you mean {nearest}?" : "";
        return $"The filter of {of} names the field \"{unknown}\", which the app does not have or does not show to this user or token.{meant} "
            + $"There are {List(fields.Where(static f => !s_notAsked.Contains(f.Type)).Select(static f => f.Code))}.";

        // What a list of related records shows are fields of another app.
        bool IsKnown(string name) => name == "$id"
            || fields.Any(f => f.Code == name || (f.ReferenceTable is not null && name.StartsWith($"{f.Code}.", StringComparison.Ordinal)));
    }

    /// <param name="of">Whose filter it is: <c>app 12</c>.</param>
    public static string? UnknownOption(string filter, string of, Form form)
    {
        foreach (var (field, text) in Compared(filter, form))
        {
            // An empty text asks for records in which nothing is chosen.
            if (field.Options is [] || text.Value is "" || field.Options.Contains(text.Value)) continue;
            return $"The filter of {of} names {FilterExcerpt.OneLine(text.Text)}, which is not one of the options of the field {field.Code}. "
                + $"There are {List(field.Options)}.";
        }
        return null;
    }

    /// <summary>A number or a date that is written as people write it.</summary>
    /// <returns>The place, and what stands there in Kintone's notation.</returns>
    public static string? OddValue(string filter, Form form)
    {
        foreach (var (field, text) in Compared(filter, form))
        {
            var (what, instead) = field.Type switch
            {
                FieldType.Number or FieldType.Calc or FieldType.RecordNumber when Separators.IsMatch(text.Value) =>
                    ("a number with separators", text.Value.Replace(",", "", StringComparison.Ordinal)),
                FieldType.Date or FieldType.DateTime or FieldType.CreatedTime or FieldType.UpdatedTime
                    when OtherDate.Match(text.Value) is { Success: true } date =>
                    ("a date in another form", $"\"{Iso(date)}\""),
                _ => ("", ""),
            };
            if (what.Length > 0) return $"{FilterExcerpt.At(filter, what, text.Start, text.End)}. Write {instead}.";
        }
        return null;
    }

    static string Iso(Match date) => $"{date.Groups[1].Value}-{date.Groups[2].Value.PadLeft(2, '0')}-{date.Groups[3].Value.PadLeft(2, '0')}";

    static IEnumerable<FilterCondition> Conditions(string filter) => FilterCondition.AllIn(FilterToken.Split(filter).Tokens);

    /// <summary>Each text that is compared with a field of the form.</summary>
    static IEnumerable<(FormField Field, FilterToken Text)> Compared(string filter, Form form) =>
        from condition in Conditions(filter)
        join field in FieldsOf(form) on condition.Field.Text equals field.Code
        from text in condition.Texts
        select (field, text);

    static FormField[] FieldsOf(Form form) => [.. form.Fields.SelectMany(static f => f.Fields.Prepend(f))];

    static string List(IEnumerable<string> names)
    {
        string[] all = [.. names];
        var shown = FilterExcerpt.OneLine(string.Join(", ", all.Take(MostShown)));
        return all.Length > MostShown ? $"{shown} and {Quantity.Number(all.Length - MostShown)} more" : shown;
    }

    [GeneratedRegex(@"^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?\z")]
    static partial Regex Separators { get; }

    [GeneratedRegex(@"^([0-9]{4})[/.年]([0-9]{1,2})[/.月]([0-9]{1,2})日?\z")]
    static partial Regex OtherDate { get; }
}
