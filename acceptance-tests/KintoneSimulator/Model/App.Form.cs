using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>Changes of the form, as they are once the app is updated.</summary>
public sealed partial class App
{
    /// <summary>Adds a field at the end, or replaces the field of that code. Records get its empty value.</summary>
    public Field AddField(string code, string typeName, JsonObject? properties = null) => AddField(Field.Create(code, typeName, properties));

    public Field AddField(Field field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return Domain.Change(() =>
        {
            var fields = Form.Fields.ToList();
            var index = fields.FindIndex(other => other.Code == field.Code);
            if (index < 0)
                fields.Add(field);
            else
                fields[index] = field;
            SetFields(fields);
            return field;
        });
    }

    /// <summary>A drop-down, radio button, check box or multi-select with its options.</summary>
    public Field AddChoice(string code, string typeName, params IEnumerable<string> options) =>
        AddField(code, typeName, FieldDefaults.Options(options));

    public Field AddTable(string code, params IReadOnlyList<Field> fields) => AddField(Field.Create(code, "SUBTABLE", null, fields));

    /// <summary>Removes a field and with it the values, wherever it stands.</summary>
    public void RemoveField(string code) => ReplaceField(code, _ => null);

    /// <summary>Renames a field and keeps the values, wherever it stands.</summary>
    public void RenameField(string code, string newCode) => ReplaceField(code, field => field.With(newCode));

    /// <summary>Puts a field of another type in the place of one; its values are lost, as they are in Kintone.</summary>
    public void ChangeType(string code, string typeName, JsonObject? properties = null) =>
        ReplaceField(code, field => Field.Create(field.Code, typeName, properties));

    /// <summary>Changes properties such as label, options or required.</summary>
    public void ChangeField(string code, JsonObject properties) => ReplaceField(code, field => field.With(field.Code, properties));

    /// <summary>Switches the process on, with its states in their order, or off when there are none.</summary>
    public void SetProcess(params IReadOnlyList<string> states) => Domain.Change(() =>
    {
        _states = states;
        Resources["app/status"] = AppResources.Process(states);
        var isOn = new JsonObject { ["enabled"] = states.Count > 0 };
        SetFields([.. Form.Fields.Select(field => field.TypeName is "STATUS" or "STATUS_ASSIGNEE" ? field.With(field.Code, isOn) : field)]);
        return states.Count;
    });

    /// <summary>The categories' field is in records only while they are on.</summary>
    public void EnableCategories() => Domain.Change(() =>
    {
        SetFields([.. Form.Fields.Select(field => field.TypeName == "CATEGORY" ? field.With(field.Code, new() { ["enabled"] = true }) : field)]);
        return true;
    });

    /// <summary>Replaces the form by one in the format of form/fields.json.</summary>
    public void SetForm(JsonObject properties) => Domain.Change(() =>
    {
        ArgumentNullException.ThrowIfNull(properties);
        SetFields([.. properties.Select(property => Field.Parse(property.Key, (JsonObject)property.Value!))]);
        return true;
    });

    /// <summary>The labels that the app has in a language, by field code; a field that is not named keeps its own.</summary>
    public void SetLabels(string language, params IEnumerable<(string Code, string Label)> labels) => Domain.Change(() =>
    {
        _labels[language] = labels.ToDictionary(label => label.Code, label => label.Label);
        return true;
    });

    /// <summary>The form as form/fields.json describes it in a language.</summary>
    public JsonObject DescribeForm(string language, Func<Field, bool>? visible = null)
    {
        var properties = Form.ToJson(visible);
        if (_labels.GetValueOrDefault(language) is { } labels) Translate(properties);
        return properties;

        void Translate(JsonObject fields)
        {
            foreach (var (code, field) in fields)
            {
                if (labels.TryGetValue(code, out var label)) field!["label"] = label;
                if (field!["fields"] is JsonObject inner) Translate(inner);
            }
        }
    }

    void ReplaceField(string code, Func<Field, Field?> replace) => Domain.Change(() =>
    {
        if (Form.Field(code) is null)
            throw new ArgumentException($"App {Id} has no field {code}.", nameof(code));
        SetFields(Replace(Form.Fields));
        return true;

        IReadOnlyList<Field> Replace(IReadOnlyList<Field> fields) =>
            [.. fields.Select(field => field.Code == code ? replace(field) : field.Fields.Count == 0 ? field : field with { Fields = Replace(field.Fields) })
                .OfType<Field>()];
    });

    void SetFields(IReadOnlyList<Field> fields)
    {
        Form = MakeForm(fields);
        Touch();
    }
}
