using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator.Query;

namespace KintoneSimulator;

/// <summary>
/// Saves records as requests ask for it: defaults, required and unique fields, look-ups, calculations, revisions, the caller's rights. Errors
/// of values are collected and thrown by <see cref="Finish"/>, so that an answer names all of them; what was saved before is undone then.
/// </summary>
sealed class RecordWriter(ApiCall call, App app)
{
    static readonly string[] s_notByHand = ["RECORD_NUMBER", "CALC", "STATUS", "STATUS_ASSIGNEE", "CATEGORY", "GROUP", "REFERENCE_TABLE", "LABEL", "SPACER",
        "HR"];

    readonly InputErrors _errors = new();
    readonly Dictionary<int, Dictionary<string, long>> _unique = [];

    bool Manages => call.Identity.RightsOn(app).HasFlag(AppRights.Manage);

    /// <exception cref="ApiException">CB_VA01 with everything that was wrong.</exception>
    public void Finish() => _errors.ThrowIfAny();

    /// <summary>A new record, of these values and the form's defaults.</summary>
    public (long Id, long Revision) Add(JsonObject? record, string path)
    {
        record ??= [];
        CheckCodes(record, path);
        var reader = new ValueReader(call, app, _errors, static _ => false);
        var values = new JsonObject();
        foreach (var field in app.Form.Fields.Where(static field => field.Type is not null && !s_notByHand.Contains(field.TypeName)))
        {
            var at = $"{path}.{field.Code}";
            if (IsSystem(field))
                AddSystem(field, record, reader, values, at);
            else if (field.TypeName == "SUBTABLE")
                values[field.Code] = Rows(field, Given(record, field, at), reader, at, old: null);
            else
                values[field.Code] = reader.Read(field, record.ContainsKey(field.Code) ? Given(record, field, at) : Default(field), at);
        }
        if (_errors.Any)
            return (0, 0);
        LookupCopy.Apply(call, app, values);
        CheckUnique(values, null, path);
        Calculate(values, null);
        if (app.Form.States.Count > 0 && app.Form.OfType(FieldType.Status) is { } status)
            values[status.Code] = app.Form.States[0];
        var id = app.Add(values, creator: values[Code(FieldType.Creator)] is null ? call.Actor : null);
        Remember(values, id);
        return (id, 1);
    }

    /// <summary>Changes a record.</summary>
    public (long Id, long Revision) Update(long id, JsonObject? record, long? revision, string path)
    {
        var old = Editable(id, revision);
        record ??= [];
        CheckCodes(record, path);
        var reader = new ValueReader(call, app, _errors, key => app.OwnerOf(key) == id);
        var values = new JsonObject();
        foreach (var field in app.Form.Fields.Where(field => record.ContainsKey(field.Code) && field.Type is not null && !s_notByHand.Contains(field.TypeName)
            && !IsSystem(field)))
        {
            var at = $"{path}.{field.Code}";
            CheckAccess(field);
            values[field.Code] = field.TypeName == "SUBTABLE"
                ? Rows(field, Given(record, field, at), reader, at, old.Cells.GetValueOrDefault(field.Uid).Rows)
                : reader.Read(field, Given(record, field, at), at);
        }
        if (_errors.Any)
            return (id, 0);
        LookupCopy.Apply(call, app, values);
        CheckUnique(values, id, path);
        Calculate(values, id);
        app.Edit(id, values, call.Actor);
        Remember(values, id);
        return (id, old.Revision + 1);
    }

    /// <summary>A record that this caller may edit, at the revision that the caller saw.</summary>
    public StoredRecord Editable(long id, long? revision)
    {
        var record = Existing(id, AppRights.Edit);
        return revision is null || revision == record.Revision ? record : throw Conflict();
    }

    public void Delete(long id, long? revision)
    {
        var record = Existing(id, AppRights.Delete);
        if (revision is not null && revision != record.Revision)
            throw Conflict();
        app.Delete(id);
    }

