namespace KintoneSimulator.Query;

/// <summary>A query that Kintone refuses, as its answer: status, code, message and, for CB_VA01, the messages by parameter.</summary>
public sealed class QueryException(int httpStatus, string code, string message, IReadOnlyDictionary<string, IReadOnlyList<string>>? errors = null)
    : Exception(message)
{
    public int HttpStatus { get; } = httpStatus;

    public string Code { get; } = code;

    /// <summary>Messages by the path of the parameter (<c>query</c>), or null.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; } = errors;

    /// <summary>The text is not a query: CB_VA01 with <c>errors.query.messages</c>.</summary>
    public static QueryException Syntax() => new(400, "CB_VA01", "Missing or invalid input.",
        new Dictionary<string, IReadOnlyList<string>> { ["query"] = ["クエリ記法が間違っています。"] });
}
