using System.Text.Json;

namespace KintoneSource.Tests.Simulation;

/// <summary>How a warehouse decides which of a key's rows is the newest.</summary>
enum Newest
{
    /// <summary>The greatest cursor, then the last to arrive. Tombstones are rows that say so.</summary>
    ByCursor,

    /// <summary>The same, where a tombstone removes the row and is not kept.</summary>
    ByCursorRemovingDeleted,

    /// <summary>The last to arrive.</summary>
    ByArrival,

    /// <summary>The greatest revision that arrived behind the last tombstone, then the last to arrive.</summary>
    ByRevision,
}

/// <param name="Row">The table row's id or the file's number; 0 in records streams.</param>
readonly record struct RowKey(string Stream, long Id, long Row);

/// <summary>A warehouse that keeps the newest row of each key.</summary>
sealed class Destination(Newest newest)
{
    readonly Dictionary<RowKey, (string Cursor, Truth? Row)> _rows = [];
    readonly Dictionary<string, DateTimeOffset> _emitted = new(StringComparer.Ordinal);

    public Newest Newest => newest;

    /// <summary>One warehouse of each kind.</summary>
    public static IReadOnlyList<Destination> All() => [.. Enum.GetValues<Newest>().Select(static newest => new Destination(newest))];

    public void Apply(Message message)
    {
        if (message.Type != "RECORD" || message.Stream == Audits.Stream) return;
        var data = message.Json.GetProperty("record").GetProperty("data");
        var key = Key(message);
        var emitted = DateTimeOffset.FromUnixTimeMilliseconds(message.Json.GetProperty("record").GetProperty("emitted_at").GetInt64());
        if (!(LastEmitted(key.Stream) >= emitted)) _emitted[key.Stream] = emitted;
        var cursor = Cursor(message);
        var row = IsTombstone(data) ? null : (Truth?)Row(data);
        if (row is { } shown) Assert.True(string.CompareOrdinal(cursor, shown.UpdatedAt) >= 0,
            $"record {key.Id} has the cursor {cursor} and was updated at {shown.UpdatedAt}");
        if (_rows.TryGetValue(key, out var old) && !Replaces(old, cursor, row)) return;
        if (row is null && newest == Newest.ByCursorRemovingDeleted) _rows.Remove(key);
        else _rows[key] = (cursor, row);
    }

    bool Replaces((string Cursor, Truth? Row) old, string cursor, Truth? row) => newest switch
    {
        Newest.ByArrival => true,
        Newest.ByRevision => row is null || old.Row is null || row.Value.Revision >= old.Row.Value.Revision,
        _ => string.CompareOrdinal(old.Cursor, cursor) <= 0,
    };

    /// <summary>The stream is refreshed: its data is cleared.</summary>
    public void Clear(string stream)
    {
        foreach (var key in _rows.Keys.Where(key => key.Stream == stream).ToArray()) _rows.Remove(key);
    }

    /// <summary>When the last line of a stream was emitted that ever came; null for none.</summary>
    public DateTimeOffset? LastEmitted(string stream) => _emitted.TryGetValue(stream, out var emitted) ? emitted : null;

    /// <summary>The keys of all rows that are there.</summary>
    public IEnumerable<RowKey> Keys(string stream) => _rows.Where(row => row.Key.Stream == stream && row.Value.Row is not null).Select(static row => row.Key);

    /// <summary>Of a stream of rows or files: what each should say, as <see cref="History.Rows"/> and <see cref="History.Files"/> write it.</summary>
    public Dictionary<RowKey, string> RelatedRows(string stream) =>
        _rows.Where(row => row.Key.Stream == stream && row.Value.Row is not null)
            .ToDictionary(static row => row.Key, static row => row.Value.Row!.Value.Subject);

    public Dictionary<long, Truth> Rows(string stream) =>
        _rows.Where(row => row.Key.Stream == stream && row.Value.Row is not null).ToDictionary(static row => row.Key.Id, static row => row.Value.Row!.Value);

    /// <summary>Texts of one shape: their order is the times'.</summary>
    public static string Cursor(Message record) => record.Json.GetProperty("record").GetProperty("data").GetProperty("_kintone_updated_at").GetString()!;

    public static RowKey Key(Message record)
    {
        var data = record.Json.GetProperty("record").GetProperty("data");
        var row = data.TryGetProperty("_kintone_file_number", out var number) ? number.GetInt64()
            : data.TryGetProperty("_kintone_row_number", out _) ? data.GetProperty("_kintone_row_id").GetInt64() : 0;
        return new(record.Stream!, data.GetProperty("_kintone_id").GetInt64(), row);
    }

    public static bool IsTombstone(JsonElement data) =>
        data.TryGetProperty("_ab_cdc_deleted_at", out var deleted) && deleted.ValueKind != JsonValueKind.Null;

    public static Truth Row(JsonElement data)
    {
        var revision = data.GetProperty("_kintone_revision").GetInt64();
        if (data.TryGetProperty("_kintone_file_number", out _))
        {
            Assert.Equal(JsonValueKind.String, data.GetProperty("fileKey").ValueKind);
            return new(revision, "", $"{data.GetProperty("field").GetString()}|{data.GetProperty("_kintone_row_id")}|{data.GetProperty("position")}|{data.GetProperty("name").GetString()}", "");
        }
        if (data.TryGetProperty("_kintone_row_number", out var number)) return new(revision, "", $"{number}|{data.GetProperty(History.Item).GetString()}", "");
        return new(revision, data.GetProperty(History.UpdatedAt).GetString()!, data.GetProperty(History.Subject).GetString()!,
            data.GetProperty(History.Visibility).GetString()!);
    }
}
