using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>
/// Turns the values of a request into those that a record keeps: choices must exist, people become code and name, uploaded files become the
/// record's. What is wrong is added to the errors, under its path.
/// </summary>
/// <param name="owned">Whether the record already has the file of a key.</param>
sealed class ValueReader(ApiCall call, App app, InputErrors errors, Func<string, bool> owned)
{
    /// <summary>The value to keep; null also where it was wrong.</summary>
    public JsonNode? Read(Field field, JsonNode? value, string path)
    {
        var kept = field.TypeName switch
        {
            "SINGLE_LINE_TEXT" or "LINK" => Text(field, value, path, lineBreaks: false),
            "MULTI_LINE_TEXT" or "RICH_TEXT" => Text(field, value, path, lineBreaks: true),
            "NUMBER" => Number(field, value, path),
            "CHECK_BOX" or "MULTI_SELECT" => Choices(field, value, path),
            "RADIO_BUTTON" or "DROP_DOWN" => Choice(field, value, path),
            "DATE" => Time(value, path, "yyyy-MM-dd", "yyyy-MM-dd", "yyyy-M-d"),
            "TIME" => Time(value, path, "HH:mm", "HH:mm", "H:mm", "HH:mm:ss"),
            "DATETIME" => Instant(value, path) is { } time ? JsonValue.Create(Wire(time)) : JsonValue.Create(""),
            "USER_SELECT" => People(value, path, "GAIA_IL26", code => call.Domain.User(code)?.Entity),
            "ORGANIZATION_SELECT" => People(value, path, "GAIA_IL28", code => call.Domain.Organizations.FirstOrDefault(item => item.Code == code)?.Entity),
            "GROUP_SELECT" => People(value, path, "GAIA_IL27", code => call.Domain.Groups.FirstOrDefault(item => item.Code == code)?.Entity),
            "FILE" => Files(value, path),
            _ => value?.DeepClone(),
        };
        if (field.Properties["required"] is JsonValue required && required.GetValue<bool>() && IsEmpty(kept))
            errors.Required($"{path}.value");
        return kept;
    }

    public static bool IsEmpty(JsonNode? value) => value switch
    {
        null => true,
        JsonArray members => members.Count == 0,
        JsonValue text => text.GetValueKind() == JsonValueKind.String && (string?)text is "",
        _ => false,
    };

