using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>
/// Open cursors of the domain. Which records, and their order, is fixed when a cursor is made; values are those of the moment they are
/// fetched. It lives ten minutes, and ten more from each page that leaves rows (official docs).
/// </summary>
public sealed class Cursors(Simulator simulator)
{
    readonly Lock _lock = new();
    readonly Dictionary<string, Cursor> _open = [];

    /// <summary>How many are open now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return DropExpired();
        }
    }

    internal string Open(App app, IReadOnlyList<string>? fields, List<long> ids, int size)
    {
        lock (_lock)
        {
            if (DropExpired() >= simulator.Options.CursorLimit)
                throw new ApiException(429, "GAIA_TM12", "The number of cursors has reached the limit.", "作成できるカーソルの上限に達しています。");
            var id = Guid.NewGuid().ToString();
            _open[id] = new(app, fields, ids, size) { Expires = NextExpiry() };
            return id;
        }
    }

    /// <summary>The next page's ids; the cursor is closed when none is left.</summary>
    internal (Cursor Cursor, List<long> Ids, bool HasMore) Next(string id)
    {
        lock (_lock)
        {
            var cursor = Find(id);
            var ids = cursor.Ids.GetRange(cursor.Position, Math.Min(cursor.Size, cursor.Ids.Count - cursor.Position));
            cursor.Position += ids.Count;
            var hasMore = cursor.Position < cursor.Ids.Count;
            if (hasMore)
                cursor.Expires = NextExpiry();
            else
                _open.Remove(id);
            return (cursor, ids, hasMore);
        }
    }

    internal Cursor Find(string id)
    {
        lock (_lock)
        {
            DropExpired();
            return _open.GetValueOrDefault(id) ?? throw ApiException.NoCursor();
        }
    }

    internal void Close(string id)
    {
        lock (_lock)
        {
            Find(id);
            _open.Remove(id);
        }
    }

    DateTimeOffset NextExpiry() => simulator.Domain.Now + simulator.Options.CursorLife;

    int DropExpired()
    {
        foreach (var id in _open.Where(cursor => cursor.Value.Expires <= simulator.Domain.Now).Select(cursor => cursor.Key).ToList())
            _open.Remove(id);
        return _open.Count;
    }

    internal sealed class Cursor(App app, IReadOnlyList<string>? fields, List<long> ids, int size)
    {
        public App App => app;

        public IReadOnlyList<string>? Fields => fields;

        public List<long> Ids => ids;

        public int Size => size;

        public int Position { get; set; }

        public DateTimeOffset Expires { get; set; }
    }
}

/// <summary>records/cursor.json; not by OAuth.</summary>
static class CursorEndpoints
{
    const Accepts Credentials = Accepts.Password | Accepts.Token;

    public static IEnumerable<Endpoint> All() =>
    [
        new(Api.Kintone, "POST", "records/cursor", Credentials, null, Open),
        new(Api.Kintone, "GET", "records/cursor", Credentials, null, Next),
        new(Api.Kintone, "DELETE", "records/cursor", Credentials, null, Close),
    ];

    static Reply Open(ApiCall call)
    {
        var app = call.AppOfRecords(AppRights.View);
        var size = call.Parameters.Number("size", 100, 1, 500);
        var query = call.Query(app);
        if (query.OrderBy.Count > 0 && !call.Options.CursorsTakeOrderBy)
            throw ApiException.Invalid("query", "order by cannot be used.", "order byは使用できません。");
        if (query.Limit is not null || query.Offset is not null)
            throw ApiException.Invalid("query", "limit and offset cannot be used.", "limitおよびoffsetは使用できません。");
        var fields = call.Parameters.List("fields", 1000);
        RecordEndpoints.Project(call, app, fields);
        var ids = new RecordSearch(app.Records, app.Form, query, call.QueryContext, call.SearchFilter(app)).Ids(0, long.MaxValue);
        var id = call.Simulator.Cursors.Open(app, fields, ids, (int)size);
        return Reply.Json(new JsonObject { ["id"] = id, ["totalCount"] = AppEndpoints.Text(ids.Count) });
    }

    static Reply Next(ApiCall call)
    {
        var id = call.Parameters.RequiredText("id");
        var opened = call.Simulator.Cursors.Find(id).App;
        call.Check(opened, AppRights.View);
        call.CheckOpen(opened, forReading: true);
        var (cursor, ids, hasMore) = call.Simulator.Cursors.Next(id);
        var app = cursor.App;
        ids.RemoveAll(record => !app.Records.Holds(record));
        var body = new ByteBuffer(Math.Max(1024, ids.Count * 1024));
        body.Append("{\"records\":["u8);
        var projection = RecordEndpoints.Project(call, app, cursor.Fields);
        RecordEndpoints.AppendRecords(new(app.Records, app.Form, projection, IdPlaces.Of(call.Options.PlaceOfIds, projection, ids)), ids, body);
        body.Append(hasMore ? "],\"next\":true}"u8 : "],\"next\":false}"u8);
        return new(200, Reply.JsonType, body) { Rows = ids.Count };
    }

    static Reply Close(ApiCall call)
    {
        var id = call.Parameters.RequiredText("id");
        call.Entry.App = call.Simulator.Cursors.Find(id).App.Id;
        call.Simulator.Cursors.Close(id);
        return Reply.Json(new JsonObject());
    }
}
