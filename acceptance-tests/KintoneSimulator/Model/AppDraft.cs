using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>Settings of an app that are not deployed yet.</summary>
public sealed class AppDraft(App app)
{
    public string Name { get; set; } = app.Name;

    public string Description { get; set; } = app.Description;

    public IReadOnlyList<string> States { get; set; } = app.Form.States;

    public Form Form { get; private set; } = app.Form;

    public Dictionary<string, JsonObject> Resources { get; } = app.Resources.ToDictionary(static resource => resource.Key,
        static resource => (JsonObject)resource.Value.DeepClone());

    /// <summary>Counts on from the app's.</summary>
    public long Revision { get; set; } = app.Revision;

    /// <summary>Choices that got another name, by the field's identity; null for one that went.</summary>
    public List<(int Field, string Old, string? New)> ChangedChoices { get; } = [];

    public List<(string Old, string New)> RenamedStates { get; } = [];

    /// <summary>See <see cref="SimulatorOptions.MostDigits"/>.</summary>
    public int MostDigits => app.Domain.Options.MostDigits;

    /// <summary>A field was added, removed or changed.</summary>
    public bool HasOtherFields { get; private set; }

    /// <summary>Permissions differ.</summary>
    public bool HasOtherPermissions { get; set; }

    public void SetFields(IEnumerable<Field> fields)
    {
        Form = app.MakeForm([.. fields], States);
        HasOtherFields = true;
    }

    /// <summary>Switches the process on or off.</summary>
    public void SetStates(IReadOnlyList<string> states, bool isOn)
    {
        States = isOn ? states : [];
        var enabled = new JsonObject { ["enabled"] = isOn };
        Form = app.MakeForm([.. Form.Fields.Select(field => field.TypeName is "STATUS" or "STATUS_ASSIGNEE" ? field.With(field.Code, enabled) : field)],
            States);
    }
}
