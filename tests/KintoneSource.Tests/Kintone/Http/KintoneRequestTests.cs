using System.Text.Json;
using CsCheck;
using KintoneSource.Kintone.Http;

namespace KintoneSource.Tests.Kintone.Http;

public class KintoneRequestTests
{
    static readonly Uri s_base = new("https://example.cybozu.com/");

    static readonly Gen<string> s_text = Gen.OneOf(Gen.String.AlphaNumeric,
        Gen.Char["日本語 &=+%?#[]\"'()\u2028"].Array[0, 40].Select(static c => new string(c)));

    [Fact]
    public void What_is_asked_arrives_whole_in_the_URL_or_in_the_body() =>
        Gen.Select(s_text, s_text.Array[0, 120], Gen.Int[0, 6000]).Sample(static (query, fields, padding) =>
        {
            query += new string('x', padding);
            using var http = new KintoneRequest("/k/v1/records.json", "").With("app", 12).With("query", query).With("fields", fields).ToHttp(s_base);
            if (http.Method == HttpMethod.Get)
            {
                Assert.InRange(http.RequestUri!.PathAndQuery.Length, 1, 4096);
                Assert.True(fields.Length <= 99);
                var pairs = http.RequestUri.Query[1..].Split('&').Select(static p => p.Split('=')).ToDictionary(static p => Uri.UnescapeDataString(p[0]),
                    static p => Uri.UnescapeDataString(p[1]));
                Assert.Equal("12", pairs["app"]);
                Assert.Equal(query, pairs["query"]);
                Assert.Equal(fields, Enumerable.Range(0, pairs.Count - 2).Select(i => pairs[$"fields[{i}]"]));
                return;
            }
            Assert.True(fields.Length > 99 || Url(query, fields) > 4096);
            Assert.Equal("POST", http.Method.Method);
            Assert.Equal("GET", Assert.Single(http.Headers.GetValues("X-HTTP-Method-Override")));
            Assert.Equal("/k/v1/records.json", http.RequestUri!.PathAndQuery);
            Assert.Equal("application/json", http.Content!.Headers.ContentType!.ToString());
            using var body = JsonDocument.Parse(http.Content.ReadAsStream());
            Assert.Equal(query, body.RootElement.GetProperty("query").GetString());
            Assert.Equal(fields, body.RootElement.GetProperty("fields").EnumerateArray().Select(static f => f.GetString()));
        }, iter: 300);

    [Theory]
    [InlineData(99, "GET")]
    [InlineData(100, "POST")]
    public void More_than_99_members_of_a_list_go_into_the_body(int fields, string method)
    {
        using var http = new KintoneRequest("/k/v1/records.json", "").With("fields", [.. Enumerable.Repeat("a", fields)]).ToHttp(s_base);
        Assert.Equal(method, http.Method.Method);
    }

    [Theory]
    [InlineData(4096, "GET")]
    [InlineData(4097, "POST")]
    public void Longer_than_4096_characters_goes_into_the_body(int length, string method)
    {
        using var http = new KintoneRequest("/k/v1/records.json", "").With("query", new string('x', length - "/k/v1/records.json?query=".Length))
            .ToHttp(s_base);
        Assert.Equal(method, http.Method.Method);
    }

    static int Url(string query, string[] fields) =>
        $"/k/v1/records.json?app=12&query={Uri.EscapeDataString(query)}".Length
        + fields.Select(static (f, i) => $"&fields%5B{i}%5D={Uri.EscapeDataString(f)}".Length).Sum();
}
