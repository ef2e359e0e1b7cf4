using System.Globalization;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone.Http;

/// <summary>
/// One read of one resource. Becomes a GET with a query string or, where that would be long, a POST with
/// <c>X-HTTP-Method-Override: GET</c>: Kintone refuses URLs over 8 KB and indexes above 99 in a query string.
/// </summary>
/// <param name="path">Below the domain, as <c>/k/v1/records.json</c>.</param>
/// <param name="purpose">What a person would call it, after "while": "reading the form of app 12".</param>
sealed class KintoneRequest(string path, string purpose)
{
    /// <summary>The official JavaScript client switches at the same length.</summary>
    const int LongestUrl = 4096;
    const int MostIndexesInUrl = 99;

    readonly List<(string Name, string Value)> _values = [];
    readonly List<(string Name, IReadOnlyList<string> Values)> _lists = [];

    public string Path => path;

    public string Purpose => purpose;

    /// <summary>The app whose API token is wanted and whose daily count the request goes to.</summary>
    public AppAddress? App { get; init; }

    /// <summary>Requests with a lower number get a free slot first.</summary>
    public int Priority { get; init; }

    /// <summary>Hears of every wait between two attempts.</summary>
    public Func<RetryNotice, ValueTask>? OnRetry { get; init; }

    /// <summary>How much the answer may be.</summary>
    public BodyLimit Body { get; init; } = BodyLimit.Document;

    /// <summary>It goes to the User API, whose paths are not below Kintone's.</summary>
    public bool IsOfDirectory => path.StartsWith("/v1/", StringComparison.Ordinal);

    /// <summary>It is about one file or one record's comments: that it fails says nothing of the domain, and whoever sent it asks something else
    /// then.</summary>
    public bool IsOfOneItem { get; init; }

    /// <summary>The answer is a file: any content type goes.</summary>
    public bool IsFile { get; init; }

    public KintoneRequest With(string name, string value)
    {
        _values.Add((name, value));
        return this;
    }

    public KintoneRequest With(string name, long value) => With(name, value.ToString(CultureInfo.InvariantCulture));

    public KintoneRequest With(string name, IReadOnlyList<string> values)
    {
        _lists.Add((name, values));
        return this;
    }

    public HttpRequestMessage ToHttp(Uri baseAddress)
    {
        var url = Url();
        if (url.Length <= LongestUrl && _lists.TrueForAll(static l => l.Values.Count <= MostIndexesInUrl))
            return Get(new Uri(baseAddress, url));
        var body = new ByteArrayContent(Json());
        body.Headers.ContentType = new("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(baseAddress, Path)) { Content = body };
        request.Headers.Add("X-HTTP-Method-Override", "GET");
        return request;
    }

    HttpRequestMessage Get(Uri url)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (!IsFile) return request;
        // Most files are compressed already, and an announced length is worth more.
        request.Headers.Accept.Add(new("*/*"));
        request.Headers.AcceptEncoding.Add(new("identity"));
        return request;
    }

    string Url()
    {
        List<string> query = [];
        foreach (var (name, value) in _values) Add(name, value);
        foreach (var (name, values) in _lists)
            for (var i = 0; i < values.Count; i++) Add(string.Create(CultureInfo.InvariantCulture, $"{name}[{i}]"), values[i]);
        return query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";

        void Add(string name, string value) => query.Add($"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}");
    }

    byte[] Json() => RawJson.From(json =>
    {
        json.WriteStartObject();
        foreach (var (name, value) in _values) json.WriteString(name, value);
        foreach (var (name, values) in _lists)
        {
            json.WriteStartArray(name);
            foreach (var value in values) json.WriteStringValue(value);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }).Utf8.ToArray();
}

/// <summary>The request waits, mostly because an attempt failed.</summary>
/// <param name="Until">When the next attempt starts.</param>
/// <param name="Reason">What happened, in one sentence.</param>
/// <param name="IsOfLimit">There were too many requests; otherwise something is broken.</param>
readonly record struct RetryNotice(TimeSpan Delay, DateTimeOffset Until, string Reason, bool IsOfLimit);
