namespace KintoneSource.Catalog;

/// <summary>
/// How a field code becomes a column's name. The name is a function of the code alone: adding, removing or
/// renaming one field never renames another field's column. Different codes get different names.
/// </summary>
sealed class ColumnNames
{
    // Names that destinations add beside ours, and our own.
    static readonly string[] s_reserved = ["_kintone_", "_ab_", "_airbyte_"];

    readonly Func<string, string> _name;

    ColumnNames(Func<string, string> name) => _name = name;

    /// <summary>
    /// The code itself. A code that begins like a reserved name or with <c>$</c> (the platform treats <c>$id</c>,
    /// <c>$schema</c> and <c>$comment</c> as its own) gets an <c>n</c> in front and a suffix behind. Kintone allows
    /// neither <c>/</c> nor glob characters in codes, which would break paths to a column; only keys and cursors,
    /// which are ours, are ever addressed by path.
    /// </summary>
    public static ColumnNames FieldCode { get; } = new(static code =>
        code is "" or ['$', ..] || IsReserved(code) || NameSuffix.IsIn(code) ? NameSuffix.Append("n" + code, code) : code);

    /// <summary>Lower-case ASCII letters, digits and <c>_</c>, at most 63 of them, not beginning with a digit.</summary>
    public static ColumnNames Ascii { get; } = new(static code => AsciiName.Of(code));

    /// <param name="fieldCode">A field's code, of a sub-table's field too.</param>
    public string Of(string fieldCode) => _name(fieldCode);

    public static bool IsReserved(string name) => Array.Exists(s_reserved, r => name.StartsWith(r, StringComparison.OrdinalIgnoreCase));
}
