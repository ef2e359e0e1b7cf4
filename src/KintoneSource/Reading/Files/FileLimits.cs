using System.Globalization;
using System.IO.Enumeration;
using KintoneSource.Catalog;

namespace KintoneSource.Reading.Files;

/// <summary>Which files' contents are wanted.</summary>
/// <param name="MaxMegabytes">Larger files do not come; of 1,000,000 bytes each, as platforms count them.</param>
/// <param name="Names">Patterns of names as a user wrote them, <c>*.pdf, 見積*</c>; null for all.</param>
sealed record FileLimits(int MaxMegabytes, string? Names)
{
    readonly string[] _patterns = PatternsOf(Names);

    public long MaxBytes => MaxMegabytes * 1_000_000L;

    /// <summary>Whether a name is one of those. <c>*</c> is any text, <c>?</c> any character; case, width and how kana are composed make no
    /// difference.</summary>
    public bool Wants(string? name) =>
        _patterns.Length == 0 || (name is not null && _patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, Plain(name))));

    /// <summary>The same text means the same files.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{MaxMegabytes} MB{(_patterns.Length == 0 ? "" : $", {string.Join(", ", _patterns.Order(StringComparer.Ordinal))}")}");

    static string[] PatternsOf(string? names) =>
        [
            .. Plain(names ?? "").Split([',', '、'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(static p => p.Replace("\\", "\\\\", StringComparison.Ordinal)),
        ];

    /// <summary>A file from a Mac has its voicing marks apart, and one from an old machine half-width kana.</summary>
    static string Plain(string text) => CharacterWidth.Fold(text).ToUpperInvariant();
}
