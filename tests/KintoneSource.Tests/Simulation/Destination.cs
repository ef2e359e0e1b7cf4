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

/// <summary>A warehouse that keeps the newest row of each key.</summary>
sealed class Destination(Newest newest)
{
    readonly Dictionary<(string Stream, long Id), (string Cursor, Truth? Row)> _rows = [];

    public Newest Newest => newest;

    /// <summary>One warehouse of each kind.</summary>
    public static IReadOnlyList<Destination> All() => [.. Enum.GetValues<Newest>().Select(static newest => new Destination(newest))];

    public void Apply(Message message)
    {
        if (message.Type != "RECORD") return;
        var data = message.Json.GetProperty("record").GetProperty("data");
        var key = Key(message);
        var cursor = data.GetProperty("_kintone_updated_at").GetString()!;
        var row = IsTombstone(data) ? null : (Truth?)Row(data);
        if (row is { } shown) Assert.True(string.CompareOrdinal(cursor, shown.UpdatedAt) >= 0, $"record {key.Id} has the cursor {cursor} and was updated at {shown.UpdatedAt}");
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

    public Dictionary<long, Truth> Rows(string stream) =>
        _rows.Where(row => row.Key.Stream == stream && row.Value.Row is not null).ToDictionary(static row => row.Key.Id, static row => row.Value.Row!.Value);

    public static (string Stream, long Id) Key(Message record) =>
        (record.Stream!, record.Json.GetProperty("record").GetProperty("data").GetProperty("_kintone_id").GetInt64());

    public static bool IsTombstone(JsonElement data) =>
        data.TryGetProperty("_ab_cdc_deleted_at", out var deleted) && deleted.ValueKind != JsonValueKind.Null;

    public static Truth Row(JsonElement data) => new(
        data.GetProperty("_kintone_revision").GetInt64(), data.GetProperty(History.UpdatedAt).GetString()!,
        data.GetProperty(History.Subject).GetString()!, data.GetProperty(History.Visibility).GetString()!);
}
