using System.Net;
using System.Text.Json.Nodes;

namespace KintoneSimulator.Tests.OpenApi;

/// <summary>
/// Which credentials may do what: the <c>security</c> of each operation in the official description (kintone/openapi-spec, MIT-0, version 2026.8.25),
/// in tables of our own. A password may do all of it. The description says of its scopes that they are guessed from paths, and of the permissions of
/// records it guesses k:app_record; the official page on scopes has them among the settings, and so have these tables.
/// </summary>
public sealed class SecurityTests : IDisposable
{
    const string Settings = "k:app_settings:read", Records = "k:app_record:read", Files = "k:file:read";
    const string WriteSettings = "k:app_settings:write", WriteRecords = "k:app_record:write", WriteFiles = "k:file:write";
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

    /// <summary>Beside the reads of what is in use: writes, cursors, and settings that are not deployed yet.</summary>
    static readonly (string Method, string Resource, bool ByToken, string Scope)[] s_others =
    [
        .. Each(
            true, WriteRecords, "POST record", "PUT record", "POST records", "PUT records", "DELETE records", "POST record/comment",
            "DELETE record/comment", "PUT record/status", "PUT records/status", "PUT record/assignees"),
        .. Each(true, NoScope, "POST bulkRequest", "POST records/cursor", "GET records/cursor", "DELETE records/cursor"),
        .. Each(true, WriteFiles, "POST file"),
        .. Each(true, WriteSettings, "PUT app/acl", "PUT field/acl", "PUT record/acl"),
        .. Each(
            true, Settings, "GET preview/app/deploy", "GET preview/app/form/fields", "GET preview/app/form/layout", "GET preview/app/settings",
            "GET preview/app/status", "GET preview/app/views", "GET preview/app/actions", "GET preview/app/reports",
            "GET preview/app/notifications/general", "GET preview/app/notifications/perRecord", "GET preview/app/notifications/reminder",
            "GET preview/app/acl", "GET preview/field/acl", "GET preview/record/acl"),
        .. Each(
            true, WriteSettings, "POST preview/app/deploy", "POST preview/app/form/fields", "PUT preview/app/form/fields",
            "DELETE preview/app/form/fields", "PUT preview/app/form/layout", "PUT preview/app/settings", "PUT preview/app/status",
            "PUT preview/app/views", "PUT preview/app/actions", "PUT preview/app/reports", "PUT preview/app/notifications/general",
            "PUT preview/app/notifications/perRecord", "PUT preview/app/notifications/reminder", "PUT preview/app/acl", "PUT preview/field/acl",
            "PUT preview/record/acl"),
        .. Each(false, WriteSettings, "POST preview/app", "PUT preview/app/customize"),
        .. Each(false, Settings, "GET preview/app/customize"),
        .. Each(true, NoScope, "GET preview/app/adminNotes", "PUT preview/app/adminNotes"),
    ];

    static IEnumerable<(string, string, bool, string)> Each(bool byToken, string scope, params IEnumerable<string> operations) =>
        operations.Select(operation => (operation.Split(' ')[0], operation.Split(' ')[1], byToken, scope));

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

    public static TheoryData<string, string, bool, string> Others()
    {
        var data = new TheoryData<string, string, bool, string>();
        foreach (var (method, resource, byToken, scope) in s_others)
            data.Add(method, resource, byToken, scope);
        return data;
    }

    /// <summary>Whoever is let in hears what is wrong with the request, since nothing is in it but the app.</summary>
    [Theory]
    [MemberData(nameof(Others))]
    public async Task So_does_everything_else(string method, string resource, bool byToken, string scope)
    {
        Assert.Null(await RefusalAsync(Company.Password("admin", "secret")));
        Assert.Equal(byToken ? null : "GAIA_NO01", await RefusalAsync(Company.Token(_company.App.AddToken(AppRights.All))));
        foreach (var granted in new[] { Settings, Records, Files, WriteSettings, WriteRecords, WriteFiles })
            Assert.Equal(granted == scope ? null : "CB_OA01", await RefusalAsync(Company.Bearer(AccessToken(granted))));
        Assert.Equal("CB_AU01", await RefusalAsync());

        async Task<string?> RefusalAsync(params IReadOnlyList<(string Name, string Value)> headers)
        {
            var answer = method == "GET" ? await _company.GetAsync($"/k/v1/{resource}.json?app=1", headers)
                : await _company.SendAsync(method, $"/k/v1/{resource}.json", """{"app":1}""", headers);
            return answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? answer.Refusal.Item2 : null;
        }
    }

    [Fact]
    public void Every_operation_that_is_served_has_its_line()
    {
        // What anyone may ask.
        string[] anyones = ["GET /k/v1/apis.json"];
        Assert.Equal(
            Router.Served().Select(static served => $"{served.Method} {served.Path}").Except(anyones).Order(StringComparer.Ordinal),
            s_reads.Select(static line => $"GET /k/v1/{line.Read.Split('?')[0]}")
                .Concat(s_others.Select(static line => $"{line.Method} /k/v1/{line.Resource}.json")).Order(StringComparer.Ordinal));
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
