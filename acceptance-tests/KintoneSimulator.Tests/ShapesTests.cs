using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KintoneSource.Testing;

namespace KintoneSimulator.Tests;

/// <summary>Whole answers of the sample company, for a reader to compare with the documentation.</summary>
public sealed partial class ShapesTests : IDisposable
{
    static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly Simulator _simulator = SeededCompany.Load();
    readonly HttpClient _http;

    public ShapesTests()
    {
        _http = new(new InMemoryHandler(_simulator)) { BaseAddress = new("http://localhost") };
        var (name, value) = Company.Password("admin", "secret");
        _http.DefaultRequestHeaders.Add(name, value);
    }

    [Fact]
    public async Task Records() =>
        await Verifier.Verify(await AnswersAsync("/k/v1/records.json?app=12&totalCount=true", "/k/v1/record.json?app=12&id=3",
        "/k/v1/record/comments.json?app=12&record=3",
        "/k/v1/records/acl/evaluate.json?app=12&ids[0]=4"));

    [Fact]
    public async Task Form() => await Verifier.Verify(await AnswersAsync("/k/v1/app/form/fields.json?app=12&lang=ja", "/k/v1/app/form/layout.json?app=12"));

    [Fact]
    public async Task Settings() =>
        await Verifier.Verify(await AnswersAsync("/k/v1/app/settings.json?app=12", "/k/v1/app/views.json?app=12", "/k/v1/app/status.json?app=12",
        "/k/v1/app/actions.json?app=12", "/k/v1/app/reports.json?app=12", "/k/v1/app/notifications/general.json?app=12",
        "/k/v1/app/notifications/perRecord.json?app=12", "/k/v1/app/notifications/reminder.json?app=12", "/k/v1/app/customize.json?app=12",
        "/k/v1/app/acl.json?app=12", "/k/v1/field/acl.json?app=12", "/k/v1/record/acl.json?app=12", "/k/v1/app/adminNotes.json?app=12",
        "/k/v1/app/plugins.json?app=12"));

    [Fact]
    public async Task Domain() => await Verifier.Verify(await AnswersAsync("/k/v1/apps.json", "/k/v1/app.json?id=12", "/k/v1/apps/statistics.json",
        "/k/v1/space.json?id=5",
        "/k/v1/space/members.json?id=5", "/k/v1/spaces/statistics.json"));

    [Fact]
    public async Task Directory() =>
        await Verifier.Verify(await AnswersAsync("/v1/users.json?codes[0]=ann", "/v1/organizations.json", "/v1/groups.json?size=1",
        "/v1/user/organizations.json?code=ann",
        "/v1/user/groups.json?code=ann", "/v1/organization/users.json?code=sales&offset=1", "/v1/group/users.json?code=everyone&size=1"));

    [Fact]
    public async Task Errors() => await Verifier.Verify(await AnswersAsync("/k/v1/app.json?id=99", "/k/v1/records.json", "/k/v1/records.json?app=12&query=%28",
        "/v1/users.json?ids[0]=1&codes[0]=ann"));

    [Fact]
    public async Task The_file_of_a_record_can_be_fetched()
    {
        var record = JsonNode.Parse(await _http.GetStringAsync("/k/v1/record.json?app=12&id=3"))!["record"]!;
        var photo = record["table"]!["value"]![1]!["value"]!["photo"]!["value"]![0]!;
        Assert.Equal("内容", await _http.GetStringAsync($"/k/v1/file.json?fileKey={photo["fileKey"]}"));
        Assert.Equal(Encoding.UTF8.GetByteCount("内容").ToString(System.Globalization.CultureInfo.InvariantCulture), (string?)photo["size"]);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{ "apps": [ { "id": 1 } ] }""")]
    [InlineData("""{ "apps": [ { "name": "a", "space": 9 } ] }""")]
    [InlineData("""{ "apps": [ { "name": "a", "properties": { "f": { "type": "FILE" } }, "records": [ { "f": ["none"] } ] } ] }""")]
    public void A_seed_that_makes_no_sense_is_refused(string seed)
    {
        using var simulator = new Simulator();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(seed));
        Assert.ThrowsAny<JsonException>(() => Seed.Load(simulator.Domain, stream));
    }

    async Task<string> AnswersAsync(string first, params IEnumerable<string> more)
    {
        var all = new StringBuilder();
        foreach (var path in more.Prepend(first))
        {
            using var response = await _http.GetAsync(path);
            var json = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            all.Append("GET ").Append(path).Append(" → ").Append((int)response.StatusCode).Append('\n').Append(json.ToJsonString(s_indented)).Append("\n\n");
        }
        return RandomParts().Replace(all.ToString(), "$1…\"");
    }

    /// <summary>Error ids and file keys are new in each run.</summary>
    [GeneratedRegex("(\"id\": \"|\"fileKey\": \")(?:[A-Za-z0-9]{20}|file-[0-9]+-[0-9a-f]{32})\"")]
    private static partial Regex RandomParts();

    public void Dispose()
    {
        _http.Dispose();
        _simulator.Dispose();
    }
}
