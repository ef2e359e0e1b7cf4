using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace KintoneSimulator.Tests;

public sealed class HostTests : IDisposable
{
    readonly Company _company = new();

    public HostTests() => _company.Add(700);

    [Theory]
    [InlineData("/k/v1/records.json?app=1&totalCount=true&query=order%20by%20%24id%20asc%20limit%20500")]
    [InlineData("/k/v1/app/form/fields.json?app=1")]
    [InlineData("/k/v1/app.json?id=2")]
    [InlineData("/k/v1/nothing.json")]
    public async Task A_socket_answers_as_memory_does(string path)
    {
        await using var host = await SimulatorHost.StartAsync(_company.Simulator);
        using var http = new HttpClient();
        var overSocket = await GetAsync(http, host.Address + path);
        var inMemory = await _company.GetAsync(path);
        // The id of an error is new each time.
        Assert.Equal(WithoutId(inMemory.Text), WithoutId(overSocket.Text));
        Assert.Equal(inMemory.Status, overSocket.Status);
        Assert.Equal(
            inMemory.Headers.OrderBy(header => header.Key).Select(header => (header.Key, header.Value)),
            overSocket.Headers.OrderBy(header => header.Key).Select(header => (header.Key, header.Value)));

        static string WithoutId(string text) => System.Text.RegularExpressions.Regex.Replace(text, "\"id\":\"[A-Za-z0-9]{20}\"", "");
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("localhost")]
    public async Task Both_loopback_addresses_are_listened_on(string name)
    {
        await using var host = await SimulatorHost.StartAsync(_company.Simulator);
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(http, $"http://{name}:{new Uri(host.Address).Port}/k/v1/app.json?id=1")).Status);
    }

    [Fact]
    public async Task Answers_are_compressed_when_both_sides_agree()
    {
        _company.Simulator.Options = _company.Simulator.Options with { Compression = true };
        await using var host = await SimulatorHost.StartAsync(_company.Simulator);
        const string path = "/k/v1/records.json?app=1&query=limit%20500";
        using var plain = new HttpClient();
        using var http = new HttpClient(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.All });
        Assert.Equal((await GetAsync(plain, host.Address + path)).Text, (await GetAsync(http, host.Address + path)).Text);
    }

    [Theory]
    [InlineData(DateHeader.Clock, "2026-05-01T12:00:40")]
    [InlineData(DateHeader.Absurd, "1970-01-01T00:00:00")]
    [InlineData(DateHeader.Absent, null)]
    public async Task The_date_is_the_simulators_and_not_the_machines(DateHeader header, string? expected)
    {
        _company.Simulator.Options = _company.Simulator.Options with { DateHeader = header };
        await using var host = await SimulatorHost.StartAsync(_company.Simulator);
        using var http = new HttpClient();
        using var response = await http.GetAsync($"{host.Address}/k/v1/app.json?id=1");
        Assert.Equal(expected, response.Headers.Date?.UtcDateTime.ToString("s", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_torn_body_breaks_the_connection()
    {
        await using var host = await SimulatorHost.StartAsync(_company.Simulator);
        using var http = new HttpClient();
        _company.Simulator.Faults.Next(Fault.TornBody(5000));
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(http, $"{host.Address}/k/v1/records.json?app=1"));
        _company.Simulator.Faults.Next(Fault.Reset);
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(http, $"{host.Address}/k/v1/records.json?app=1"));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(http, $"{host.Address}/k/v1/records.json?app=1")).Status);
    }

    [Fact]
    public async Task The_secure_host_wants_the_client_certificate_it_gave_out()
    {
        using var certificates = new TestCertificates();
        using var strangers = new TestCertificates();
        await using var host = await SimulatorHost.StartAsync(_company.Simulator, options: new() { Https = true, ClientCertificates = certificates });

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, host.HttpsAddress!, null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, host.ClientCertificateAddress!, certificates));
        await Assert.ThrowsAsync<HttpRequestException>(() => StatusAsync(host, host.ClientCertificateAddress!, null));
        await Assert.ThrowsAsync<HttpRequestException>(() => StatusAsync(host, host.ClientCertificateAddress!, strangers));
    }

    static async Task<HttpStatusCode> StatusAsync(SimulatorHost host, string address, TestCertificates? certificates)
    {
        using var client = certificates is null ? null : X509CertificateLoader.LoadPkcs12(certificates.Pfx.Span, certificates.Passphrase);
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = client is null ? [] : [client],
                RemoteCertificateValidationCallback = (_, presented, _, _) => presented!.GetCertHashString() == host.Certificate!.GetCertHashString(),
            },
        };
        using var http = new HttpClient(handler);
        return (await GetAsync(http, $"{address}/k/v1/app.json?id=1")).Status;
    }

    static async Task<Answer> GetAsync(HttpClient http, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        var (name, value) = Company.Password("admin", "secret");
        request.Headers.Add(name, value);
        using var response = await http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    public void Dispose() => _company.Dispose();
}
