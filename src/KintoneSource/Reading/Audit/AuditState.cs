using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;
using KintoneSource.Reading.States;

namespace KintoneSource.Reading.Audit;

/// <summary>The <c>stream_state</c> of <c>sync_audit</c>: whose rows need not come again today (docs/state.md).</summary>
/// <param name="Cursor">When the last stream ended that has a row; null for no row so far.</param>
/// <param name="IdleRowsOn">The last day, in UTC, on which every idle stream has got a row.</param>
/// <param name="Selection">A hash of the streams that had one then: another selection may have streams of which nothing was said.</param>
/// <param name="SyncedAt">The greatest time that stands so in the states of the streams which it tells of.</param>
/// <param name="Unsettled">Streams whose last row leaves open what must be there, as the next one will not.</param>
sealed record AuditState(DateTimeOffset? Cursor, DateOnly? IdleRowsOn, string? Selection, DateTimeOffset? SyncedAt, IReadOnlyCollection<string> Unsettled)
{
    const string CursorMember = "cursor", DayMember = "idle_rows_on", SelectionMember = "selection", SyncedMember = "synced_at", UnsettledMember = "unsettled";

    public static AuditState Empty { get; } = new(null, null, null, null, []);

    /// <exception cref="ConfigurationException">It is not a state that this version can read.</exception>
    public static AuditState Parse(JsonElement json)
    {
        var reader = new StateReader(ResourceStreams.SyncAudit.Name);
        return json.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.Undefined => Empty,
            JsonValueKind.Object => new(
                reader.Time(json, CursorMember), reader.Day(json, DayMember), reader.String(json, SelectionMember),
                reader.Time(json, SyncedMember),
                reader.Strings(json, UnsettledMember).ToHashSet(StringComparer.Ordinal)),
            _ => throw reader.Unreadable("it is not a JSON object"),
        };
    }

    /// <summary>As it goes on for a sync of these streams.</summary>
    /// <param name="selection">As <see cref="SelectionOf"/> says.</param>
    public AuditState For(string selection) => Selection == selection ? this : this with { IdleRowsOn = null };

    public static string SelectionOf(IEnumerable<string> streams) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', streams.Order(StringComparer.Ordinal)))).AsSpan(0, 8));

    /// <summary>
    /// A stream in which nothing has changed is to have a row: in the first sync of a day or of a selection, behind a row that left something open, and
    /// behind a sync that was killed before it wrote its rows.
    /// </summary>
    /// <param name="syncedAt">As the stream's state says.</param>
    public bool WantsIdle(string stream, DateTimeOffset now, DateTimeOffset? syncedAt) =>
        !(IdleRowsOn >= RequestUse.DayOf(now)) || Unsettled.Contains(stream) || syncedAt > SyncedAt;

    public RawJson ToJson() => RawJson.From(json =>
    {
        json.WriteStartObject();
        json.WriteString("cursor_field", ResourceStreams.SyncAudit.CursorField);
        if (Cursor is { } cursor) json.WriteString(CursorMember, WireTime.Text(cursor));
        if (IdleRowsOn is { } day) json.WriteString(DayMember, day.ToString("O", CultureInfo.InvariantCulture));
        if (Selection is { } selection) json.WriteString(SelectionMember, selection);
        if (SyncedAt is { } synced) json.WriteString(SyncedMember, WireTime.Text(synced));
        if (Unsettled.Count > 0)
        {
            json.WriteStartArray(UnsettledMember);
            foreach (var stream in Unsettled.Order(StringComparer.Ordinal)) json.WriteStringValue(stream);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    });
}
