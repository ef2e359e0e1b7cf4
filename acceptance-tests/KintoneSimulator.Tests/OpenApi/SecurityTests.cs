using System.Net;
using System.Text.Json.Nodes;

namespace KintoneSimulator.Tests.OpenApi;

/// <summary>
/// Which credentials may read what: the <c>security</c> of each operation in the official description (kintone/openapi-spec, MIT-0, as of 2026-11),
/// in a table of our own. A password may read all of it.
/// </summary>
public sealed class SecurityTests : IDisposable
{
    const string Settings = "k:app_settings:read", Records = "k:app_record:read", Files = "k:file:read";
    const string FileKey = "{file}", NoScope = "";

    static readonly (string Read, bool ByToken, string Scope)[] s_reads =
    [
        ("apps.json", false, Settings),
        ("app.json?id=1", true, Settings),
        ("app/form/fields.json?app=1", true, Settings),
        ("app/form/layout.json?app=1", true, Settings),
        ("app/views.json?app=1", true, Settings),
        ("app/status.json?app=1", true, Settings),
        ("app/settings.json?app=1", true, Settings),
        ("app/actions.json?app=1", true, Settings),
        ("app/reports.json?app=1", true, Settings),
        ("app/notifications/general.json?app=1", true, Settings),
        ("app/notifications/perRecord.json?app=1", true, Settings),
        ("app/notifications/reminder.json?app=1", true, Settings),
        ("app/customize.json?app=1", false, Settings),
        ("app/acl.json?app=1", true, Settings),
        ("field/acl.json?app=1", true, Settings),
        ("record/acl.json?app=1", true, Settings),
        ("app/adminNotes.json?app=1", true, NoScope),
        ("app/plugins.json?app=1", true, NoScope),
        ("record.json?app=1&id=1", true, Records),
        ("records.json?app=1", true, Records),
        ("record/comments.json?app=1&record=1", true, Records),
        ("records/acl/evaluate.json?app=1&ids[0]=1", false, NoScope),
        ($"file.json?fileKey={FileKey}", true, Files),
        ("space.json?id=1", false, NoScope),
        ("space/members.json?id=1", false, NoScope),
        ("apps/statistics.json", false, NoScope),
        ("spaces/statistics.json", false, NoScope),
        ("plugins.json", false, NoScope),
        ("plugins/required.json", false, NoScope),
        ("plugin/apps.json?id=x", false, NoScope),
    ];

    readonly Company _company = new();
    readonly string _fileKey;

    public SecurityTests()
    {
        _company.App.AddField("files", "FILE");
        var file = _company.Domain.AddFile("a.txt", "a"u8.ToArray());
        _fileKey = (string)file["fileKey"]!;
        _company.App.Add(new() { ["files"] = new JsonArray(file) });
        _company.Domain.AddSpace("広場");
    }

    public static TheoryData<string, bool, string> Reads()
    {
        var data = new TheoryData<string, bool, string>();
        foreach (var (read, byToken, scope) in s_reads)
            data.Add(read, byToken, scope);
        return data;
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task A_read_takes_the_credentials_that_its_description_names(string read, bool byToken, string scope)
    {
        Assert.Equal((200, null), await AskAsync(read, Company.Password("admin", "secret")));
        Assert.Equal(byToken ? (200, null) : (403, "GAIA_NO01"), await AskAsync(read, Company.Token(_company.App.AddToken(AppRights.All))));
        foreach (var granted in new[] { Settings, Records, Files })
            Assert.Equal(granted == scope ? (200, null) : (403, "CB_OA01"), await AskAsync(read, Company.Bearer(AccessToken(granted))));
        Assert.Equal((401, "CB_AU01"), await AskAsync(read));
    }

    [Fact]
    public void Every_read_that_is_served_has_its_line()
    {
        // What anyone may ask, and what is only read after it was written: a cursor has tests of its own.
        string[] others = ["/k/v1/apis.json", "/k/v1/records/cursor.json"];
        var served = Router.Served().Where(static path => path.Method == "GET" && !path.Path.Contains("/preview/", StringComparison.Ordinal));
        Assert.Equal(
            served.Select(static path => path.Path).Except(others).Order(StringComparer.Ordinal),
            s_reads.Select(static line => $"/k/v1/{line.Read.Split('?')[0]}").Order(StringComparer.Ordinal));
    }

    async Task<(int, string?)> AskAsync(string read, params IReadOnlyList<(string Name, string Value)> headers)
    {
        var answer = await _company.GetAsync($"/k/v1/{read.Replace(FileKey, _fileKey, StringComparison.Ordinal)}", headers);
        return answer.Status == HttpStatusCode.OK ? (200, null) : answer.Refusal;
    }

    string AccessToken(string scope) => _company.Domain.OAuth.IssueAccessToken(
        new(_company.Domain.OAuth.AddClient($"client {scope}", "secret"), _company.Domain.User("admin")!, new HashSet<string> { scope },
            DateTimeOffset.MaxValue));

    public void Dispose() => _company.Dispose();
}
