using System.Globalization;
using System.Text.Json;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.States;

/// <summary>
/// What no state has that this connector wrote, whatever its version: read as it stands, it would start the stream anew without a word, or
/// miss records. Members that are merely unknown are left alone: a newer version may have written them, and says
/// with <c>version</c> where that matters.
/// </summary>
static class StateChecks
{
    /// <summary>A scan has a range per worker, and there are at most 50 of those.</summary>
    public const int MostRanges = 1_000;

    static readonly string[] s_members =
    [
        "version", "cursor_field", "cursor", "max_id", "synced_at", "scan", "full_read_at", "newest_update", "updated_time_field", "form",
        "known_ids", "known_rows", "fetched_files", "file_limits", "columns", "unseen_ids", "returned_ids",
        "settled", "count_off", "count_off_once", "tombstones", "empty_since", "requests", "generation_id", "condition",
    ];

    static readonly string[] s_scanMembers = ["since", "max_id_before", "started", "ranges"];

    /// <param name="json">The object that <paramref name="state"/> was read from.</param>
    /// <exception cref="ConfigurationException">Says what is missing, or what contradicts what.</exception>
    public static void Ensure(StateReader reader, JsonElement json, RecordsState state)
    {
        Spelling(reader, json, s_members);
        if (state.MaxId is not { } maxId) throw reader.Unreadable("it has no \"max_id\"");
        if (json.TryGetProperty("cursor_field", out var field) && field.ValueKind == JsonValueKind.String && field.GetString() != Catalog.Column.UpdatedAt)
            throw reader.Unreadable($"its \"cursor_field\" is not {Catalog.Column.UpdatedAt}");
        if (state is { IsIncremental: true, Cursor: null, Scan: null }) throw reader.Unreadable("it has neither a \"cursor\" nor a \"scan\"");
        if (!state.IsIncremental && (state.Cursor is not null || state.KnownIds is not null || state.Scan?.Since is not null))
            throw reader.Unreadable("it is of an incremental sync, and has no \"cursor_field\"");
        if (state.Scan is not { } scan) return;
        Spelling(reader, json.GetProperty("scan"), s_scanMembers);
        if (scan.Since is null != scan.MaxIdBefore is null)
            throw reader.Unreadable($"its \"scan\" has no \"{(scan.Since is null ? "since" : "max_id_before")}\"");
        if (scan.Ranges is [.., var last] && last.UpTo > maxId)
            throw reader.Unreadable(string.Create(CultureInfo.InvariantCulture, $"\"ranges\" go up to {last.UpTo}, beyond its \"max_id\" {maxId}"));
    }

    /// <summary>The member of a stream's state that this is, or was probably meant to be.</summary>
    public static string? MemberLike(string name) => s_members.Contains(name) ? name : Misspelling.Nearest(name, s_members);

    static void Spelling(StateReader reader, JsonElement json, string[] members)
    {
        foreach (var property in json.EnumerateObject())
        {
            if (members.Contains(property.Name)) continue;
            if (members.FirstOrDefault(member => Misspelling.IsOf(property.Name, member) && !json.TryGetProperty(member, out _)) is { } meant)
                throw reader.Unreadable($"\"{property.Name}\" should probably be \"{meant}\"");
        }
    }
}
