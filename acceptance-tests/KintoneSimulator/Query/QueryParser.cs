namespace KintoneSimulator.Query;

/// <summary>Kintone's query language: <c>[condition] [order by …] [limit n] [offset n]</c>.</summary>
public static class QueryParser
{
    /// <exception cref="QueryException">The query is not one, or names what the app does not have.</exception>
    public static RecordQuery Parse(string query, IFieldCatalog fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return string.IsNullOrWhiteSpace(query) ? new(null, [], null, null) : throw QueryException.Syntax();
    }
}
