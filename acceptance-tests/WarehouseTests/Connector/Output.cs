using System.Text.Json;

namespace WarehouseTests;

/// <param name="Data">The record itself.</param>
/// <param name="Changed">Columns that <c>meta.changes</c> says were nulled.</param>
sealed record RecordMessage(string Stream, JsonElement Data, long EmittedAt, IReadOnlySet<string> Changed)
{
    public long Id => Data.GetProperty("_kintone_id").GetInt64();

    public bool IsTombstone => Data.TryGetProperty("_ab_cdc_deleted_at", out var deleted) && deleted.ValueKind != JsonValueKind.Null;
}

/// <summary>What the platform got of one attempt: whole lines only, in their order.</summary>
/// <param name="IsKilled">The connector was killed before it ended, or something threw in the middle of what it did.</param>
sealed record Output(IReadOnlyList<JsonElement> Messages, long Bytes, int ExitCode, bool IsKilled)
{
    public static Output Parse(ReadOnlyMemory<byte> utf8, int exitCode, bool isKilled)
    {
        List<JsonElement> messages = [];
        var bytes = utf8.Length;
        while (utf8.Span.IndexOf((byte)'\n') is var end and >= 0)
        {
            var reader = new Utf8JsonReader(utf8.Span[..end]);
            messages.Add(JsonElement.ParseValue(ref reader));
            utf8 = utf8[(end + 1)..];
        }
        return new(messages, bytes, exitCode, isKilled);
    }

    public bool Succeeded => ExitCode == 0 && !IsKilled;

    public IEnumerable<RecordMessage> Records(string stream) =>
        Messages.Where(m => TypeOf(m) == "RECORD" && m.GetProperty("record").GetProperty("stream").GetString() == stream)
            .Select(static m => ToRecord(m.GetProperty("record")));

    public IEnumerable<long> DeletedIds(string stream) => Records(stream).Where(static r => r.IsTombstone).Select(static r => r.Id);

    public IEnumerable<long> DeliveredIds(string stream) => Records(stream).Where(static r => !r.IsTombstone).Select(static r => r.Id);

    /// <summary>The last whole STATE message of a stream, as the platform keeps it.</summary>
    public JsonElement? LastState(string stream) => Messages.Where(m => IsStateOf(m, stream)).Select(static m => (JsonElement?)m.GetProperty("state"))
        .LastOrDefault();

    /// <summary>Records of a stream up to its last STATE: what every destination has kept.</summary>
    public int RecordsBeforeLastState(string stream)
    {
        var (records, committed) = (0, 0);
        foreach (var message in Messages)
        {
            if (TypeOf(message) == "RECORD" && message.GetProperty("record").GetProperty("stream").GetString() == stream) records++;
            else if (IsStateOf(message, stream)) committed = records;
        }
        return committed;
    }

    public IEnumerable<JsonElement> Errors => Messages
        .Where(static m => TypeOf(m) == "TRACE" && m.GetProperty("trace").GetProperty("type").GetString() == "ERROR")
        .Select(static m => m.GetProperty("trace").GetProperty("error"));

    public IEnumerable<string> Logs(string level) => Messages
        .Where(m => TypeOf(m) == "LOG" && m.GetProperty("log").GetProperty("level").GetString() == level)
        .Select(static m => m.GetProperty("log").GetProperty("message").GetString()!);

    public bool IsComplete(string stream) => Messages.Any(m => TypeOf(m) == "TRACE"
        && m.GetProperty("trace").TryGetProperty("stream_status", out var status)
        && status.GetProperty("stream_descriptor").GetProperty("name").GetString() == stream
        && status.GetProperty("status").GetString() == "COMPLETE");

    static bool IsStateOf(JsonElement message, string stream) => TypeOf(message) == "STATE"
        && message.GetProperty("state").GetProperty("stream").GetProperty("stream_descriptor").GetProperty("name").GetString() == stream;

    static string TypeOf(JsonElement message) => message.GetProperty("type").GetString()!;

    static RecordMessage ToRecord(JsonElement record)
    {
        IReadOnlySet<string> changed = record.TryGetProperty("meta", out var meta)
            ? meta.GetProperty("changes").EnumerateArray().Select(static c => c.GetProperty("field").GetString()!).ToHashSet()
            : new HashSet<string>();
        return new(record.GetProperty("stream").GetString()!, record.GetProperty("data"), record.GetProperty("emitted_at").GetInt64(), changed);
    }
}
