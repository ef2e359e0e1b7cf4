using System.Text.Json;

namespace KintoneSource.Tests.Simulation;

/// <summary>
/// A warehouse that keeps the newest row of each key: by the cursor, and by the order of emission where that is equal.
/// Tombstones are rows that say so.
/// </summary>
sealed class Destination
{
    readonly Dictionary<(string Stream, long Id), (string Cursor, Truth? Row)> _rows = [];

    public void Apply(Message message)
    {
        if (message.Type != "RECORD") return;
        var data = message.Json.GetProperty("record").GetProperty("data");
        var key = Key(message);
        var cursor = data.GetProperty("_kintone_updated_at").GetString()!;
        if (_rows.TryGetValue(key, out var old) && string.CompareOrdinal(old.Cursor, cursor) > 0) return;
        _rows[key] = (cursor, IsTombstone(data) ? null : Row(data));
    }

    public Dictionary<long, Truth> Rows(string stream) =>
        _rows.Where(row => row.Key.Stream == stream && row.Value.Row is not null).ToDictionary(static row => row.Key.Id, static row => row.Value.Row!.Value);

    public static (string Stream, long Id) Key(Message record) =>
        (record.Stream!, record.Json.GetProperty("record").GetProperty("data").GetProperty("_kintone_id").GetInt64());

    public static bool IsTombstone(JsonElement data) =>
        data.TryGetProperty("_ab_cdc_deleted_at", out var deleted) && deleted.ValueKind != JsonValueKind.Null;

    public static Truth Row(JsonElement data) => new(
        data.GetProperty("_kintone_revision").GetInt64(), data.GetProperty("_kintone_updated_at").GetString()!,
        data.GetProperty(History.Subject).GetString()!, data.GetProperty(History.Visibility).GetString()!);
}
