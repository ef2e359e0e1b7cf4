using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KintoneSource.Certification;

/// <summary>Asks Kintone one thing after the other, as one caller. It waits and tries again when the domain is busy, and for nothing else.</summary>
/// <param name="sign">Puts the caller's credentials on a request.</param>
/// <param name="wait">How time passes: real or simulated.</param>
public sealed class KintoneClient(HttpClient http, Uri baseUrl, Action<HttpRequestHeaders> sign, Func<TimeSpan, Task> wait, StrongBox<int>? counter = null)
{
    const int MostTries = 5;

    static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);

    readonly StrongBox<int> _requests = counter ?? new();

    /// <summary>How many requests were sent, by this caller and those made from it.</summary>
    public int Requests => _requests.Value;

    public KintoneClient As(Action<HttpRequestHeaders> other) => new(http, baseUrl, other, wait, _requests);

    public static void Password(HttpRequestHeaders headers, string user, string password)
    {
        ArgumentNullException.ThrowIfNull(headers);
        headers.Add("X-Cybozu-Authorization", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    /// <param name="path">From the host on, such as <c>/k/v1/records.json</c>.</param>
    public Task<KintoneAnswer> GetAsync(string path, params IEnumerable<(string Name, string Value)> query) =>
        SendAsync(HttpMethod.Get, $"{path}?{string.Join('&', query.Select(static pair => $"{Uri.EscapeDataString(pair.Name)}={Uri.EscapeDataString(pair.Value)}"))}".TrimEnd('?'));

    public Task<KintoneAnswer> PostAsync(string path, JsonObject body) => SendAsync(HttpMethod.Post, path, Json(body));

    public Task<KintoneAnswer> PutAsync(string path, JsonObject body) => SendAsync(HttpMethod.Put, path, Json(body));

    public Task<KintoneAnswer> DeleteAsync(string path, JsonObject body) => SendAsync(HttpMethod.Delete, path, Json(body));

    /// <summary>Uploads a file.</summary>
    /// <returns>Its key, good for one record.</returns>
    public Task<KintoneAnswer> UploadAsync(string path, string name, byte[] content, string type) => SendAsync(HttpMethod.Post, path, () =>
    {
        var part = new ByteArrayContent(content);
        part.Headers.ContentType = new(type);
        return new MultipartFormDataContent { { part, "file", name } };
    });

    public async Task<KintoneAnswer> SendAsync(HttpMethod method, string path, Func<HttpContent>? content = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var answer = await SendOnceAsync(method, path, content);
            if (answer.Status is not (429 or 503) || attempt == MostTries)
                return answer;
            await wait(s_pause);
        }
    }

    /// <summary>The same without another try.</summary>
    public async Task<KintoneAnswer> SendOnceAsync(HttpMethod method, string path, Func<HttpContent>? content = null)
    {
        Interlocked.Increment(ref _requests.Value);
        using var request = new HttpRequestMessage(method, new Uri(baseUrl, path)) { Content = content?.Invoke() };
        sign(request.Headers);
        using var response = await http.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();
        var json = response.Content.Headers.ContentType?.MediaType == "application/json" ? Parse(body) : null;
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(static header => header.Key, static header => string.Join(",", header.Value), StringComparer.OrdinalIgnoreCase);
        return new((int)response.StatusCode, response.StatusCode == HttpStatusCode.OK ? null : (string?)json?["code"] ?? (string?)json?["error"], json, body,
            headers);
    }

    public static Func<HttpContent> Json(JsonObject body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var text = body.ToJsonString();
        return () => new StringContent(text, Encoding.UTF8, "application/json");
    }

    static JsonObject? Parse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
