using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using KintoneSource.Kintone;
using KintoneSource.Protocol;

namespace KintoneSource.Reading;

/// <summary>
/// The <c>stream_state</c> of a records stream: what has been delivered, said as what is left to read. Property names
/// and formats are contracts (docs/state.md): a state outlives the version that wrote it.
/// </summary>
/// <param name="Cursor">Incremental: everything updated before it has been delivered.</param>
/// <param name="MaxId">The greatest record id when the last scan started.</param>
/// <param name="SyncedAt">Kintone's clock when the sync that wrote this started.</param>
/// <param name="Scan">Only while a scan is under way.</param>
/// <param name="KnownIds">Ids delivered and not deleted since, in the id set's encoding.</param>
/// <param name="GenerationId">The generation of a full refresh: it resumes only within the same.</param>
/// <param name="Condition">Hash of what was read: the filter and the start date.</param>
sealed record RecordsState(
    bool IsIncremental,
    DateTimeOffset? Cursor,
    long? MaxId,
    DateTimeOffset? SyncedAt,
    ScanState? Scan,
    string? KnownIds,
    long? GenerationId,
    string? Condition)
{
    /// <summary>Written only by a version whose states this one can't read.</summary>
    const int Version = 1;

    const string CursorField = Catalog.Column.UpdatedAt;

    public RawJson ToJson() => RawJson.From(json =>
    {
        json.WriteStartObject();
        if (IsIncremental) json.WriteString("cursor_field", CursorField);
        if (Cursor is { } cursor) json.WriteString("cursor", Text(cursor));
        if (MaxId is { } maxId) json.WriteNumber("max_id", maxId);
        if (SyncedAt is { } syncedAt) json.WriteString("synced_at", Text(syncedAt));
        if (Scan is { } scan)
        {
            json.WriteStartObject("scan");
            if (scan.Since is { } since) json.WriteString("since", Text(since));
            if (scan.MaxIdBefore is { } before) json.WriteNumber("max_id_before", before);
            json.WriteString("started", Text(scan.Started));
            json.WriteStartArray("ranges");
            foreach (var range in scan.Ranges)
            {
                json.WriteStartArray();
                json.WriteNumberValue(range.After);
                json.WriteNumberValue(range.UpTo);
                json.WriteEndArray();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        if (KnownIds is { } ids) json.WriteString("known_ids", ids);
        if (GenerationId is { } generation) json.WriteNumber("generation_id", generation);
        if (Condition is { } condition) json.WriteString("condition", condition);
        json.WriteEndObject();
    });

    /// <summary>Null where there is nothing to resume from: <c>{}</c> or null.</summary>
    /// <exception cref="ConfigurationException">It is not a state that this version can read.</exception>
    public static RecordsState? Parse(string stream, JsonElement json)
    {
        if (json.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined) return null;
        var reader = new StateReader(stream);
        if (json.ValueKind != JsonValueKind.Object) throw reader.Unreadable("it is not a JSON object");
        if (!json.EnumerateObject().Any()) return null;
        if (reader.Long(json, "version") is > Version)
            throw reader.Unreadable("a newer version of this connector wrote it: use that version again");
        return new(
            reader.String(json, "cursor_field") is not null,
            reader.Time(json, "cursor"),
            reader.Long(json, "max_id"),
            reader.Time(json, "synced_at"),
            reader.Scan(json),
            reader.String(json, "known_ids"),
            reader.Long(json, "generation_id"),
            reader.String(json, "condition"));
    }

    static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <param name="Since">Reads what was updated at or after this; null reads everything.</param>
/// <param name="MaxIdBefore">Reads what has a greater id, too.</param>
/// <param name="Started">Kintone's clock when the scan started: the next cursor follows from it.</param>
/// <param name="Ranges">What is left of it, in id order.</param>
sealed record ScanState(DateTimeOffset? Since, long? MaxIdBefore, DateTimeOffset Started, ImmutableArray<IdRange> Ranges);

/// <summary>Reads a state's properties; what has the wrong shape is never skipped, because that would silently restart.</summary>
readonly struct StateReader(string stream)
{
    public ConfigurationException Unreadable(string why) =>
        new($"The saved state of stream {stream} can't be used: {why}. To start afresh, reset this stream (clear its data) and sync again; nothing in Kintone is affected.");

    public string? String(JsonElement json, string name) => Property(json, name) switch
    {
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } => throw Unreadable($"\"{name}\" is not a string"),
        null => null,
    };

    public long? Long(JsonElement json, string name) => Property(json, name) switch
    {
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out var number) && number >= 0 => number,
        { } => throw Unreadable($"\"{name}\" is not a whole number"),
        null => null,
    };

    public DateTimeOffset? Time(JsonElement json, string name) => String(json, name) switch
    {
        { } text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time.ToUniversalTime(),
        { } => throw Unreadable($"\"{name}\" is not a date and time"),
        null => null,
    };

    public ScanState? Scan(JsonElement json)
    {
        if (Property(json, "scan") is not { } scan) return null;
        if (scan.ValueKind != JsonValueKind.Object) throw Unreadable("\"scan\" is not an object");
        return new(Time(scan, "since"), Long(scan, "max_id_before"), Time(scan, "started") ?? throw Unreadable("\"scan\" has no \"started\""), Ranges(scan));
    }

    ImmutableArray<IdRange> Ranges(JsonElement scan)
    {
        if (Property(scan, "ranges") is not { ValueKind: JsonValueKind.Array } ranges) throw Unreadable("\"ranges\" is not a list");
        List<IdRange> result = [];
        foreach (var range in ranges.EnumerateArray())
        {
            if (range.ValueKind != JsonValueKind.Array || range.GetArrayLength() != 2
                || range[0].ValueKind != JsonValueKind.Number || range[1].ValueKind != JsonValueKind.Number
                || !range[0].TryGetInt64(out var after) || !range[1].TryGetInt64(out var upTo) || after < 0 || upTo < after)
                throw Unreadable("\"ranges\" holds something else than pairs of ids");
            result.Add(new(after, upTo));
        }
        result.Sort(static (a, b) => a.After.CompareTo(b.After));
        for (var i = 1; i < result.Count; i++)
            if (result[i].After < result[i - 1].UpTo) throw Unreadable("\"ranges\" overlap");
        return [.. result];
    }

    static JsonElement? Property(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
