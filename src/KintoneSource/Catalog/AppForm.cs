using System.Collections.Immutable;
using KintoneSource.Kintone.Forms;

namespace KintoneSource.Catalog;

/// <summary>What the data dictionary says of one app.</summary>
/// <param name="Name">As people see it; null where it was not asked for.</param>
/// <param name="Form">With the labels that the app shows where no language is asked for.</param>
/// <param name="Translations">The same form with the labels of each language that was asked for, by its name as Kintone writes it: <c>en</c>.</param>
sealed record AppForm(long App, string? Name, Form Form, params ImmutableArray<(string Language, Form Form)> Translations)
{
    /// <summary>Where fields stand in the form, where that was asked for.</summary>
    public FormLayout Layout { get; init; } = FormLayout.None;

    /// <summary>A field's label in each of the languages; null where the form has lost the field in between. Codes are unique in an app, tables
    /// included.</summary>
    public IEnumerable<(string Language, string? Label)> LabelsOf(string code) => Translations.Select(t =>
        (t.Language, t.Form.Fields.SelectMany(static f => f.Fields.Prepend(f)).FirstOrDefault(f => f.Code == code)?.Label));
}
