using System.Collections.Immutable;
using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Forms;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Reading.States;

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
    /// <summary>When the last scan without a time condition started that was read to its end.</summary>
    public DateTimeOffset? FullReadAt { get; init; }

    /// <summary>What the form said of choices and statuses when the last such scan started.</summary>
    public FormMark? Form { get; init; }

    /// <summary>The greatest update time that was delivered: Kintone's clock was there.</summary>
    public DateTimeOffset? NewestUpdate { get; init; }

    /// <summary>What is left to search: known ids that a full re-read did not see, in the id set's encoding.</summary>
    public string? Suspects { get; init; }

    /// <summary>How many records Kintone counts more than it lists, as the last searches found.</summary>
    public CountDifference CountOff { get; init; }

    /// <summary>How many records were known when the last search for deleted ones came to its end.</summary>
    public long? Settled { get; init; }

    /// <summary>The newest tombstone, and the greatest id that ever got one.</summary>
    public TombstoneMark? Tombstones { get; init; }

    /// <summary>Ids that came back after their tombstone without being edited, in the id set's encoding.</summary>
    public string? Reappeared { get; init; }

    /// <summary>The code of the update time's field, so that a sync in which nothing changed need not ask for the form.</summary>
    public string? UpdatedTimeField { get; init; }

    /// <summary>How many requests the app got; null in states of versions that did not count.</summary>
    public RequestUse? Requests { get; init; }

    /// <summary>The rows of a table, or the numbers of files, that were delivered and not removed since.</summary>
    public string? KnownRows { get; init; }

    /// <summary>The files whose contents were delivered, as far as they are remembered.</summary>
    public string? FetchedFiles { get; init; }

    /// <summary>Which files' contents were wanted.</summary>
    public string? FileLimits { get; init; }

    /// <summary>Which fields its columns held, where nothing else says so.</summary>
    public RememberedColumns? Columns { get; init; }

    /// <summary>Since when syncs have seen no record at all of an app that had some, without knowing that they were deleted.</summary>
    public DateTimeOffset? EmptySince { get; init; }

    /// <summary>Streams whose sets of known ids differ by more than that go on apart, until each one's search has brought its own to what Kintone
    /// shows.</summary>
    const int MostDifferences = 1_000;

    /// <summary>Both are at the same place of the same scan, whatever each stream knows of its rows.</summary>
    public bool SameScanAs(RecordsState other)
    {
        return Text(this) == Text(other);

        // As text: lists compare by what is in them.
        static string Text(RecordsState state) => (state with { KnownRows = null, Columns = null, GenerationId = null, Requests = null }).ToJson().ToString();
    }

    /// <summary>One state stands for both: they have delivered the same records, but for a few that are looked at again.</summary>
    public bool CanBeMergedWith(RecordsState other) =>
        KnownIds is null == other.KnownIds is null && (KnownIds == other.KnownIds || IdSet.Decode(KnownIds!).Differences(IdSet.Decode(other.KnownIds!))
            .Take(MostDifferences + 1).Count() <= MostDifferences);

    /// <summary>
    /// One state to go on from for two streams, made beside their parts: of each member that both have, the one that promises less. What a stream knows of
    /// its own rows and files is not shared, and stays with it.
    /// </summary>
    public static RecordsState Merged(RecordsState a, RecordsState b) => new(
        a.IsIncremental, Least(a.Cursor, b.Cursor), a.MaxId is { } one && b.MaxId is { } other ? Math.Min(one, other) : null, Least(a.SyncedAt, b.SyncedAt),
        a.Scan,
        KnownIds: a.KnownIds is { } ids && b.KnownIds is { } otherIds ? IdSet.Union(ids, otherIds) : a.KnownIds ?? b.KnownIds, a.GenerationId, a.Condition)
    {
        FullReadAt = Least(a.FullReadAt, b.FullReadAt),
        Form = a.Form is { } form && b.Form is { } otherForm && !form.Differs(otherForm) ? form : null,
        NewestUpdate = b.NewestUpdate > a.NewestUpdate ? b.NewestUpdate : a.NewestUpdate ?? b.NewestUpdate,
        Suspects = SuspectsOf(a, b),
        // What only one of them has found is to be made sure of.
        CountOff = a.CountOff == b.CountOff ? a.CountOff : default,
        Settled = b.Settled > a.Settled ? b.Settled : a.Settled ?? b.Settled,
        // A record that came back under one of them carries the later time in both: not older than any tombstone.
        Tombstones = a.Tombstones is { } mark && b.Tombstones is { } otherMark ? TombstoneMark.Of(mark, otherMark.Newest, otherMark.MaxId) : a.Tombstones
            ?? b.Tombstones,
        Reappeared = Union(a.Reappeared, b.Reappeared),
        UpdatedTimeField = a.UpdatedTimeField,
        Requests = RequestUse.Latest([a.Requests, b.Requests]),
        FileLimits = a.FileLimits,
        // Patience counts from when both had seen nothing.
        EmptySince = b.EmptySince > a.EmptySince ? b.EmptySince : a.EmptySince is null || b.EmptySince is null ? null : a.EmptySince,
    };

    /// <summary>A record that only one of them has delivered, or knows to be gone, is listed by the next search, and delivered to both or buried for
    /// both.</summary>
    static string? SuspectsOf(RecordsState a, RecordsState b)
    {
        var unseen = Union(a.Suspects, b.Suspects);
        if (a.KnownIds == b.KnownIds) return unseen;
        var ids = unseen is null ? new() : IdSet.Decode(unseen);
        foreach (var id in IdSet.Decode(a.KnownIds!).Differences(IdSet.Decode(b.KnownIds!))) ids.Add(id);
        return ids.Count == 0 ? null : ids.Encode();
    }

    static string? Union(string? a, string? b) => a is not null && b is not null && a != b ? IdSet.Union(a, b) : a ?? b;

    static DateTimeOffset? Least(DateTimeOffset? a, DateTimeOffset? b) => b < a ? b : a ?? b;

    /// <summary>Written only by a version whose states this one can't read.</summary>
    const int Version = 1;

    const string CursorField = Column.UpdatedAt;

    public RawJson ToJson() => RawJson.From(json =>
    {
        json.WriteStartObject();
        if (IsIncremental) json.WriteString("cursor_field", CursorField);
        if (Cursor is { } cursor) json.WriteString("cursor", WireTime.Text(cursor));
        if (MaxId is { } maxId) json.WriteNumber("max_id", maxId);
        if (SyncedAt is { } syncedAt) json.WriteString("synced_at", WireTime.Text(syncedAt));
        if (Scan is { } scan) WriteScan(json, scan);
        if (UpdatedTimeField is { } updatedTime) json.WriteString("updated_time_field", updatedTime);
        if (FullReadAt is { } fullReadAt) json.WriteString("full_read_at", WireTime.Text(fullReadAt));
        if (NewestUpdate is { } newest) json.WriteString("newest_update", WireTime.Text(newest));
        if (Form is { } form) json.WriteString("form", form.ToString());
        if (KnownIds is { } ids) json.WriteString("known_ids", ids);
        if (KnownRows is { } rows) json.WriteString("known_rows", rows);
        if (FetchedFiles is { } files) json.WriteString("fetched_files", files);
        if (FileLimits is { } limits) json.WriteString("file_limits", limits);
        if (Columns is { } columns)
        {
            json.WritePropertyName("columns");
            columns.Write(json);
        }
        if (Suspects is { } unseen) json.WriteString("unseen_ids", unseen);
        if (Reappeared is { } returned) json.WriteString("returned_ids", returned);
        if (Settled is { } settled) json.WriteNumber("settled", settled);
        if (CountOff.Confirmed != 0) json.WriteNumber("count_off", CountOff.Confirmed);
        if (CountOff.Unconfirmed != 0) json.WriteNumber("count_off_once", CountOff.Unconfirmed);
        if (Tombstones is { } tombstones)
        {
            json.WriteStartObject("tombstones");
            json.WriteString("newest", WireTime.Text(tombstones.Newest));
            json.WriteNumber("max_id", tombstones.MaxId);
            json.WriteEndObject();
        }
        if (EmptySince is { } emptySince) json.WriteString("empty_since", WireTime.Text(emptySince));
        if (Requests is { } requests) WriteRequests(json, requests);
        if (GenerationId is { } generation) json.WriteNumber("generation_id", generation);
        if (Condition is { } condition) json.WriteString("condition", condition);
        json.WriteEndObject();
    });

    static void WriteRequests(Utf8JsonWriter json, RequestUse use)
    {
        json.WriteStartObject("requests");
        json.WriteString("day", use.Day.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
        json.WriteNumber("today", use.Today);
        if (use.Full is { } full) json.WriteNumber("full", full);
        if (use.Later is { } later) json.WriteNumber("later", later);
        json.WriteEndObject();
    }

    static void WriteScan(Utf8JsonWriter json, ScanState scan)
    {
        json.WriteStartObject("scan");
        if (scan.Since is { } since) json.WriteString("since", WireTime.Text(since));
        if (scan.MaxIdBefore is { } before) json.WriteNumber("max_id_before", before);
        json.WriteString("started", WireTime.Text(scan.Started));
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

    /// <summary>What a state says of columns, whatever else it says; null for nothing.</summary>
    public static RememberedColumns? ColumnsOf(JsonElement state) =>
        state.ValueKind == JsonValueKind.Object && state.TryGetProperty("columns", out var columns) ? RememberedColumns.Parse(columns) : null;

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
        var state = new RecordsState(
            reader.String(json, "cursor_field") is not null,
            reader.Time(json, "cursor"),
            reader.Long(json, "max_id"),
            reader.Time(json, "synced_at"),
            reader.Scan(json),
            reader.String(json, "known_ids"),
            reader.Long(json, "generation_id"),
            reader.String(json, "condition"))
        {
            UpdatedTimeField = reader.String(json, "updated_time_field"),
            KnownRows = reader.String(json, "known_rows"),
            FetchedFiles = reader.String(json, "fetched_files"),
            FileLimits = reader.String(json, "file_limits"),
            FullReadAt = reader.Time(json, "full_read_at"),
            NewestUpdate = reader.Time(json, "newest_update"),
            Form = reader.String(json, "form") is { } form ? FormMark.Parse(form) ?? throw reader.Unreadable("\"form\" is not a mark of a form") : null,
            Columns = reader.Columns(json),
            Suspects = reader.String(json, "unseen_ids"),
            Reappeared = reader.String(json, "returned_ids"),
            Settled = reader.Long(json, "settled"),
            CountOff = new(reader.Difference(json, "count_off") ?? 0, reader.Difference(json, "count_off_once") ?? 0),
            Tombstones = reader.Tombstones(json),
            EmptySince = reader.Time(json, "empty_since"),
            Requests = reader.Requests(json),
        };
        StateChecks.Ensure(reader, json, state);
        return state;
    }
}

/// <param name="Since">Reads what was updated at or after this; null reads everything.</param>
/// <param name="MaxIdBefore">Reads what has a greater id, too.</param>
/// <param name="Started">Kintone's clock when the scan started: the next cursor follows from it.</param>
/// <param name="Ranges">What is left of it, in id order.</param>
sealed record ScanState(DateTimeOffset? Since, long? MaxIdBefore, DateTimeOffset Started, ImmutableArray<IdRange> Ranges);

/// <param name="Newest">The <c>_kintone_updated_at</c> of the newest tombstone that was sent.</param>
/// <param name="MaxId">The greatest id that ever got one.</param>
readonly record struct TombstoneMark(DateTimeOffset Newest, long MaxId)
{
    public static TombstoneMark Of(TombstoneMark? before, DateTimeOffset at, long maxId) =>
        before is { } mark ? new(at > mark.Newest ? at : mark.Newest, Math.Max(maxId, mark.MaxId)) : new(at, maxId);
}
