using System.Text.Json;

namespace AcceptanceTests;

/// <summary>What a platform keeps of several attempts: every row, and the last whole STATE of each stream.</summary>
sealed class KeptByPlatform
{
    readonly Dictionary<string, string> _states = [];
    readonly Dictionary<string, HashSet<string>> _rows = [];

    /// <summary>As it is passed to the next attempt; null before the first STATE.</summary>
    public string? State => _states.Count == 0 ? null : $"[{string.Join(',', _states.Values)}]";

    public void Take(ConnectorRun run)
    {
        foreach (var message in run.Messages)
        {
            switch (message.GetProperty("type").GetString())
            {
                case "RECORD":
                    var record = message.GetProperty("record");
                    RowsOf(record.GetProperty("stream").GetString()!).Add(record.GetProperty("data").GetRawText());
                    break;
                case "STATE":
                    var state = message.GetProperty("state");
                    _states[ConnectorRun.StreamOf(state)] = state.GetRawText();
                    break;
                default: break;
            }
        }
    }

    /// <summary>The rows of a stream, each once.</summary>
    public HashSet<string> RowsOf(string stream) => _rows.TryGetValue(stream, out var rows) ? rows : _rows[stream] = [];

    /// <summary>Ids in a records stream.</summary>
    /// <param name="areGone">Those of tombstones instead of those of records.</param>
    public IEnumerable<long> IdsOf(string stream, bool areGone = false) =>
        RowsOf(stream).Select(static row => JsonElement.Parse(row))
            .Where(row => row.TryGetProperty("_ab_cdc_deleted_at", out var deleted) && deleted.ValueKind == JsonValueKind.String == areGone)
            .Select(static row => row.GetProperty("_kintone_id").GetInt64()).Distinct().Order();
}
