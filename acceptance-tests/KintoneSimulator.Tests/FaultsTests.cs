using System.Net;
using System.Net.Sockets;

namespace KintoneSimulator.Tests;

public sealed class FaultsTests : IDisposable
{
    const string Path = "/k/v1/records.json?app=1&totalCount=true";

    readonly Company _company = new();

    public FaultsTests() => _company.Add(20);

    Faults Faults => _company.Simulator.Faults;

    [Fact]
    public async Task A_script_is_used_up_by_the_requests_it_is_for()
    {
        Faults.Next(2, Fault.Error(503, "GAIA_XX"), request => request.Resource == "records");
        Faults.Next(Fault.TooManyRequests(TimeSpan.FromSeconds(7)));
        Assert.Equal((503, "GAIA_XX"), (await _company.GetAsync(Path)).Refusal);
        var limited = await _company.GetAsync("/k/v1/app.json?id=1");
        Assert.Equal((429, "GAIA_TO04"), limited.Refusal);
        Assert.Equal("7", limited.Headers["Retry-After"]);
        Assert.Equal((503, "GAIA_XX"), (await _company.GetAsync(Path)).Refusal);
        Assert.Equal(200, (int)(await _company.GetAsync(Path)).Status);
        Assert.Equal(["503 GAIA_XX", "429", "503 GAIA_XX", null], _company.Simulator.Journal.Entries.Select(entry => entry.Fault));
    }

    [Fact]
    public async Task A_script_can_tell_requests_apart_by_what_they_ask_in_any_form()
    {
        Faults.Always(Fault.Unavailable, request => request.Query?.Contains("500", StringComparison.Ordinal) ?? false);
        Assert.Equal(200, (int)(await _company.GetAsync("/k/v1/records.json?app=1&query=%24id%20%3E%20400")).Status);
        Assert.Equal(503, (int)(await _company.GetAsync("/k/v1/records.json?app=1&query=%24id%20%3E%20500")).Status);
        Assert.Equal(503, (int)(await _company.SendAsync("POST", "/k/v1/records.json", """{"app":1,"query":"$id > 500"}""", ("X-HTTP-Method-Override", "GET"))).Status);
    }

    [Fact]
    public async Task Answers_may_be_pages_for_people()
    {
        Faults.Next(Fault.Maintenance);
        Faults.Next(Fault.Html);
        Faults.Next(Fault.LoginRedirect);
        Faults.Next(Fault.BadGateway);
        var maintenance = await _company.GetAsync(Path);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "text/html; charset=utf-8"), (maintenance.Status, maintenance.Headers["Content-Type"]));
        var html = await _company.GetAsync(Path);
        Assert.Equal(HttpStatusCode.OK, html.Status);
        Assert.StartsWith("<!DOCTYPE", html.Text, StringComparison.Ordinal);
        var redirect = await _company.GetAsync(Path);
        Assert.Equal((HttpStatusCode.Found, "/login"), (redirect.Status, redirect.Headers["Location"]));
        var bad = await _company.GetAsync(Path);
        Assert.Equal((HttpStatusCode.BadGateway, ""), (bad.Status, bad.Text));
    }

    [Fact]
    public async Task A_search_may_be_partial_and_a_count_wrong()
    {
        Faults.Next(Fault.AbortedSearch with { TotalCountOff = -3 });
        var answer = await _company.GetAsync(Path);
        Assert.Equal((10, "17"), (answer.Ids.Count, (string?)answer.Json["totalCount"]));
        Assert.Contains("X-Cybozu-Warning", answer.Headers.Keys);
    }

    [Fact]
    public async Task A_body_may_be_garbage_of_the_right_length()
    {
        Faults.Next(Fault.Garbage);
        var answer = await _company.GetAsync(Path);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => answer.Json);
        Assert.Equal(System.Text.Encoding.UTF8.GetByteCount(answer.Text).ToString(System.Globalization.CultureInfo.InvariantCulture),
            answer.Headers["Content-Length"]);
    }

    [Fact]
    public async Task A_torn_body_throws_where_it_tears()
    {
        Faults.Next(Fault.TornBody(100));
        using var http = new HttpClient(new InMemoryHandler(_company.Simulator)) { BaseAddress = new("http://localhost") };
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        var (name, value) = Company.Password("admin", "secret");
        request.Headers.Add(name, value);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await using var body = await response.Content.ReadAsStreamAsync();
        var bytes = new byte[1000];
        var read = await body.ReadAsync(bytes.AsMemory());
        Assert.Equal(100, read);
        await Assert.ThrowsAsync<HttpIOException>(async () => await body.ReadExactlyAsync(bytes.AsMemory()));
    }

    [Fact]
    public async Task Connections_may_be_refused_or_reset_and_an_answer_lost()
    {
        Faults.Next(Fault.Refused);
        Faults.Next(Fault.Reset);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => _company.GetAsync(Path));
        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(refused.InnerException).SocketErrorCode);
        Assert.Equal(HttpRequestError.ResponseEnded, (await Assert.ThrowsAsync<HttpRequestException>(() => _company.GetAsync(Path))).HttpRequestError);

        Faults.Next(Fault.LostAnswer);
        await Assert.ThrowsAsync<HttpRequestException>(() => _company.SendAsync("POST", "/k/v1/records/cursor.json", """{"app":1}""", Company.Password("admin", "secret")));
        Assert.Equal(1, _company.Simulator.Cursors.Count);
        Assert.Equal(0, _company.Simulator.Running);
    }

    [Fact]
    public async Task Waiting_takes_the_simulators_time()
    {
        _company.Simulator.Options = _company.Simulator.Options with { Latency = TimeSpan.FromMilliseconds(100) };
        Faults.Next(Fault.Delay(TimeSpan.FromSeconds(30)));
        var answer = _company.GetAsync(Path);
        _company.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.False(answer.IsCompleted);
        _company.Clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(200, (int)(await answer).Status);
        var entry = _company.Simulator.Journal.Entries[^1];
        Assert.Equal(TimeSpan.FromSeconds(30.1), entry.Ended - entry.Started);
    }

    [Fact]
    public async Task A_request_that_hangs_ends_with_the_clients_patience()
    {
        Faults.Next(Fault.Hang);
        using var http = new HttpClient(new InMemoryHandler(_company.Simulator)) { BaseAddress = new("http://localhost") };
        using var patience = new CancellationTokenSource();
        var answer = http.GetAsync(Path, patience.Token);
        Assert.False(answer.IsCompleted);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Equal(0, _company.Simulator.Running);
    }

    [Fact]
    public async Task Random_faults_are_the_same_for_the_same_seed()
    {
        var runs = new List<string>();
        for (var run = 0; run < 2; run++)
        {
            _company.Simulator.Journal.Clear();
            Faults.Random(0.3, seed: 5, [Fault.Maintenance, Fault.Error(500, "X")]);
            for (var i = 0; i < 60; i++)
                await _company.GetAsync(Path);
            runs.Add(string.Join(',', _company.Simulator.Journal.Entries.Select(entry => entry.Fault)));
        }
        Assert.Equal(runs[0], runs[1]);
        Assert.InRange(_company.Simulator.Journal.Entries.Count(entry => entry.Fault is not null), 5, 40);
        Faults.Clear();
        Assert.Equal(200, (int)(await _company.GetAsync(Path)).Status);
    }

    public void Dispose() => _company.Dispose();
}
