using System.Collections.Immutable;
using KintoneSource.Kintone.Forms;

namespace KintoneSource.Catalog;

/// <summary>
/// How fields become columns' names: the option <c>column_names</c>. Names from codes are functions of the code alone, since a code is
/// unique. A label need not be: of the fields of a form, or of a sub-table, that claim one name, the first by <see cref="CodeOrder"/> has it,
/// and the others have it with a suffix from their code. So a field that is added behind the others renames none of them.
/// </summary>
sealed class ColumnNames
{
    // Names that destinations add beside ours, and our own.
    static readonly string[] s_reserved = ["_kintone_", "_ab_", "_airbyte_"];

    readonly Func<FormField, Claim> _claim;
    readonly Func<string, string> _key;

    readonly int _maxLength;

    /// <param name="key">Equal for names that may not stand beside each other.</param>
    ColumnNames(Func<FormField, Claim> claim, Func<string, string> key, int maxLength = int.MaxValue) => (_claim, _key, _maxLength) = (claim, key, maxLength);

    /// <summary>
    /// The code itself. A code that begins like a reserved name or with <c>$</c> (the platform treats <c>$id</c>,
    /// <c>$schema</c> and <c>$comment</c> as its own) gets an <c>n</c> in front and a suffix behind. Kintone allows
    /// neither <c>/</c> nor glob characters in codes, which would break paths to a column; only keys and cursors,
    /// which are ours, are ever addressed by path.
    /// </summary>
    public static ColumnNames FieldCode { get; } = new(static field => Claim.OfText(field.Code), static name => name);

    /// <summary>Lower-case ASCII letters, digits and <c>_</c>, at most 63 of them, not beginning with a digit.</summary>
    public static ColumnNames Ascii { get; } = new(static field => new(AsciiName.Of(field.Code)), static name => name, AsciiName.MaxLength);

    /// <summary>The label without blanks around it and without control characters; what the platform would take for its own is treated as in codes.</summary>
    public static ColumnNames Label { get; } = new(LabelText.Of, LabelText.Key);

    /// <summary>The label as <see cref="AsciiName"/> reads codes, with <c>_</c> for blanks and punctuation.</summary>
    public static ColumnNames LabelAscii { get; } = new(LabelText.AsciiOf, static name => name, AsciiName.MaxLength);

    /// <summary>Names change when people change labels, and so a connection keeps those that it has.</summary>
    public bool AreLabels => this == Label || this == LabelAscii;

    /// <summary>The names of the columns of a form.</summary>
    public FormNames For(Form form) => Make(form, null);

    /// <summary>The same in a connection that has columns already.</summary>
    /// <param name="kept">Their names by the codes of their fields, whether the form has those or not. Nothing else gets them.</param>
    /// <param name="fresh">The names without them.</param>
    public FormNames For(Form form, IReadOnlyDictionary<string, string> kept, FormNames fresh) =>
        kept.All(k => fresh.Has(k.Key) && fresh.Of(k.Key) == k.Value) ? fresh : Make(form, kept);

    FormNames Make(Form form, IReadOnlyDictionary<string, string>? kept)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var scopes = form.Fields.Where(static f => f.Fields.Length > 0).Select(static f => f.Fields).Prepend(form.Fields).ToArray();
        var codes = scopes.SelectMany(static s => s).Select(static f => f.Code).ToHashSet(StringComparer.Ordinal);
        foreach (var scope in scopes)
        {
            var own = scope.Select(static f => f.Code).ToHashSet(StringComparer.Ordinal);
            var taken = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (code, name) in kept ?? ImmutableDictionary<string, string>.Empty)
                if (own.Contains(code) || !codes.Contains(code)) taken.Add(_key(name));
            foreach (var field in scope.Where(static f => FieldSchema.KindOf(f) is not null).OrderBy(static f => f.Code, CodeOrder.Instance))
                names.TryAdd(field.Code, kept?.GetValueOrDefault(field.Code) ?? Name(field, taken));
        }
        return new(names);
    }

    string Name(FormField field, HashSet<string> taken)
    {
        var (name, isSuffixed) = _claim(field);
        if (!isSuffixed && taken.Add(_key(name))) return name;
        return NameSuffix.Append(name[..Math.Min(name.Length, _maxLength - NameSuffix.Length)], field.Code);
    }

    public static bool IsReserved(string name) => Array.Exists(s_reserved, r => name.StartsWith(r, StringComparison.OrdinalIgnoreCase));

    /// <summary>The name that a field would have if it were alone.</summary>
    /// <param name="IsSuffixed">It has the suffix in any case: the name would mislead somebody, or looks as if it had one.</param>
    public readonly record struct Claim(string Name, bool IsSuffixed = false)
    {
        public static Claim OfText(string text) => text is "" or ['$', ..] || IsReserved(text) || NameSuffix.IsIn(text) ? new("n" + text, true) : new(text);
    }
}

/// <summary>The names of one form's columns.</summary>
/// <param name="names">By field code; codes are unique in an app, sub-tables included.</param>
sealed class FormNames(Dictionary<string, string> names)
{
    /// <param name="code">Of a field that records hold, of a sub-table's field too.</param>
    public string Of(string code) => names[code];

    /// <summary>Whether the form has the field, and records hold it.</summary>
    public bool Has(string code) => names.ContainsKey(code);
}
