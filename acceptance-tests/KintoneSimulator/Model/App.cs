using System.Text.Json.Nodes;
using KintoneSimulator.Query;

namespace KintoneSimulator;

/// <summary>An app: its form, settings, rights and records.</summary>
public sealed partial class App
{
    readonly Dictionary<string, AppRights> _rights = [];
    readonly HashSet<(string User, int Field)> _hiddenFields = [];
    readonly Dictionary<string, Dictionary<string, string>> _labels = [];
    IReadOnlyList<string> _states = [];

    public App(Domain domain, long id, string name, string code, Space? space, Entity creator, IRecordSource? source)
    {
        ArgumentNullException.ThrowIfNull(domain);
        (Domain, Id, Name, Code, Space, Creator, Modifier) = (domain, id, name, code, space, creator, creator);
        CreatedAt = ModifiedAt = domain.Now;
        ThreadId = space?.DefaultThread;
        Records = new(source) { Related = RelatedRecords, Undo = () => domain.Undo };
        Form = MakeForm([.. source?.Fields ?? FieldDefaults.SystemFields()]);
        Resources = AppResources.Defaults();
    }

    public Domain Domain { get; }

    public long Id { get; }

    public string Code { get; }

    public string Name { get; private set; }

    public string Description { get; set; } = "";

    public Space? Space { get; }

    public long? ThreadId { get; }

    public Entity Creator { get; }

    public Entity Modifier { get; }

    public DateTimeOffset CreatedAt { get; }

    public DateTimeOffset ModifiedAt { get; private set; }

    /// <summary>Counts the changes of form and settings.</summary>
    public long Revision { get; private set; } = 1;

    public Form Form { get; private set; }

    public RecordTable Records { get; }

    /// <summary>Settings by the path of their endpoint, such as <c>app/views</c>, without name, description and revision, which the app fills in.</summary>
    public Dictionary<string, JsonObject> Resources { get; }

    /// <summary>Which users may view which records; null: all who may view the app.</summary>
    public Func<string, long, bool>? RecordIsVisible { get; set; }

    /// <summary>A token for the app, deployed unless said otherwise.</summary>
    public string AddToken(AppRights rights = AppRights.View, bool deployed = true, string? text = null) =>
        Domain.AddToken(new(text ?? $"token-of-app-{Id}-{Domain.NextId()}", this, rights, deployed)).Text;

    /// <summary>Fixes what a user may do; without this an administrator may do all and everyone else all but manage the app.</summary>
    public void SetRights(string userCode, AppRights rights) => Domain.Change(() => _rights[userCode] = rights);

    public AppRights RightsOf(User user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return _rights.TryGetValue(user.Code, out var rights) ? rights
            : HasPermissions ? PermittedTo(user)
            : user.Administrator ? AppRights.All : AppRights.Everyday;
    }

    /// <summary>Takes the right to view a field from a user ("Administrator" for tokens), or from everyone.</summary>
    public void HideField(string code, string userCode = "*") => Domain.Change(() => _hiddenFields.Add((userCode, Form.Field(code)!.Uid)));

    public void ShowField(string code, string userCode = "*") => Domain.Change(() => _hiddenFields.Remove((userCode, Form.Field(code)!.Uid)));

    public bool IsVisible(Field field, string userCode)
    {
        ArgumentNullException.ThrowIfNull(field);
        return (_hiddenFields.Count == 0 || !(_hiddenFields.Contains(("*", field.Uid)) || _hiddenFields.Contains((userCode, field.Uid))))
            && AccessTo(field, userCode) != FieldAccess.None;
    }

    public bool HidesFields => _hiddenFields.Count > 0 || HasFieldPermissions;

    public void Rename(string name) => Domain.Change(() =>
    {
        Name = name;
        return Touch();
    });

    /// <summary>Replaces a settings document, see <see cref="Resources"/>.</summary>
    public void SetResource(string path, JsonObject content) => Domain.Change(() =>
    {
        Resources[path] = content;
        return Touch();
    });

    long Touch()
    {
        ModifiedAt = Domain.Now;
        return ++Revision;
    }

    Form MakeForm(IReadOnlyList<Field> fields) => MakeForm(fields, _states);

    internal Form MakeForm(IReadOnlyList<Field> fields, IReadOnlyList<string> states) => new(fields, Code, states, field => RelatedApp(field)?.Form);

    App? RelatedApp(Field field) =>
        long.TryParse((string?)field.Properties["referenceTable"]?["relatedApp"]?["app"], out var id) ? Domain.App(id) : null;

    List<IFieldValues> RelatedRecords(Field field, RecordView record)
    {
        if (RelatedApp(field) is not { } app || field.Properties["referenceTable"]?["condition"] is not JsonObject condition
            || Form.Find((string?)condition["field"] ?? "") is not { } own || app.Form.Find((string?)condition["relatedField"] ?? "") is not { } related)
            return [];
        var (value, rows) = (record.Get(own), new List<IFieldValues>());
        app.Records.Visit(_ => Verdict.All, _ => true, true, id =>
        {
            var view = new RecordView(app.Records, app.Form, id);
            if (!value.IsEmpty && view.Get(related) == value)
                rows.Add(view);
            return true;
        });
        return rows;
    }
}
