using System.Globalization;

namespace KintoneSimulator.Query;

/// <summary>What is unverified about the language; the default is what looks likeliest.</summary>
public readonly record struct QueryDialect(bool AndBindsLikeOr, bool AssigneesCannotBeSearched);

/// <summary>
/// Kintone's query language: <c>[condition] [order by …] [limit n] [offset n]</c>; <c>and</c> binds tighter than <c>or</c>.
/// A text that is no query is refused first (CB_VA01), then field by field what the app does not have (GAIA_IQ11, GAIA_IR02, GAIA_ST02),
/// unknown choices (GAIA_IQ10), operators (GAIA_IQ07, GAIA_IQ03), functions (GAIA_IL08, GAIA_IQ23, GAIA_IQ25), at last the limits.
/// </summary>
public static class QueryParser
{
    /// <exception cref="QueryException">Kintone's answer to a query that it refuses.</exception>
    public static RecordQuery Parse(string query, IFieldCatalog fields, QueryDialect dialect = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var syntax = new SyntaxReader(query, dialect.AndBindsLikeOr).Read();
        var resolver = new QueryResolver(fields, dialect.AssigneesCannotBeSearched);
        return new(
            syntax.Where is null ? null : resolver.Resolve(syntax.Where),
            [.. syntax.OrderBy.Select(order => resolver.ResolveOrder(order.Field, order.Descending))],
            Count(syntax.Limit, QueryRules.MaxLimit, "GAIA_QU01", "limitには500以下の数値を指定してください。"),
            Count(syntax.Offset, QueryRules.MaxOffset, "GAIA_QU02", "offsetには10,000以下の数値を指定してください。"));
    }

    static int? Count(string? digits, int most, string code, string message)
    {
        if (digits is null)
            return null;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= most
            ? count
            : throw new QueryException(400, code, message);
    }
}
