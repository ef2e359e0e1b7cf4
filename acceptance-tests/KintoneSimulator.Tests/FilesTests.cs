using System.Text.Json.Nodes;

namespace KintoneSimulator.Tests;

public sealed class FilesTests : IDisposable
{
    readonly Company _company = new();

    [Fact]
    public void A_file_is_the_same_in_whatever_pieces_it_is_read()
    {
        var file = FileContent.Generated(10_000, seed: 3);
        var whole = file.ToArray();
        var dice = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            var at = dice.Next(whole.Length);
            var piece = new byte[dice.Next(whole.Length - at)];
            file.Read(at, piece);
            Assert.Equal(whole[at..(at + piece.Length)], piece);
        }
        Assert.NotEqual(whole, FileContent.Generated(10_000, seed: 4).ToArray());
        Assert.InRange(whole.Distinct().Count(), 250, 256);
    }

    [Fact]
    public async Task A_file_comes_whole_and_torn_where_a_fault_says_so()
    {
        var url = $"/k/v1/file.json?fileKey={Add(FileContent.Generated(200_000))}";
        Assert.Equal(FileContent.Generated(200_000).ToArray(), await BytesAsync(url));
        _company.Simulator.Faults.Next(Fault.Garbage);
        Assert.Equal(FileContent.Generated(200_000).ToArray()[..100_000], await BytesAsync(url));
        _company.Simulator.Faults.Next(Fault.TornBody(70_000));
        await Assert.ThrowsAsync<HttpRequestException>(() => BytesAsync(url));
    }

    [Fact]
    public async Task A_slow_file_takes_its_time()
    {
        _company.Simulator.Options = _company.Simulator.Options with { FileBytesPerSecond = 64 * 1024 };
        var coming = BytesAsync($"/k/v1/file.json?fileKey={Add(FileContent.Generated(128 * 1024))}");
        for (var second = 0; second < 2; second++)
        {
            Assert.False(coming.IsCompleted);
            _company.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(128 * 1024, (await coming).Length);
    }

    string Add(FileContent content)
    {
        _company.App.AddField("files", "FILE");
        var file = _company.Domain.AddFile("a.bin", content);
        _company.App.Add(new() { ["files"] = new JsonArray(file.DeepClone()) });
        return (string)file["fileKey"]!;
    }

    async Task<byte[]> BytesAsync(string url)
    {
        using var http = new HttpClient(new InMemoryHandler(_company.Simulator)) { BaseAddress = new("http://localhost") };
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        var (name, value) = Company.Password("admin", "secret");
        request.Headers.Add(name, value);
        using var response = await http.SendAsync(request);
        return await response.Content.ReadAsByteArrayAsync();
    }

    public void Dispose() => _company.Dispose();
}
