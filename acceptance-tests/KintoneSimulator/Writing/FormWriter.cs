using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>Fields added, changed and removed in settings under way. A change keeps a field's identity, so its values stay.</summary>
sealed class FormWriter(AppDraft draft)
{
    static readonly HashSet<string> s_system =
        ["RECORD_NUMBER", "CREATOR", "CREATED_TIME", "MODIFIER", "UPDATED_TIME", "STATUS", "STATUS_ASSIGNEE", "CATEGORY"];

    static readonly HashSet<string> s_types =
    [
        "SINGLE_LINE_TEXT", "MULTI_LINE_TEXT", "RICH_TEXT", "NUMBER", "CALC", "CHECK_BOX", "MULTI_SELECT", "RADIO_BUTTON", "DROP_DOWN", "DATE", "TIME",
        "DATETIME",
        "LINK", "FILE", "USER_SELECT", "ORGANIZATION_SELECT", "GROUP_SELECT", "SUBTABLE", "GROUP", "REFERENCE_TABLE",
    ];

    static readonly HashSet<string> s_numbers = ["index", "minLength", "maxLength", "minValue", "maxValue", "displayScale", "thumbnailSize", "size", "app"];

    public void Add(JsonObject properties)
    {
        var fields = draft.Form.Fields.ToList();
        foreach (var (code, described) in properties)
        {
            var path = $"properties[{code}]";
            var settings = Checked(code, described, path);
            if ((string?)settings["code"] != code)
                throw ApiException.Invalid($"{path}.code", "The field code does not match.", "フィールドコードが一致しません。");
            if (draft.Form.Field(code) is not null)
                throw new ApiException(400, "GAIA_FC01", $"The field code ({code}) is already used.", $"フィールドコード（{code}）が重複しています。");
            fields.Add(Field.Parse(code, settings));
        }
        draft.SetFields(fields);
        DraftLayout.Append(draft, properties.Select(static property => property.Key));
    }

    public void Update(JsonObject properties)
    {
        var fields = draft.Form.Fields;
        foreach (var (code, described) in properties)
        {
            if (fields.FirstOrDefault(field => field.Code == code) is not { } field)
                throw NoField(code);
            fields = [.. fields.Select(other => other == field ? Changed(field, described as JsonObject ?? [], $"properties[{code}]") : other)];
        }
        draft.SetFields(fields);
        foreach (var (code, described) in properties)
            if (described?["code"] is { } renamed && (string)renamed! != code)
                DraftLayout.Rename(draft, code, (string)renamed!);
    }

    public void Delete(IReadOnlyList<string> codes)
    {
        foreach (var code in codes)
            if (draft.Form.Field(code) is not { } field || s_system.Contains(field.TypeName))
                throw NoField(code);
        draft.SetFields(draft.Form.Fields.Where(field => !codes.Contains(field.Code))
            .Select(field => field.Fields.Any(inner => codes.Contains(inner.Code))
            ? field with { Fields = [.. field.Fields.Where(inner => !codes.Contains(inner.Code))] } : field));
        DraftLayout.Remove(draft, codes);
    }

    Field Changed(Field field, JsonObject changes, string path)
    {
        if (changes["type"] is { } type && (string)type! != field.TypeName)
            throw ApiException.Invalid($"{path}.type", "The type of a field cannot be changed.", "フィールドの種類は変更できません。");
        var renamed = (string?)changes["code"] ?? field.Code;
        if (renamed != field.Code && draft.Form.Field(renamed) is not null)
            throw new ApiException(400, "GAIA_FC01", $"The field code ({renamed}) is already used.", $"フィールドコード（{renamed}）が重複しています。");
        var settings = Plain(changes);
        var inner = settings["fields"] as JsonObject;
        foreach (var name in new[] { "code", "type", "fields" })
            settings.Remove(name);
        if (settings["options"] is JsonObject options)
            settings["options"] = Renamed(field, options);
        var changed = field.With(renamed, settings);
        return inner is null ? changed : changed with
        {
            Fields = [
                .. field.Fields.Select(known => inner[known.Code] is JsonObject described ? Changed(known, described, $"{path}.fields[{known.Code}]") : known),
                .. inner.Where(one => field.Fields.All(known => known.Code != one.Key))
                    .Select(one => Field.Parse(one.Key, Checked(one.Key, one.Value, $"{path}.fields[{one.Key}]"))),
            ],
        };
    }

    /// <summary>Choices are named by what they are called so far; their label is what they are called from now on.</summary>
    JsonObject Renamed(Field field, JsonObject options)
    {
        var known = field.Properties["options"] as JsonObject ?? [];
        foreach (var (choice, _) in known)
        {
            var label = (string?)options[choice]?["label"];
            if (!options.ContainsKey(choice))
                draft.ChangedChoices.Add((field.Uid, choice, null));
            else if (label is not null && label != choice)
                draft.ChangedChoices.Add((field.Uid, choice, label));
        }
        return new(options.OrderBy(static option => int.Parse(option.Value?["index"]?.ToString() ?? "0", CultureInfo.InvariantCulture))
            .Select(static option => KeyValuePair.Create((string?)option.Value?["label"] ?? option.Key, option.Value?.DeepClone())));
    }

    JsonObject Checked(string code, JsonNode? described, string path)
    {
        if (described is not JsonObject given)
            throw ApiException.Required(path);
        var type = (string?)given["type"] ?? throw ApiException.Required($"{path}.type");
        if (!s_types.Contains(type))
            throw ApiException.Invalid($"{path}.type", "must be one of the enum value", "選択肢のいずれかを指定してください。");
        if (code.Length == 0 || char.IsAsciiDigit(code[0]) || code.Length > 128)
            throw ApiException.Invalid($"{path}.code", "The field code is not valid.", "フィールドコードが正しくありません。");
        if (type is "CHECK_BOX" or "MULTI_SELECT" or "RADIO_BUTTON" or "DROP_DOWN" && given["options"] is not JsonObject { Count: > 0 })
            throw ApiException.Required($"{path}.options");
        var settings = Plain(given);
        // Kintone tells the code as the label where none is given.
        settings["label"] ??= code;
        settings["code"] ??= code;
        if (settings["fields"] is JsonObject inner)
            settings["fields"] = new JsonObject(
                inner.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)Checked(field.Key, field.Value, $"{path}.fields[{field.Key}]"))));
        return settings;
    }

    /// <summary>Numbers as texts, the way Kintone answers them.</summary>
    static JsonObject Plain(JsonObject settings) => new(settings.Select(static member => KeyValuePair.Create(member.Key, member.Value switch
    {
        JsonObject inner => Plain(inner),
        JsonArray list => new JsonArray([.. list.Select(static item => item is JsonObject inner ? Plain(inner) : item?.DeepClone())]),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number && s_numbers.Contains(member.Key) => value.ToJsonString(),
        _ => member.Value?.DeepClone(),
    })));

    static ApiException NoField(string code) => new(400, "GAIA_FC02", $"The field ({code}) is not found.", $"指定したフィールド（{code}）が見つかりません。");
}