    /// <summary>A time to the minute; null when none is given or it is wrong, which is noted.</summary>
    public DateTimeOffset? Instant(JsonNode? value, string path)
    {
        if (IsEmpty(value))
            return null;
        if (value is JsonValue text && text.GetValueKind() == JsonValueKind.String
            && DateTimeOffset.TryParse((string)text!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return WholeMinutes.Floor(time);
        errors.Add($"{path}.value", "Enter a valid date and time.", "日時の形式が正しくありません。");
        return null;
    }

    public static string Wire(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    JsonValue? Text(Field field, JsonNode? value, string path, bool lineBreaks)
    {
        if (Scalar(value, path) is not { } text)
            return JsonValue.Create("");
        if (!lineBreaks && text.AsSpan().ContainsAny('\r', '\n'))
            text = text.ReplaceLineEndings(" ");
        if (text.Length > 0 && Limit(field, "minLength") is { } least && text.Length < least)
            errors.Add($"{path}.value", $"Enter at least {least} characters.", $"{least}文字以上で入力してください。");
        if (Limit(field, "maxLength") is { } most && text.Length > most)
            errors.Add($"{path}.value", $"Enter at most {most} characters.", $"{most}文字以下で入力してください。");
        return JsonValue.Create(text);
    }

    JsonValue? Number(Field field, JsonNode? value, string path)
    {
        if (Scalar(value, path) is not { Length: > 0 } text || string.IsNullOrWhiteSpace(text))
            return JsonValue.Create("");
        if (PlainNumber.Of(text, app.Resources["app/settings"]["numberPrecision"] as JsonObject, call.Options.NumbersLoseTrailingZeros) is not { } plain)
        {
            errors.Add($"{path}.value", "Only numbers are allowed.", "数字でなければなりません。");
            return null;
        }
        if (decimal.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            if (Limit(field, "minValue") is { } least && number < least)
                errors.Add($"{path}.value", $"The value must be {least} or more.", $"{least}以上である必要があります。");
            if (Limit(field, "maxValue") is { } most && number > most)
                errors.Add($"{path}.value", $"The value must be {most} or less.", $"{most}以下である必要があります。");
        }
        return JsonValue.Create(plain);
    }

    JsonNode? Choices(Field field, JsonNode? value, string path)
    {
        if (value is null)
            return new JsonArray();
        if (value is not JsonArray members)
            return errors.Add($"{path}.value", "must be an array", "配列で指定してください。");
        var kept = members.Select((member, index) => Choice(field, member, path, $"{path}.value[{index}].value")).OfType<JsonNode>()
            .Select(static choice => (string)choice!);
        // Kept in the order of the form, as a person's ticks are.
        return new JsonArray([.. kept.Distinct().OrderBy(choice => Index(field, choice)).Select(static choice => JsonValue.Create(choice))]);
    }

    JsonNode? Choice(Field field, JsonNode? value, string path, string? at = null)
    {
        if (Scalar(value, path) is not { Length: > 0 } choice)
            return null;
        return field.Properties["options"] is JsonObject options && options.ContainsKey(choice)
            ? JsonValue.Create(choice)
            : errors.Add(at ?? $"{path}.value", $"The value, \"{choice}\", is not in options.", $"\"{choice}\"は選択肢にありません。");
    }

    JsonNode? Time(JsonNode? value, string path, string kept, params string[] forms)
    {
        if (Scalar(value, path) is not { Length: > 0 } text)
            return null;
        return DateTime.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? JsonValue.Create(time.ToString(kept, CultureInfo.InvariantCulture))
            : errors.Add($"{path}.value", "The form of the value is wrong.", "形式が正しくありません。");
    }

    JsonNode? People(JsonNode? value, string path, string code, Func<string, Entity?> find)
    {
        if (value is null)
            return new JsonArray();
        if (value is not JsonArray members)
            return errors.Add($"{path}.value", "must be an array", "配列で指定してください。");
        return new JsonArray([.. members.Select(member =>
        {
            var named = (string?)(member as JsonObject)?["code"] ?? throw ApiException.Required($"{path}.value.code");
            var person = find(named) ?? throw new ApiException(400, code, $"The user, group or department ({named}) is not found.",
                $"指定したユーザー、グループ、または組織（{named}）が見つかりません。");
            return AppEndpoints.Person(person);
        })]);
    }

    JsonNode? Files(JsonNode? value, string path)
    {
        if (value is null)
            return new JsonArray();
        if (value is not JsonArray members)
            return errors.Add($"{path}.value", "must be an array", "配列で指定してください。");
        return new JsonArray([.. members.Select(member =>
        {
            var key = (string?)(member as JsonObject)?["fileKey"] ?? throw ApiException.Required($"{path}.value.fileKey");
            if (call.Domain.TakeUpload(key) is { } taken)
                return taken;
            // A file that stays is named by the key under which the record shows it.
            return call.Domain.File(key) is { } file && owned(file.Key) ? Describe(file) : throw ApiException.NoFile();
        })]);
    }

    static JsonObject Describe(StoredFile file) => new()
    {
        ["contentType"] = file.ContentType,
        ["fileKey"] = file.Key,
        ["name"] = file.Name,
        ["size"] = $"{file.Content.Length}",
    };

    string? Scalar(JsonNode? value, string path)
    {
        switch (value?.GetValueKind())
        {
            case null or JsonValueKind.Null:
                return null;
            case JsonValueKind.String:
                return (string)value!;
            case JsonValueKind.Number:
                return value!.ToJsonString();
            default:
                errors.Add($"{path}.value", "must be a string", "文字列で指定してください。");
                return null;
        }
    }

    static decimal? Limit(Field field, string name) =>
        decimal.TryParse(field.Properties[name]?.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var limit) ? limit : null;

    static int Index(Field field, string choice) =>
        int.TryParse(field.Properties["options"]?[choice]?["index"]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : 0;
}
