using System.Net;
using System.Text.Json;
using KintoneSource.Kintone.Memory;

namespace KintoneSource.Kintone.Http;

/// <summary>Tells answers from what only looks like one, and errors from each other.</summary>
/// <param name="memory">What bodies may take.</param>
/// <param name="text">What of a server's words may be quoted.</param>
sealed class AnswerReader(AnswerMemory memory, ServerText text)
{
    public AnswerMemory Memory => memory;

    public ServerText Text => text;

    /// <summary>
    /// Only 200 is an answer, and only the whole of one. One that is not JSON is somebody else's page (a login form, a proxy, a maintenance
    /// notice); one with a warning, or with a range, carries only part of the records. All of these would be silent data loss.
    /// </summary>
    public void EnsureWhole(KintoneRequest request, HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentRange is not null)
            throw Doubt("A proxy or a cache between this connector and Kintone changes answers: check what stands between them.",
                $"something answered {(int)response.StatusCode} where only a whole answer with 200 is one.");
        if (response.Headers.TryGetValues("X-Cybozu-Warning", out var warnings))
            throw Doubt("Kintone cuts off a filter with \"like\" that matches more than 100,000 records: narrow the filter, or leave \"like\" out of it.",
                "Kintone answered with only a part of the records "
                + (text.Quote(string.Join("; ", warnings)) is { } warning ? $"and the warning \"{warning}\"." : "and a warning."), Remedy.User);
        var type = response.Content.Headers.ContentType?.MediaType;
        if (!request.IsFile && !string.Equals(type, "application/json", StringComparison.OrdinalIgnoreCase))
            throw Doubt("A maintenance notice, a login page or a proxy stands between this connector and Kintone: check the subdomain and the network.",
                $"something answered {(int)response.StatusCode} with {text.Quote(type) ?? "no content type"} instead of JSON.");

        KintoneException Doubt(string advice, string happened, Remedy remedy = Remedy.Retry) =>
            new(advice, $"While {request.Purpose}, {happened}", response.StatusCode, code: null, remedy);
    }

    public async Task<KintoneException> ToExceptionAsync(KintoneRequest request, HttpResponseMessage response, DomainGate gate, CancellationToken ct)
    {
        var error = await ReadErrorAsync(response, ct);
        var code = error.Code ?? (response.Headers.TryGetValues("X-Cybozu-Error", out var codes) ? text.Code(codes.First()) : null);
        var said = error.Message is null ? "" : $": {error.Message.TrimEnd('.')}";
        var details = error.Details is { Length: > 0 } ? $" [{error.Details}]" : "";
        var id = error.Id is null ? "" : $" (error ID {error.Id})";
        var happened = $"While {request.Purpose}, Kintone answered "
            + $"{(int)response.StatusCode} {code ?? Name(response.StatusCode)}{id}{said}{details}{(details.Length == 0 && said.EndsWith('。') ? "" : ".")}";
        var meaning = KintoneErrors.Explain(response.StatusCode, code, gate.HasAnswered);
        if (code is null && response.StatusCode == HttpStatusCode.Unauthorized && response.RequestMessage?.Headers.Authorization is { Scheme: "Basic" })
            meaning = meaning with { Advice = KintoneErrors.WrongBasic };
        return new(meaning, happened, response.StatusCode, code) { RetryAfter = RetryAfter(response, gate.Time), Parameters = error.Parameters ?? [] };
    }

    /// <summary>A refusal of which only the status is known.</summary>
    public static KintoneException Unexplained(KintoneRequest request, HttpResponseMessage response, DomainGate gate) => new(
        KintoneErrors.Explain(response.StatusCode, null, gate.HasAnswered),
        $"While {request.Purpose}, something answered {(int)response.StatusCode} {Name(response.StatusCode)}.", response.StatusCode, code: null)
    { RetryAfter = RetryAfter(response, gate.Time) };

    async Task<KintoneError> ReadErrorAsync(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            return KintoneError.Parse(await ResponseBody.ReadSmallAsync(response.Content, ct), text);
        }
        catch (Exception e) when (e is JsonException or IOException or HttpRequestException)
        {
            return default; // the status says enough
        }
    }

    /// <summary>By the clock of whoever names a time: this machine's may be minutes off.</summary>
    static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - (response.Headers.Date ?? time.GetUtcNow()),
        _ => null,
    };

    static string Name(HttpStatusCode status) => Enum.IsDefined(status) ? status.ToString() : "";
}

/// <summary>
/// The body that Kintone sends with a failure, as far as it can be quoted. Whatever else it holds, and of whatever kind, is passed over:
/// the code is what counts.
/// </summary>
/// <param name="Details">Parameters, and what is wrong with each.</param>
/// <param name="Parameters">Their names.</param>
readonly record struct KintoneError(string? Code, string? Id, string? Message, string? Details, IReadOnlyList<string>? Parameters)
{
    const int MostDetails = 5;

    /// <exception cref="JsonException">It is not JSON.</exception>
    public static KintoneError Parse(ReadOnlyMemory<byte> utf8, ServerText text)
    {
        using var document = JsonDocument.Parse(utf8);
        var root = document.RootElement;
        return new(text.Code(String(root, "code")), text.Code(String(root, "id")), text.Quote(String(root, "message")), DetailsOf(root, text),
            [.. Errors(root).Select(NameOf).OfType<string>()]);
    }

    static string? DetailsOf(JsonElement root, ServerText text)
    {
        var details =
            from error in Errors(root)
            where error.Value.ValueKind == JsonValueKind.Object && error.Value.TryGetProperty("messages", out var list)
                && list.ValueKind == JsonValueKind.Array
            let messages = error.Value.GetProperty("messages").EnumerateArray().Select(m => text.Quote(TextOf(m))).OfType<string>().ToArray()
            select $"{text.Quote(NameOf(error)) ?? "a parameter"}: {string.Join(", ", messages)}";
        return string.Join("; ", details);
    }

    static IEnumerable<JsonProperty> Errors(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Object
            ? errors.EnumerateObject().Take(MostDetails) : [];

    static string? String(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? TextOf(value) : null;

    static string? TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? OrNull(value.GetString) : null;

    static string? NameOf(JsonProperty property) => OrNull(() => property.Name);

    /// <summary>Half a surrogate pair, or bytes that are no UTF-8, are valid to the parser and no text.</summary>
    static string? OrNull(Func<string?> read)
    {
        try { return read(); }
        catch (InvalidOperationException) { return null; }
    }
}