    /// <summary>The record whose unique field has a value; null when none has.</summary>
    public long? Find(JsonObject key)
    {
        var code = (string?)key["field"] ?? throw ApiException.Required("updateKey.field");
        var value = key["value"]?.ToString() ?? throw ApiException.Required("updateKey.value");
        var field = app.Form.Field(code) ?? throw new ApiException(400, "GAIA_IQ11", $"Specified field ({code}) not found.", $"指定されたフィールド（{code}）が見つかりません。");
        if (field.Type == FieldType.RecordNumber)
            return long.TryParse(value.Split('-')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && app.Records.Holds(number) ? number
                : null;
        if (!IsUnique(field))
            throw ApiException.Invalid("updateKey.field", "The field must prohibit duplicate values.", "重複禁止のフィールドを指定してください。");
        return ValuesOf(field).TryGetValue(value, out var id) && app.Records.Holds(id) ? id : null;
    }

    StoredRecord Existing(long id, AppRights needed)
    {
        var record = app.Records.Find(id) ?? throw ApiException.NoRecord(AppEndpoints.Text(id));
        if (call.RecordFilter(app)?.Invoke(id) == false)
            throw ApiException.NoPrivilege();
        if (call.Identity.User is { } user && app.RecordPermission(user, call.QueryContext) is { } permission && !permission(id).HasFlag(needed))
            throw ApiException.NoPrivilege();
        return record;
    }

    static ApiException Conflict() => new(409, "GAIA_CO02", "The revision is not the latest. Someone may update a record.",
        "指定したリビジョンは最新ではありません。ほかの人がレコードを更新した可能性があります。");

    void CheckCodes(JsonObject record, string path)
    {
        if (!call.Options.UnknownFieldsInRecordsAreErrors)
            return;
        foreach (var (code, _) in record)
            if (!code.StartsWith('$') && app.Form.Field(code) is null)
                _errors.Add($"{path}.{code}", "The field is not found.", "フィールドが見つかりません。");
    }

    void CheckAccess(Field field)
    {
        if (app.AccessTo(field, call.Identity.UserCode) != FieldAccess.Write)
            throw ApiException.NoPrivilege();
    }

    JsonNode? Given(JsonObject record, Field field, string path)
    {
        if (record[field.Code] is not { } given)
            return null;
        return given is JsonObject wrapped ? wrapped["value"] : _errors.Add(path, "must be an object", "オブジェクトで指定してください。");
    }

    /// <summary>Only who may manage the app may say who made a record and when, and not in the future (official docs).</summary>
    void AddSystem(Field field, JsonObject record, ValueReader reader, JsonObject values, string path)
    {
        if (!record.ContainsKey(field.Code))
            return;
        if (!Manages)
            throw ApiException.NoPrivilege();
        var given = Given(record, field, path);
        if (field.Type is FieldType.Creator or FieldType.Modifier)
        {
            var code = (string?)(given as JsonObject)?["code"] ?? throw ApiException.Required($"{path}.value.code");
            values[field.Code] = AppEndpoints.Person(call.Domain.User(code)?.Entity
                ?? throw new ApiException(400, "GAIA_IL26", $"The user ({code}) is not found.", $"指定したユーザー（{code}）が見つかりません。"));
        }
        else if (reader.Instant(given, path) is { } time)
        {
            if (time > call.Now)
                _errors.Add($"{path}.value", "A time in the future cannot be specified.", "未来の日時は指定できません。");
            values[field.Code] = ValueReader.Wire(time);
        }
    }

    /// <summary>The rows of a table: those that come with the id of a row keep what the request does not name.</summary>
    JsonArray Rows(Field table, JsonNode? given, ValueReader reader, string path, IReadOnlyList<TableRow>? old)
    {
        if (given is null)
            return [];
        if (given is not JsonArray rows)
        {
            _errors.Add($"{path}.value", "must be an array", "配列で指定してください。");
            return [];
        }
        return new JsonArray([.. rows.Select((row, index) =>
        {
            var values = (row as JsonObject)?["value"] as JsonObject ?? [];
            var known = long.TryParse((row as JsonObject)?["id"]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? old?.FirstOrDefault(one => one.Id == id) : null;
            var kept = new JsonObject();
            foreach (var field in table.Fields.Where(static field => !s_notByHand.Contains(field.TypeName)))
            {
                var at = $"{path}.value[{index}].value.{field.Code}";
                kept[field.Code] = values.ContainsKey(field.Code) ? reader.Read(field, Given(values, field, at), at)
                    : known is not null && known.Cells.TryGetValue(field.Uid, out var cell) ? JsonNode.Parse(cell.Value.GetRawText())
                    : reader.Read(field, Default(field), at);
            }
            var saved = new JsonObject { ["value"] = kept };
            if (known is not null)
                saved["id"] = AppEndpoints.Text(known.Id);
            return (JsonNode)saved;
        })]);
    }

    JsonNode? Default(Field field)
    {
        if (field.Properties["defaultNowValue"] is JsonValue isNow && isNow.GetValue<bool>())
            return call.Now.UtcDateTime.ToString(field.TypeName switch { "DATE" => "yyyy-MM-dd", "TIME" => "HH:mm", _ => "yyyy-MM-ddTHH:mm:00Z" },
                CultureInfo.InvariantCulture);
        var value = field.Properties["defaultValue"];
        return field.TypeName switch
        {
            "USER_SELECT" or "ORGANIZATION_SELECT" or "GROUP_SELECT" => new JsonArray([.. (value as JsonArray ?? []).OfType<JsonObject>()
                .Select(entity => (string?)entity["type"] == "FUNCTION" ? call.Actor.Code : (string?)entity["code"]).OfType<string>()
                .Select(static code => new JsonObject { ["code"] = code })]),
            // A radio button always has one of its choices.
            "RADIO_BUTTON" when ValueReader.IsEmpty(value) => (field.Properties["options"] as JsonObject ?? [])
                .OrderBy(static option => int.Parse(option.Value?["index"]?.ToString() ?? "0", CultureInfo.InvariantCulture))
                .Select(static option => (JsonNode?)option.Key).FirstOrDefault(),
            _ => value?.DeepClone(),
        };
    }

    void CheckUnique(JsonObject values, long? id, string path)
    {
        foreach (var field in app.Form.Fields.Where(field => IsUnique(field) && !ValueReader.IsEmpty(values[field.Code])))
            if (ValuesOf(field).TryGetValue(values[field.Code]!.ToString(), out var other) && other != id && app.Records.Holds(other))
                _errors.Add($"{path}.{field.Code}.value", "This value already exists in another record.", "値がほかのレコードと重複しています。");
    }

    void Remember(JsonObject values, long id)
    {
        foreach (var (uid, known) in _unique)
            if (values[app.Form.Fields.First(field => field.Uid == uid).Code] is { } value)
                known[value.ToString()] = id;
    }

    Dictionary<string, long> ValuesOf(Field field)
    {
        if (_unique.TryGetValue(field.Uid, out var known))
            return known;
        var values = new Dictionary<string, long>();
        app.Records.Visit(_ => Verdict.All, _ => true, false, id =>
        {
            if (app.Records.Value(id, field, app.Form) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text)
                values.TryAdd(text, id);
            return true;
        });
        return _unique[field.Uid] = values;
    }

    /// <summary>Fills in the CALC fields, those of rows first.</summary>
    void Calculate(JsonObject values, long? id)
    {
        var form = app.Form;
        if (!form.Fields.Any(static field => field.TypeName == "CALC" || field.Fields.Any(static inner => inner.TypeName == "CALC")))
            return;
        foreach (var table in form.Fields.Where(table => table.TypeName == "SUBTABLE" && values[table.Code] is JsonArray))
            foreach (var row in values[table.Code]!.AsArray())
                Fill(table.Fields, (JsonObject)row!["value"]!, code => Numbers(row["value"]![code]) ?? Numbers(Current(code)));
        Fill(form.Fields, values, code => form.Find(code)?.Table is { } table
            ? [.. (Current(table.Code) as JsonArray ?? []).SelectMany(row => Numbers(row!["value"]?[code]) ?? [0])]
            : Numbers(Current(code)));

        JsonNode? Current(string code) => values.ContainsKey(code) ? values[code]
            : id is { } number && form.Field(code) is { } field ? Json(field, number) : null;

        JsonNode? Json(Field field, long number) => field.TypeName == "SUBTABLE"
            ? new JsonArray([.. (app.Records.Cell(number, field).Rows ?? []).Select(row => new JsonObject
            {
                ["value"] = new JsonObject(field.Fields.Select(inner =>
                    KeyValuePair.Create(inner.Code, row.Cells.TryGetValue(inner.Uid, out var cell) ? JsonNode.Parse(cell.Value.GetRawText()) : null))),
            })])
            : JsonNode.Parse(app.Records.Value(number, field, form).GetRawText());

        static void Fill(IReadOnlyList<Field> fields, JsonObject values, Func<string, IReadOnlyList<decimal>?> numbers)
        {
            foreach (var field in fields.Where(static field => field.TypeName == "CALC"))
                values[field.Code] = CalcExpression.Evaluate((string?)field.Properties["expression"] ?? "", numbers) is { } result
                    && (string?)field.Properties["format"] is "NUMBER" or "NUMBER_DIGIT" ? result : "";
        }
    }

    static IReadOnlyList<decimal>? Numbers(JsonNode? value) => value is JsonArray ? null
        : ValueReader.IsEmpty(value) ? [0]
        : decimal.TryParse(value!.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? [number] : null;

    string Code(FieldType type) => app.Form.OfType(type)?.Code ?? "";

    static bool IsUnique(Field field) => field.Properties["unique"] is JsonValue value && value.GetValue<bool>();

    static bool IsSystem(Field field) => field.Type is FieldType.Creator or FieldType.Modifier or FieldType.CreatedTime or FieldType.UpdatedTime;
}
