namespace KintoneSimulator;

/// <summary>file.json: the bytes of a file that a record shows, and the upload of one that a record will.</summary>
static class FileEndpoints
{
    public static IEnumerable<Endpoint> All() =>
    [
        new(Api.Kintone, "GET", "file", Accepts.All, "k:file:read", Download),
        new(Api.Kintone, "POST", "file", Accepts.All, "k:file:write", Upload) { Writes = true },
    ];

    static Reply Upload(ApiCall call)
    {
        var file = MultipartFile.Read(call.Request, call.Body);
        if (file.Content.Length > call.Options.FileLimit)
            throw ApiException.Invalid("file", "The file is too large.", "ファイルのサイズが大きすぎます。");
        return Reply.Json(new System.Text.Json.Nodes.JsonObject { ["fileKey"] = call.Domain.Upload(file.Name, file.Content, file.ContentType) });
    }

    static Reply Download(ApiCall call)
    {
        var key = call.Parameters.RequiredText("fileKey");
        var file = call.Domain.File(key) ?? throw ApiException.NoFile();
        var (app, record) = call.Domain.Apps.Select(app => (app, record: app.OwnerOf(file.Key))).FirstOrDefault(owner => owner.record is not null);
        if (app is null || record is null)
            throw ApiException.NoFile();
        call.Check(app, AppRights.View);
        call.CheckOpen(app, forReading: true);
        if (call.RecordFilter(app)?.Invoke(record.Value) == false)
            throw ApiException.NoPrivilege();
        return new Reply(200, file.ContentType, new(capacity: 1)) { File = file.Content }.With("Content-Disposition",
            $"attachment; filename*=UTF-8''{Uri.EscapeDataString(file.Name)}");
    }
}
