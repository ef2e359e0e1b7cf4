using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace KintoneSimulator.Tests;

/// <summary>A domain with an administrator, a colleague and one app, and a way to ask it.</summary>
sealed class Company : IDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 40, TimeSpan.Zero);

    readonly HttpClient _http;

    public Company(SimulatorOptions? options = null)
    {
        Simulator = new((options ?? new()) with { Time = Clock });
        Domain.AddUser("admin", "secret", "管理者");
        Domain.AddUser("ann", "pass:word", "Ann");
        App = Domain.AddApp("案件管理");
        App.AddField("title", "SINGLE_LINE_TEXT");
        App.AddField("amount", "NUMBER");
        _http = new(new InMemoryHandler(Simulator)) { BaseAddress = new("http://localhost") };
    }

    public FakeTimeProvider Clock { get; } = new(Noon);

    public Simulator Simulator { get; }

    public Domain Domain => Simulator.Domain;

    public App App { get; }

    public void Add(int count)
    {
        for (var i = 0; i < count; i++)
            App.Add(new() { ["title"] = $"t{i}", ["amount"] = i });
    }

    /// <summary>Asks as the administrator.</summary>
    public Task<Answer> GetAsync(string pathAndQuery) => GetAsync(pathAndQuery, Password("admin", "secret"));

    public Task<Answer> GetAsync(string pathAndQuery, params IReadOnlyList<(string Name, string Value)> headers) =>
        SendAsync("GET", pathAndQuery, null, headers);

    public async Task<Answer> SendAsync(string method, string pathAndQuery, string? body, params IReadOnlyList<(string Name, string Value)> headers)
    {
        using var request = new HttpRequestMessage(new(method), pathAndQuery);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    /// <summary>The records that a query finds, as their ids.</summary>
    public async Task<IReadOnlyList<long>> IdsAsync(string query, App? app = null)
    {
        var answer = await GetAsync($"/k/v1/records.json?app={(app ?? App).Id}&fields[0]=$id&query={Uri.EscapeDataString(query)}");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Ids;
    }

    public static (string, string) Password(string user, string password) =>
        ("X-Cybozu-Authorization", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    public static (string, string) Token(params IEnumerable<string> tokens) => ("X-Cybozu-API-Token", string.Join(",", tokens));

    public static (string, string) Bearer(string token) => ("Authorization", $"Bearer {token}");

    public void Dispose()
    {
        _http.Dispose();
        Simulator.Dispose();
    }
}

sealed record Answer(HttpStatusCode Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonObject Json => (JsonObject)JsonNode.Parse(Text)!;

    public string? Code => Text.StartsWith('{') ? (string?)Json["code"] : null;

    public (int, string?) Refusal => ((int)Status, Code);

    public IReadOnlyList<long> Ids => [.. Json["records"]!.AsArray().Select(record => long.Parse((string)record!["$id"]!["value"]!))];

    public static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(
        response.StatusCode,
        await response.Content.ReadAsStringAsync(),
        response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(",", header.Value)));
}
