using System.Text.Json;
using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>Changes of what records show that move neither their update time nor their revision.</summary>
public sealed partial class App
{
    /// <summary>Gives a record other values as if they had always been so: a user's new display name shows like that.</summary>
    public void Rewrite(long id, JsonObject values) => Domain.Change(() =>
    {
        var old = Records.Find(id) ?? throw new ArgumentException($"App {Id} has no record {id}.", nameof(id));
        Records.Save(old with { Cells = Cells(id, values, new(old.Cells)), Rendered = null });
        return true;
    });

    /// <summary>
    /// Renames a choice of a drop-down or radio button in the form, and with it the value of every record that has it (reported by users; that the
    /// update time stays is this model's guess).
    /// </summary>
    public void RenameChoice(string code, string choice, string newName) => Domain.Change(() =>
    {
        var field = Form.Field(code) ?? throw new ArgumentException($"App {Id} has no field {code}.", nameof(code));
        var options = new JsonObject(((JsonObject)field.Properties["options"]!).Select(option =>
            KeyValuePair.Create(option.Key == choice ? newName : option.Key, (JsonNode?)new JsonObject
            {
                ["label"] = option.Key == choice ? newName : option.Key,
                ["index"] = (string?)option.Value!["index"],
            })));
        ChangeField(code, new() { ["options"] = options });
        for (var id = 1L; id <= Records.LastId; id++)
        {
            if (Records.Find(id) is { } record && record.Cells.TryGetValue(field.Uid, out var cell)
                && cell.Value.ValueKind == JsonValueKind.String && cell.Value.GetString() == choice)
                Rewrite(id, new() { [code] = newName });
        }
        return true;
    });
}
