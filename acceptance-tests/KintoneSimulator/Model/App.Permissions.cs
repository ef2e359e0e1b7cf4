using System.Text.Json.Nodes;
using KintoneSimulator.Query;

namespace KintoneSimulator;

public enum FieldAccess
{
    None,
    Read,
    Write,
}

/// <summary>
/// Permissions as the API sets them: documents whose first line that is about a user decides. They count only once they were set by
/// request, or for an app that was made by request; tests that set rights by code are not disturbed.
/// </summary>
public sealed partial class App
{
    Dictionary<int, JsonArray> _fieldPermissions = [];
    JsonArray _recordPermissions = [];

    /// <summary>Whether the document of app/acl decides who may do what.</summary>
    public bool HasPermissions { get; set; }

    public bool HasFieldPermissions => _fieldPermissions.Count > 0;

    /// <summary>Takes the documents of field/acl and record/acl at their word.</summary>
    public void ApplyPermissions()
    {
        _fieldPermissions = (Resources["field/acl"]["rights"] as JsonArray ?? []).OfType<JsonObject>()
            .Select(right => (Field: Form.Field((string?)right["code"] ?? ""), Entities: right["entities"] as JsonArray ?? []))
            .Where(static right => right.Field is not null)
            .ToDictionary(static right => right.Field!.Uid, static right => right.Entities);
        _recordPermissions = Resources["record/acl"]["rights"] as JsonArray ?? [];
    }

    public FieldAccess AccessTo(Field field, string userCode)
    {
        ArgumentNullException.ThrowIfNull(field);
        if (!_fieldPermissions.TryGetValue(field.Uid, out var entities) || Domain.User(userCode) is not { } user
            || FirstAbout(entities, user) is not { } right)
            return FieldAccess.Write;
        return Enum.Parse<FieldAccess>((string?)right["accessibility"] ?? "NONE", ignoreCase: true);
    }

    /// <summary>What a user may do with each record, beyond the rights on the app; null when no such permission is set.</summary>
    public Func<long, AppRights>? RecordPermission(User user, QueryContext context)
    {
        ArgumentNullException.ThrowIfNull(user);
        if (_recordPermissions.Count == 0)
            return null;
        var rules = _recordPermissions.OfType<JsonObject>().Select(rule => (
            Where: QueryParser.Parse((string?)rule["filterCond"] ?? "", Form).Where,
            Rights: FirstAbout(rule["entities"] as JsonArray ?? [], user) is { } right ? Rights(right) : AppRights.None)).ToList();
        return id =>
        {
            var view = new RecordView(Records, Form, id);
            foreach (var (where, rights) in rules)
                if (where is null || where.Matches(view, context))
                    return rights;
            return AppRights.Everyday;
        };

        static AppRights Rights(JsonObject right) =>
            (Is(right, "viewable") ? AppRights.View : 0) | (Is(right, "editable") ? AppRights.Edit : 0) | (Is(right, "deletable") ? AppRights.Delete : 0);
    }

    AppRights PermittedTo(User user)
    {
        // Administrators of Kintone may manage every app, whatever its permissions say.
        var rights = user.Administrator ? AppRights.Manage : AppRights.None;
        if (FirstAbout(Resources["app/acl"]["rights"] as JsonArray ?? [], user) is not { } right)
            return rights;
        return rights | (Is(right, "recordViewable") ? AppRights.View : 0) | (Is(right, "recordAddable") ? AppRights.Add : 0)
            | (Is(right, "recordEditable") ? AppRights.Edit : 0) | (Is(right, "recordDeletable") ? AppRights.Delete : 0) | (Is(right, "appEditable")
                ? AppRights.Manage : 0);
    }

    JsonObject? FirstAbout(JsonArray entities, User user) =>
        entities.OfType<JsonObject>().FirstOrDefault(line => line["entity"] is JsonObject entity && IsAbout(entity, user));

    bool IsAbout(JsonObject entity, User user)
    {
        var code = (string?)entity["code"] ?? "";
        return (string?)entity["type"] switch
        {
            "CREATOR" => user.Code == Creator.Code,
            "USER" => user.Code == code,
            "GROUP" => code == "everyone" || Domain.Groups.Any(group => group.Code == code && group.Members.Contains(user.Code)),
            "ORGANIZATION" => Domain.Organizations.Any(organization => organization.Code == code && organization.Members.ContainsKey(user.Code)),
            _ => false,
        };
    }

    static bool Is(JsonObject right, string name) => right[name] is JsonValue value && value.TryGetValue<bool>(out var is_) && is_;
}
