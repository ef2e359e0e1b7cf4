using System.Net;
using System.Text;
using KintoneSource.Kintone.Credentials;
using KintoneSource.Kintone.Http;

namespace KintoneSource.Tests.Simulation;

/// <summary>Kintone's side of single requests, line by line; the retry policy's waits are jumps of a virtual clock.</summary>
sealed class ScriptedKintone : IDisposable
{
    readonly HttpClient _client;
    int _attempts;

    /// <param name="answer">What comes back for the n-th attempt, from 0 on.</param>
    public ScriptedKintone(Func<int, HttpResponseMessage> answer, Patience? patience = null, int ceiling = 8)
        : this((attempt, _) => Task.FromResult(answer(attempt)), patience, ceiling) { }

    public ScriptedKintone(Func<int, CancellationToken, Task<HttpResponseMessage>> answer, Patience? patience = null, int ceiling = 8)
        : this(patience, ceiling, (attempt, _, ct) => answer(attempt, ct)) { }

    /// <param name="answer">What comes back for a request.</param>
    public static ScriptedKintone Asked(Func<HttpRequestMessage, HttpResponseMessage> answer) =>
        new(null, 8, (_, request, _) => Task.FromResult(answer(request)));

    ScriptedKintone(Patience? patience, int ceiling, Func<int, HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer)
    {
        _client = new(new Handler(this, answer)) { Timeout = Timeout.InfiniteTimeSpan };
        Started = Time.GetUtcNow();
        Gate = new(Time, patience ?? Patience.ForSync, ceiling);
        Uri address = new("http://localhost:1");
        Http = new(new(_client, address, Gate, Answers.Reader(), new(address, hasClientCertificate: false, proxy: null)),
            HeaderAuthentication.OfPassword("sync", "open sesame"));
    }

    /// <summary>Patient: an attempt that a busy machine is slow with must not look like one that takes 20 seconds.</summary>
    public VirtualTime Time { get; } = new(new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero)) { Stillness = TimeSpan.FromMilliseconds(15) };
    public DomainGate Gate { get; }
    public KintoneHttp Http { get; }
    public DateTimeOffset Started { get; }
    public int Attempts => _attempts;
    public List<RetryNotice> Notices { get; } = [];
    public TimeSpan Elapsed => Time.GetUtcNow() - Started;

    /// <summary>The body of the good answer, after whatever it takes.</summary>
    public Task<string> ReadAsync(Func<KintoneAnswer, string>? read = null, long app = 1) =>
        Http.ReadAsync(
            new KintoneRequest("/k/v1/records.json", "reading records of app 1") { OnRetry = Note }.With("app", app),
            read ?? (static answer => Encoding.UTF8.GetString(answer.Bytes)), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

    public static HttpResponseMessage Good(string body = "{}") => Answer(200, body);

    public static HttpResponseMessage Error(int status, string code) =>
        Answer(status, $$"""{"code":"{{code}}","id":"some-id","message":"It says so."}""");

    public static HttpResponseMessage Answer(int status, string body, string type = "application/json") =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, type) };

    ValueTask Note(RetryNotice notice)
    {
        lock (Notices) Notices.Add(notice);
        return default;
    }

    public void Dispose()
    {
        _client.Dispose();
        Gate.Dispose();
        Time.Dispose();
    }

    sealed class Handler(ScriptedKintone owner, Func<int, HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            answer(Interlocked.Increment(ref owner._attempts) - 1, request, cancellationToken);
    }
}
