using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>
/// A company from a JSON file. Every member may be left out:
/// <code>
/// { "users":         [ { "code", "name", "password", "administrator": false, "email", "twoFactor": false, "primaryOrganization" } ],
///   "organizations": [ { "code", "name", "parent": code, "members": { user code: title or null } } ],
///   "groups":        [ { "code", "name", "members": [user codes] } ],
///   "spaces":        [ { "id", "name", "isGuest", "isPrivate", "members": [user codes] } ],
///   "apps":          [ { "id", "name", "code", "description", "space": id,
///                        "properties": as form/fields.json gives them, "withSystemFields": true adds the usual ones before,
///                        "process": [states], "resources": { "app/views": { … } },
///                        "tokens": [ texts, or { "text", "rights": "View, Manage", "deployed": true } ],
///                        "records": [ { field code: value, or { "value": value } } ] as the API takes them; "$id" too,
///                        "comments": [ { "record": id, "text", "creator": { "code", "name" } } ] } ],
///   "files":         [ { "name", "contentType", "text" or "base64", "as": name } ] }
/// </code>
/// A record's FILE field names files of the seed: <c>["as"-name, …]</c>. Files come before apps, whatever the order in the file.
/// </summary>
public static class Seed
{
    public static void Load(Domain domain, string path)
    {
        using var stream = File.OpenRead(path);
        Load(domain, stream);
    }

    public static void Load(Domain domain, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(domain);
        var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        var seed = JsonNode.Parse(stream, documentOptions: options) as JsonObject ?? throw new JsonException("A seed is a JSON object.");
        foreach (var user in Objects(seed, "users"))
            AddUser(domain, user);
        foreach (var organization in Objects(seed, "organizations"))
            domain.AddOrganization(Text(organization, "code"), Text(organization, "name"), (string?)organization["parent"],
                (organization["members"] as JsonObject ?? []).ToDictionary(member => member.Key, member => (string?)member.Value));
        foreach (var group in Objects(seed, "groups"))
            domain.AddGroup(Text(group, "code"), Text(group, "name"), [.. Strings(group, "members")]);
        foreach (var space in Objects(seed, "spaces"))
            domain.AddSpace(Text(space, "name"), Flag(space, "isGuest"), Flag(space, "isPrivate"), Id(space, "id"), [.. Strings(space, "members")]);
        var files = Objects(seed, "files").ToDictionary(file => (string?)file["as"] ?? Text(file, "name"), file => AddFile(domain, file));
        foreach (var app in Objects(seed, "apps"))
            AddApp(domain, app, files);
    }

    static void AddUser(Domain domain, JsonObject seed) =>
        domain.AddUser(Text(seed, "code"), (string?)seed["password"] ?? "", (string?)seed["name"], user => user with
        {
            Administrator = user.Administrator || Flag(seed, "administrator"),
            TwoFactor = Flag(seed, "twoFactor"),
            Email = (string?)seed["email"] ?? "",
            PrimaryOrganization = (string?)seed["primaryOrganization"],
        });

    static JsonObject AddFile(Domain domain, JsonObject seed)
    {
        var content = seed["base64"] is { } base64 ? Convert.FromBase64String((string)base64!) : Encoding.UTF8.GetBytes((string?)seed["text"] ?? "");
        return domain.AddFile(Text(seed, "name"), content, (string?)seed["contentType"] ?? "text/plain");
    }

    static void AddApp(Domain domain, JsonObject seed, Dictionary<string, JsonObject> files)
    {
        var space = Id(seed, "space") is { } spaceId ? domain.Space(spaceId) ?? throw new JsonException($"The seed has no space {spaceId}.") : null;
        var app = domain.AddApp(Text(seed, "name"), space, Id(seed, "id"), (string?)seed["code"] ?? "");
        app.Description = (string?)seed["description"] ?? "";
        if (seed["properties"] is JsonObject properties)
        {
            if (!Flag(seed, "withSystemFields"))
                app.SetForm(properties);
            else
                foreach (var (code, field) in properties)
                    app.AddField(Field.Parse(code, (JsonObject)field!));
        }
        if (Strings(seed, "process").ToList() is { Count: > 0 } states)
            app.SetProcess(states);
        foreach (var (path, document) in seed["resources"] as JsonObject ?? [])
            app.SetResource(path, (JsonObject)document!.DeepClone());
        foreach (var token in seed["tokens"] as JsonArray ?? [])
            AddToken(app, token!);
        foreach (var record in Objects(seed, "records"))
            app.Add(WithFiles(app.Form.Fields, record, files), id: Id(record, "$id"));
        foreach (var comment in Objects(seed, "comments"))
            app.AddComment((long)comment["record"]!, Text(comment, "text"),
                comment["creator"] is JsonObject creator ? new Entity(Text(creator, "code"), Text(creator, "name")) : null);
    }

    static void AddToken(App app, JsonNode token)
    {
        if (token is JsonObject described)
            app.AddToken(Enum.Parse<AppRights>((string?)described["rights"] ?? "View"), !described.ContainsKey("deployed") || Flag(described, "deployed"),
                Text(described, "text"));
        else
            app.AddToken(text: (string)token!);
    }

    /// <summary>The record with the files themselves in place of their names.</summary>
    static JsonObject WithFiles(IReadOnlyList<Field> fields, JsonObject record, Dictionary<string, JsonObject> files)
    {
        var values = (JsonObject)record.DeepClone();
        foreach (var field in fields)
        {
            var value = values[field.Code] is JsonObject wrapped && wrapped.ContainsKey("value") ? wrapped["value"] : values[field.Code];
            if (value is not JsonArray members)
                continue;
            if (field.TypeName == "FILE")
                values[field.Code] = new JsonArray([.. members.Select(member => member is JsonValue name
                    ? (files.GetValueOrDefault((string)name!) ?? throw new JsonException($"The seed has no file {name}.")).DeepClone()
                    : member!.DeepClone())]);
            else if (field.TypeName == "SUBTABLE")
                values[field.Code] = new JsonArray([.. members.OfType<JsonObject>().Select(row => row["value"] is JsonObject inner
                    ? new JsonObject { ["id"] = row["id"]?.DeepClone(), ["value"] = WithFiles(field.Fields, inner, files) }
                    : WithFiles(field.Fields, row, files))]);
        }
        return values;
    }

    static IEnumerable<JsonObject> Objects(JsonObject of, string name) => (of[name] as JsonArray ?? []).OfType<JsonObject>();

    static IEnumerable<string> Strings(JsonObject of, string name) => (of[name] as JsonArray ?? []).Select(member => (string)member!);

    static string Text(JsonObject of, string name) => (string?)of[name] ?? throw new JsonException($"The seed lacks \"{name}\" in {of.GetPath()}.");

    static bool Flag(JsonObject of, string name) => of[name] is JsonValue value && value.GetValue<bool>();

    static long? Id(JsonObject of, string name) =>
        of[name] is { } node ? long.Parse((node is JsonObject wrapped ? wrapped["value"] : node)!.ToString(), CultureInfo.InvariantCulture) : null;
}
