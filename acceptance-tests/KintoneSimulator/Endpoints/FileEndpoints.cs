namespace KintoneSimulator;

/// <summary>file.json: the bytes of a file that a record shows.</summary>
static class FileEndpoints
{
    public static IEnumerable<Endpoint> All() => [new(Api.Kintone, "GET", "file", Accepts.All, "k:file:read", Download)];

    static Reply Download(ApiCall call)
    {
        var key = FileKeys.Own(call.Parameters.RequiredText("fileKey"));
        var file = call.Domain.File(key) ?? throw ApiException.NoFile();
        var (app, record) = call.Domain.Apps.Select(app => (app, record: app.OwnerOf(key))).FirstOrDefault(owner => owner.record is not null);
        if (app is null || record is null)
            throw ApiException.NoFile();
        call.Check(app, AppRights.View);
        if (call.RecordFilter(app)?.Invoke(record.Value) == false)
            throw ApiException.NoPrivilege();
        var body = new ByteBuffer(Math.Max(1, file.Content.Length));
        body.Append(file.Content.Span);
        return new Reply(200, file.ContentType, body).With("Content-Disposition", $"attachment; filename*=UTF-8''{Uri.EscapeDataString(file.Name)}");
    }
}
