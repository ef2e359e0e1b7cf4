using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using KintoneSimulator.Query;

namespace KintoneSimulator;

/// <summary>
/// One field of a form, immutable. <see cref="Uid"/> is its identity: values are kept under it, so a renamed field keeps its values and a new
/// field under an old code has none.
/// </summary>
/// <param name="Properties">What form/fields.json says of it, without the fields of a table.</param>
/// <param name="Fields">The fields of a SUBTABLE.</param>
public sealed record Field(int Uid, string Code, string TypeName, JsonObject Properties, IReadOnlyList<Field> Fields)
{
    /// <summary>Null for a type that the query language does not know.</summary>
    public FieldType? Type { get; } = FieldTypeNames.TryParse(TypeName, out var type) ? type : null;

    public string Label => (string?)Properties["label"] ?? Code;

    /// <summary>Its key in a record.</summary>
    /// <param name="statusGoesByName">See <see cref="SimulatorOptions.StatusGoesByName"/>.</param>
    public string Key(bool statusGoesByName) => statusGoesByName && (Type is FieldType.Status or FieldType.StatusAssignee or FieldType.Category) ? Label
        : Code;

    public bool Enabled => Properties["enabled"] is not JsonValue value || value.GetValue<bool>();

    /// <summary>Whether a record has a value under this field's code.</summary>
    public bool IsInRecords => TypeName is not ("GROUP" or "REFERENCE_TABLE" or "LABEL" or "SPACER" or "HR") && Enabled;

    /// <summary>The value of a record that was never given one, as JSON.</summary>
    public ReadOnlySpan<byte> EmptyValue => TypeName switch
    {
        "RADIO_BUTTON" or "DROP_DOWN" or "DATE" or "TIME" => "null"u8,
        "CHECK_BOX" or "MULTI_SELECT" or "FILE" or "USER_SELECT" or "ORGANIZATION_SELECT" or "GROUP_SELECT" or "STATUS_ASSIGNEE" or "CATEGORY"
            or "SUBTABLE" => "[]"u8,
        _ => "\"\""u8,
    };

    /// <summary>A field with the properties that Kintone gives to a new one of its type; <paramref name="properties"/> go before them.</summary>
    public static Field Create(string code, string typeName, JsonObject? properties = null, IReadOnlyList<Field>? fields = null)
    {
        var all = new JsonObject { ["type"] = typeName, ["code"] = code, ["label"] = code };
        foreach (var (name, value) in FieldDefaults.Of(typeName))
            all[name] = value?.DeepClone();
        foreach (var (name, value) in properties ?? [])
            if (name is not ("fields" or "code" or "type"))
                all[name] = value?.DeepClone();
        return new(NextUid(), code, typeName, all, fields ?? []);
    }

    /// <summary>A field as form/fields.json describes it.</summary>
    public static Field Parse(string code, JsonObject properties)
    {
        var fields = (properties["fields"] as JsonObject ?? []).Select(field => Parse(field.Key, (JsonObject)field.Value!));
        return Create((string?)properties["code"] ?? code, (string)properties["type"]!, properties, [.. fields]);
    }

    /// <summary>The field with other properties or another code, and the same identity.</summary>
    public Field With(string code, JsonObject? changes = null)
    {
        var all = (JsonObject)Properties.DeepClone();
        all["code"] = code;
        foreach (var (name, value) in changes ?? [])
            all[name] = value?.DeepClone();
        return this with { Code = code, Properties = all };
    }

    static readonly StrongBox<int> s_lastUid = new();

    static int NextUid() => Interlocked.Increment(ref s_lastUid.Value);
}
