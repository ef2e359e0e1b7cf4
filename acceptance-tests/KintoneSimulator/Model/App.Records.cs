using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator.Query;

namespace KintoneSimulator;

/// <summary>Changes of records and comments.</summary>
public sealed partial class App
{
    readonly Dictionary<long, List<Comment>> _comments = [];
    readonly Dictionary<string, long> _fileOwners = [];

    /// <summary>
    /// Saves a new record. Values are by field code, bare or as in the API (<c>{"value": …}</c>); those of CREATOR, MODIFIER, CREATED_TIME and
    /// UPDATED_TIME count too. Times may lie in the past, as an administrator of an app may choose them (official docs); they lose their seconds.
    /// </summary>
    /// <param name="id">An id that was never used; the next one when null.</param>
    public long Add(JsonObject? values = null, DateTimeOffset? createdTime = null, DateTimeOffset? updatedTime = null, Entity? creator = null,
        long? id = null) =>
        Domain.Change(() =>
        {
            var given = values ?? [];
            var created = createdTime ?? Time(given, FieldType.CreatedTime) ?? Domain.Now;
            var updated = updatedTime ?? Time(given, FieldType.UpdatedTime) ?? createdTime ?? Domain.Now;
            var by = creator ?? Person(given, FieldType.Creator) ?? Domain.Users.FirstOrDefault()?.Entity ?? Domain.TokenUser;
            var number = id ?? Records.LastId + 1;
            if (Records.Holds(number))
                throw new ArgumentException($"App {Id} already has a record {number}.", nameof(id));
            Records.Save(new(number, 1, by, Person(given, FieldType.Modifier) ?? by, WholeMinutes.Floor(created), WholeMinutes.Floor(updated),
                Cells(number, given, new Dictionary<int, Cell>())));
            return number;
        });

    /// <summary>Changes some values of a record; its update time becomes the present minute and its revision one more.</summary>
    public void Edit(long id, JsonObject values, Entity? modifier = null, DateTimeOffset? updatedTime = null) => Domain.Change(() =>
    {
        var old = Records.Find(id) ?? throw new ArgumentException($"App {Id} has no record {id}.", nameof(id));
        Records.Save(old with
        {
            Revision = old.Revision + 1,
            Modifier = modifier ?? old.Modifier,
            Updated = WholeMinutes.Floor(updatedTime ?? Domain.Now),
            Cells = Cells(id, values, new(old.Cells)),
            Rendered = null,
        });
        return true;
    });

    public bool Delete(long id) => Domain.Change(() =>
    {
        _comments.Remove(id);
        return Records.Remove(id);
    });

    /// <summary>Deletes many at once.</summary>
    public void Delete(IEnumerable<long> ids) => Domain.Change(() => ids.Count(Delete));

    public Comment AddComment(long record, string text, Entity? creator = null, params IReadOnlyList<(string Code, string Type)> mentions) =>
        Domain.Change(() =>
    {
        if (!_comments.TryGetValue(record, out var comments))
            _comments[record] = comments = [];
        // Comment ids count up within the record. The text comes back with a blank at its end (measured by a third party).
        var comment = new Comment((comments.Count == 0 ? 0 : comments[^1].Id) + 1, $"{text} ", WholeSeconds(Domain.Now), creator ?? Domain.TokenUser,
            mentions);
        comments.Add(comment);
        return comment;
    });

    public bool DeleteComment(long record, long id) =>
        Domain.Change(() => _comments.TryGetValue(record, out var comments) && comments.RemoveAll(comment => comment.Id == id) > 0);

    public IReadOnlyList<Comment> Comments(long record) => _comments.GetValueOrDefault(record) ?? [];

    /// <summary>Moves a record's update time to the present minute and nothing else.</summary>
    public void TouchRecord(long id) => Domain.Change(() =>
    {
        if (Records.Find(id) is { } record)
            Records.Save(record with { Updated = WholeMinutes.Floor(Domain.Now), Rendered = null });
        return true;
    });

    /// <summary>The record that shows a file, or null when no record does any more.</summary>
    public long? OwnerOf(string fileKey) => _fileOwners.TryGetValue(fileKey, out var id) && Records.Find(id) is { } record
        && record.Cells.Values.Any(cell => Mentions(cell, fileKey)) ? id : null;

    static bool Mentions(Cell cell, string fileKey) => cell.Rows is { } rows
        ? rows.Any(row => row.Cells.Values.Any(inner => Mentions(inner, fileKey)))
        : FileKeys(cell.Value).Contains(fileKey);

    static IEnumerable<string> FileKeys(JsonElement value) => value.ValueKind != JsonValueKind.Array ? [] : value.EnumerateArray()
        .Where(member => member.ValueKind == JsonValueKind.Object && member.TryGetProperty("fileKey", out _))
        .Select(member => member.GetProperty("fileKey").GetString()!);

    Dictionary<int, Cell> Cells(long record, JsonObject values, Dictionary<int, Cell> cells)
    {
        foreach (var (code, node) in values)
        {
            if (code is "$id" or "$revision")
                continue;
            var field = Form.Field(code) ?? throw new ArgumentException($"App {Id} has no field {code}.", nameof(values));
            if (field.Type is FieldType.RecordNumber or FieldType.Creator or FieldType.Modifier or FieldType.CreatedTime or FieldType.UpdatedTime)
                continue;
            cells[field.Uid] = Own(record, CellReader.Read(field, Json.Element(node), Domain.RowId));
        }
        return cells;
    }

    Cell Own(long record, Cell cell)
    {
        foreach (var key in FileKeys(cell.Value))
            _fileOwners[key] = record;
        foreach (var inner in (cell.Rows ?? []).SelectMany(row => row.Cells.Values))
            Own(record, inner);
        return cell;
    }

    DateTimeOffset? Time(JsonObject values, FieldType type) =>
        Given(values, type) is JsonValue value ? DateTimeOffset.Parse((string)value!, System.Globalization.CultureInfo.InvariantCulture) : null;

    Entity? Person(JsonObject values, FieldType type) =>
        Given(values, type) is JsonObject person ? new((string)person["code"]!, (string?)person["name"] ?? (string)person["code"]!) : null;

    JsonNode? Given(JsonObject values, FieldType type) => Form.OfType(type) is not { } field || values[field.Code] is not { } node ? null
        : node is JsonObject wrapped && wrapped.TryGetPropertyValue("value", out var inner) ? inner : node;

    static DateTimeOffset WholeSeconds(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}
