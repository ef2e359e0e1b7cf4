using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace KintoneSimulator.Tests.OpenApi;

/// <summary>The simulator's answers, held against the official description of the API for every path that both have.</summary>
public sealed class OpenApiTests : IDisposable
{
    /// <summary>A request that goes through, for every path that is served and described; the app is the seeded company's.</summary>
    static readonly Dictionary<string, string> s_requests = new()
    {
        ["GET /k/v1/app.json"] = "id=12",
        ["GET /k/v1/apps.json"] = "",
        ["GET /k/v1/apps/statistics.json"] = "",
        ["GET /k/v1/space.json"] = "id=5",
        ["GET /k/v1/space/members.json"] = "id=5",
        ["GET /k/v1/spaces/statistics.json"] = "",
        ["GET /k/v1/plugins.json"] = "",
        ["GET /k/v1/plugins/required.json"] = "",
        ["GET /k/v1/plugin/apps.json"] = "id=x",
        ["GET /k/v1/records.json"] = "app=12&totalCount=true",
        ["GET /k/v1/record.json"] = "app=12&id=3",
        ["GET /k/v1/record/comments.json"] = "app=12&record=3",
        ["GET /k/v1/records/acl/evaluate.json"] = "app=12&ids[0]=3",
        ["POST /k/v1/records/cursor.json"] = """{"app":12}""",
        ["POST /k/v1/record.json"] = """{"app":12,"record":{"text":{"value":"a"}}}""",
        ["PUT /k/v1/record.json"] = """{"app":12,"id":3,"record":{"text":{"value":"a"}}}""",
        ["POST /k/v1/records.json"] = """{"app":12,"records":[{"text":{"value":"a"}},{}]}""",
        ["PUT /k/v1/records.json"] = """{"app":12,"records":[{"id":3,"record":{}}]}""",
        ["DELETE /k/v1/records.json"] = "app=12&ids[0]=3",
        ["PUT /k/v1/record/status.json"] = """{"app":12,"id":4,"action":"完了にする"}""",
        ["PUT /k/v1/records/status.json"] = """{"app":12,"records":[{"id":4,"action":"完了にする"}]}""",
        ["PUT /k/v1/record/assignees.json"] = """{"app":12,"id":4,"assignees":["ann"]}""",
        ["POST /k/v1/record/comment.json"] = """{"app":12,"record":3,"comment":{"text":"a"}}""",
        ["DELETE /k/v1/record/comment.json"] = "app=12&record=3&comment=2",
        ["POST /k/v1/bulkRequest.json"] = """{"requests":[{"method":"PUT","api":"/k/v1/record.json","payload":{"app":12,"id":3,"record":{}}}]}""",
        ["PUT /k/v1/app/acl.json"] = """{"app":12,"rights":[{"entity":{"type":"GROUP","code":"everyone"},"appEditable":true}]}""",
        ["PUT /k/v1/field/acl.json"] = """{"app":12,"rights":[]}""",
        ["PUT /k/v1/record/acl.json"] = """{"app":12,"rights":[]}""",
        ["POST /k/v1/preview/app.json"] = """{"name":"made"}""",
        ["POST /k/v1/preview/app/deploy.json"] = """{"apps":[{"app":12}]}""",
        ["GET /k/v1/preview/app/deploy.json"] = "apps[0]=12",
        ["POST /k/v1/preview/app/form/fields.json"] = """{"app":12,"properties":{"new":{"type":"DATE","code":"new","label":"new"}}}""",
        ["PUT /k/v1/preview/app/form/fields.json"] = """{"app":12,"properties":{"text":{"label":"x"}}}""",
        ["DELETE /k/v1/preview/app/form/fields.json"] = "app=12&fields[0]=text",
        ["PUT /k/v1/preview/app/form/layout.json"] = """{"app":12,"layout":[]}""",
        ["PUT /k/v1/preview/app/settings.json"] = """{"app":12,"name":"x"}""",
        ["PUT /k/v1/preview/app/status.json"] = """{"app":12,"enable":false}""",
        ["PUT /k/v1/preview/app/views.json"] = """{"app":12,"views":{"v":{"type":"LIST","index":0,"fields":["text"]}}}""",
        ["PUT /k/v1/preview/app/actions.json"] = """{"app":12,"actions":{"a":{"index":0}}}""",
        ["PUT /k/v1/preview/app/reports.json"] = """{"app":12,"reports":{"r":{"index":0}}}""",
        ["PUT /k/v1/preview/app/notifications/general.json"] = """{"app":12,"notifications":[]}""",
        ["PUT /k/v1/preview/app/notifications/perRecord.json"] = """{"app":12,"notifications":[]}""",
        ["PUT /k/v1/preview/app/notifications/reminder.json"] = """{"app":12,"notifications":[]}""",
        ["PUT /k/v1/preview/app/customize.json"] = """{"app":12,"scope":"ALL"}""",
        ["PUT /k/v1/preview/app/adminNotes.json"] = """{"app":12,"content":"x"}""",
        ["PUT /k/v1/preview/app/acl.json"] = """{"app":12,"rights":[]}""",
        ["PUT /k/v1/preview/field/acl.json"] = """{"app":12,"rights":[]}""",
        ["PUT /k/v1/preview/record/acl.json"] = """{"app":12,"rights":[]}""",
    };

