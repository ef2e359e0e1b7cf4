using System.Text.Json;
using System.Text.Json.Serialization;

namespace KintoneSource.Kintone;

/// <summary>Tells answers from what only looks like one, and errors from each other.</summary>
static class KintoneAnswers
{
    /// <summary>An error's body is a few hundred bytes; a proxy's error page may be anything.</summary>
    const int LongestErrorBody = 64 * 1024;

    /// <summary>
    /// A 200 that is not JSON is somebody else's page (a login form, a proxy, a maintenance notice), and one with a
    /// warning carries only part of the records: both would be silent data loss.
    /// </summary>
    public static void EnsureWhole(KintoneRequest request, HttpResponseMessage response)
    {
        if (response.Headers.TryGetValues("X-Cybozu-Warning", out var warnings))
        {
            throw new KintoneException(
                $"While {request.Purpose}, Kintone answered with only a part of the records and the warning \"{string.Join("; ", warnings)}\". "
                + "A filter with \"like\" that matches more than 100,000 records is cut off by Kintone: narrow the filter, or leave \"like\" out of it.",
                response.StatusCode, code: null, Remedy.User);
        }
        var type = response.Content.Headers.ContentType?.MediaType;
        if (!request.IsFile && !string.Equals(type, "application/json", StringComparison.OrdinalIgnoreCase))
        {
            throw new KintoneException(
                $"While {request.Purpose}, something answered {(int)response.StatusCode} with {type ?? "no content type"} instead of JSON: "
                + "a maintenance notice, a login page or a proxy stands between this connector and Kintone. Check the subdomain and the network.",
                response.StatusCode, code: null, Remedy.Retry);
        }
    }

    /// <param name="now">To turn a Retry-After date into a wait.</param>
    public static async Task<KintoneException> ToExceptionAsync(KintoneRequest request, HttpResponseMessage response, DateTimeOffset now, CancellationToken ct)
    {
        var error = await ReadErrorAsync(response, ct);
        var code = error.Code ?? (response.Headers.TryGetValues("X-Cybozu-Error", out var codes) ? codes.First() : null);
        var meaning = KintoneErrors.Explain(response.StatusCode, code);
        var said = error.Message is null ? "." : $": {error.Message}";
        var details = error.Details is { Length: > 0 } ? $" [{error.Details}]" : "";
        var id = error.Id is null ? "" : $" (error ID {error.Id})";
        var happened = $"While {request.Purpose}, Kintone answered {(int)response.StatusCode} {code ?? response.StatusCode.ToString()}{id}{said}{details}";
        return new KintoneException($"{happened} {meaning.Advice}", response.StatusCode, code, meaning.Remedy, RetryAfter(response, now)) { Happened = happened };
    }

    static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - now,
        _ => null,
    };

    static async Task<KintoneError> ReadErrorAsync(HttpResponseMessage response, CancellationToken ct)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var bytes = new byte[LongestErrorBody];
        try
        {
            var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
            return JsonSerializer.Deserialize(bytes.AsSpan(0, length), KintoneErrorJson.Default.KintoneError) ?? new(null, null, null, null);
        }
        catch (Exception e) when (e is JsonException or IOException or HttpRequestException)
        {
            return new(null, null, null, null); // the status says enough
        }
    }
}

/// <summary>The body that Kintone sends with a failure; <c>errors</c> names parameters and what is wrong with each.</summary>
sealed record KintoneError(string? Code, string? Id, string? Message, Dictionary<string, KintoneParameterError>? Errors)
{
    [JsonIgnore]
    public string? Details => Errors is null ? null
        : string.Join("; ", Errors.Select(static e => $"{e.Key}: {string.Join(", ", e.Value.Messages ?? [])}"));
}

sealed record KintoneParameterError(IReadOnlyList<string>? Messages);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(KintoneError))]
sealed partial class KintoneErrorJson : JsonSerializerContext;
