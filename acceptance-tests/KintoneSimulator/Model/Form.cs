using System.Text;
using System.Text.Json.Nodes;
using KintoneSimulator.Query;

namespace KintoneSimulator;

/// <summary>The fields of an app as of one revision; immutable. A changed form is a new object.</summary>
public sealed class Form : IFieldCatalog
{
    readonly Dictionary<string, FieldInfo> _infos = new() { ["$id"] = FieldInfo.Id, ["$revision"] = FieldInfo.Revision };
    readonly Dictionary<string, Field> _fields = [];
    readonly Dictionary<int, Field> _byUid = [];
    readonly Dictionary<int, byte[]> _prefixes = [];

    /// <param name="states">The states of the process, the first one being that of a new record.</param>
    /// <param name="relatedForm">The form of the app that a REFERENCE_TABLE shows.</param>
    public Form(IReadOnlyList<Field> fields, string appCode = "", IReadOnlyList<string>? states = null, Func<Field, Form?>? relatedForm = null)
    {
        (Fields, AppCode, States) = (fields, appCode, states ?? []);
        foreach (var field in fields)
        {
            var info = Add(field, null);
            foreach (var inner in field.Fields)
                Add(inner, info);
        }

        FieldInfo? Add(Field field, FieldInfo? table)
        {
            _fields[field.Code] = field;
            _byUid[field.Uid] = field;
            _prefixes[field.Uid] = Prefix(field, field.Code);
            if (field.Type is not { } type)
                return null;
            return _infos[field.Code] = new(field.Code, type)
            {
                Ordinal = field.Uid,
                Options = type == FieldType.Status ? States : OptionsOf(field),
                Format = FieldTypeNames.ParseCalcFormat((string?)field.Properties["format"]),
                Table = table,
                AppCode = appCode,
                Enabled = field.Enabled,
                RelatedFields = type == FieldType.ReferenceTable && relatedForm is not null ? () => relatedForm(field) : null,
            };
        }
    }

    /// <summary>The top level, in the order of the form.</summary>
    public IReadOnlyList<Field> Fields { get; }

    public string AppCode { get; }

    public IReadOnlyList<string> States { get; }

    public FieldInfo? Find(string code) => _infos.GetValueOrDefault(code);

    public Field? Field(string code) => _fields.GetValueOrDefault(code);

    public Field? Field(FieldInfo info) => _byUid.GetValueOrDefault(info.Ordinal);

    public Field? OfType(FieldType type) => Fields.FirstOrDefault(field => field.Type == type);

    /// <summary>What stands before a field's value in a record: <c>"code":{"type":"…","value":</c>.</summary>
    public byte[] Prefix(Field field) => _prefixes[field.Uid];

    /// <summary>The same under another key than its code.</summary>
    public static byte[] Prefix(Field field, string key) =>
        Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetString(Json.Encode(key))}:{{\"type\":\"{field.TypeName}\",\"value\":");

    public JsonObject ToJson(Func<Field, bool>? visible = null) => new(Fields.Where(field => visible?.Invoke(field) ?? true).Select(Describe));

    static KeyValuePair<string, JsonNode?> Describe(Field field)
    {
        var properties = (JsonObject)field.Properties.DeepClone();
        if (field.TypeName == "SUBTABLE")
            properties["fields"] = new JsonObject(field.Fields.Select(Describe));
        return KeyValuePair.Create(field.Code, (JsonNode?)properties);
    }

    static string[] OptionsOf(Field field) => field.Properties["options"] is JsonObject options ? [.. options.Select(option => option.Key)] : [];
}