    /// <summary>Where the simulator knows better, by measurements or by the newer description; each with its reason.</summary>
    static readonly Dictionary<string, string> s_known = new()
    {
        ["titleField.code is missing"] = "only where a field was chosen",
    };

    readonly Simulator _simulator = SeededCompany.Load();
    readonly HttpClient _http;

    public OpenApiTests()
    {
        _http = new(new InMemoryHandler(_simulator)) { BaseAddress = new("http://localhost") };
        var (name, value) = Company.Password("admin", "secret");
        _http.DefaultRequestHeaders.Add(name, value);
        _simulator.Domain.App(12)!.AddComment(3, "to be deleted", new("admin", "管理者"));
    }

    public static TheoryData<string> Both =>
        [.. Router.Served().Select(static served => $"{served.Method} {served.Path}").Where(static path => OpenApiFacts.Paths.Contains(path))];

    [Theory]
    [MemberData(nameof(Both))]
    public async Task An_answer_has_the_members_and_types_of_the_description(string path)
    {
        var parameters = s_requests.GetValueOrDefault(path) ?? (path.StartsWith("GET", StringComparison.Ordinal) ? "app=12" : null);
        if (path is "GET /k/v1/records/cursor.json" or "DELETE /k/v1/records/cursor.json")
            parameters = $"id={JsonDocument.Parse((await SendAsync("POST /k/v1/records/cursor.json", """{"app":12}""")).Text).RootElement.GetProperty("id").GetString()}";
        if (path == "GET /k/v1/file.json")
            return; // bytes
        Assert.True(parameters is not null || path == "POST /k/v1/file.json", $"No request for {path}");
        var (status, text) = path == "POST /k/v1/file.json" ? await UploadAsync() : await SendAsync(path, parameters!);
        Assert.True(status == HttpStatusCode.OK, text);
        var deviations = OpenApiFacts.Deviations(path, JsonDocument.Parse(text).RootElement).Distinct().Except(s_known.Keys).ToList();
        Assert.True(deviations.Count == 0, string.Join('\n', deviations));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task A_request_without_what_the_description_requires_is_refused(string path)
    {
        if (OpenApiFacts.RequiredParameters(path).Count == 0)
            return;
        var (status, text) = await SendAsync(path, path.StartsWith("POST", StringComparison.Ordinal) || path.StartsWith("PUT", StringComparison.Ordinal) ? "{}"
            : "");
        Assert.True(status == HttpStatusCode.BadRequest && text.Contains("CB_VA01", StringComparison.Ordinal), $"{status} {text}");
    }

    [Fact]
    public void A_deviation_is_found()
    {
        var answer = JsonDocument.Parse("""{"records":[{"f":{"type":"NUMBER","value":"1","extra":1}}],"totalCount":3}""").RootElement;
        Assert.Equal(["records[].<key>.extra is not described", "totalCount is Number and not integer"],
            OpenApiFacts.Deviations("GET /k/v1/records.json", answer).Order(StringComparer.Ordinal));
        Assert.Contains("revision is missing", OpenApiFacts.Deviations("POST /k/v1/record.json", JsonDocument.Parse("""{"id":"1"}""").RootElement));
    }

    [Fact]
    public void Most_of_what_is_served_is_described()
    {
        var served = Router.Served().Count();
        var described = Router.Served().Count(static path => OpenApiFacts.Paths.Contains($"{path.Method} {path.Path}"));
        Assert.True(described > 75 && served - described < 3, $"{described} of {served} paths");
    }

    async Task<(HttpStatusCode Status, string Text)> SendAsync(string path, string parameters)
    {
        var (method, resource) = (path.Split(' ')[0], path.Split(' ')[1]);
        var isBody = parameters.StartsWith('{');
        using var request = new HttpRequestMessage(new(method), isBody ? resource : $"{resource}?{parameters}");
        if (isBody)
            request.Content = new StringContent(parameters, Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    async Task<(HttpStatusCode Status, string Text)> UploadAsync()
    {
        using var part = new ByteArrayContent([1]);
        part.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        using var content = new MultipartFormDataContent { { part, "file", "a.txt" } };
        using var response = await _http.PostAsync("/k/v1/file.json", content);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public void Dispose()
    {
        _http.Dispose();
        _simulator.Dispose();
    }
}
