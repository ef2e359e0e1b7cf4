using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KintoneSource.Testing.Form;

/// <summary>
/// The form that Airbyte's web application makes of a specification: where it starts, what people see, what it refuses, and what it sends.
/// As seen in the application of August 2026: each rule that decides whether a source can be made or edited, and no other.
/// </summary>
sealed class SourceForm
{
    readonly FormSchema _spec;
    readonly JsonObject _values;

    SourceForm(JsonElement spec, JsonObject? saved)
    {
        _spec = new(spec);
        _values = (JsonObject)(saved is null ? Start(_spec) : Reopened(_spec, saved))!;
    }

    /// <summary>As it opens for a new source.</summary>
    public static SourceForm New(JsonElement spec) => new(spec, null);

    /// <param name="masked">What the server gave of the saved source.</param>
    public static SourceForm Edit(JsonElement spec, JsonObject masked) => new(spec, masked);

    /// <param name="path">Names with dots between them: <c>credentials.password</c>.</param>
    /// <exception cref="InvalidOperationException">There is no such field, as things are chosen.</exception>
    public SourceForm Fill(string path, JsonNode? value)
    {
        var (holder, name) = Find(path);
        holder[name] = value?.DeepClone();
        return this;
    }

    /// <summary>What a person does who takes everything out of a field again: an empty list stays one.</summary>
    public SourceForm Clear(string path)
    {
        var (holder, name) = Find(path);
        holder[name] = holder[name] is JsonArray ? new JsonArray() : null;
        return this;
    }

    /// <summary>Nothing of the option before stays.</summary>
    public SourceForm Choose(string path, string option)
    {
        var schema = _spec.Properties.Single(property => property.Name == path).Schema;
        _values[path] = Start(schema.Options.Single(o => o.Discriminator.Value == option));
        return this;
    }

    /// <summary>What people see before they open anything: fields by their paths, closed groups by their titles in brackets.</summary>
    public IEnumerable<string> InSight
    {
        get
        {
            foreach (var group in _spec.Properties.Where(static property => !property.Schema.IsHidden).GroupBy(static property => property.Schema.Group))
            {
                var seen = group.Where(property => IsSeen(_spec, property)).ToArray();
                if (seen.Length == 0) yield return $"[{GroupTitle(group.Key)}]";
                foreach (var (name, schema) in seen)
                {
                    yield return name;
                    if (_values[name] is not JsonObject value) continue;
                    var members = schema.Chosen(value);
                    foreach (var inner in members.Properties)
                        if (IsSeen(members, inner) && !inner.Schema.IsConstant) yield return $"{name}.{inner.Name}";
                }
            }
        }
    }

    /// <summary>What keeps the button from sending; it shows these beside the fields, wherever they are, open or closed.</summary>
    public IReadOnlyList<string> Problems => [.. ProblemsOf(_spec, _values, "")];

    /// <exception cref="InvalidOperationException">The form refuses.</exception>
    public JsonObject Send() => Problems is [] ? Cleaned(_values) : throw new InvalidOperationException($"It can't be sent: {string.Join("; ", Problems)}");

    /// <summary>Every object is there with its members; a choice starts with the option that its default names, otherwise with the first.</summary>
    static JsonNode? Start(FormSchema schema)
    {
        if (schema.Options is { Count: > 0 } options)
        {
            var chosen = options.Where(option => option.Discriminator.Value == schema.Text("default")).Append(options[0]).First();
            return Start(chosen);
        }
        if (schema.Type is not "object") return schema.Value("const") ?? schema.Value("default");
        var value = new JsonObject();
        foreach (var (name, property) in schema.Properties)
            if (Start(property) is { } start) value[name] = start;
        return value;
    }

    /// <summary>What was saved, and the objects that were not, since the form has them all.</summary>
    static JsonObject Reopened(FormSchema schema, JsonObject saved)
    {
        var value = saved.DeepClone().AsObject();
        foreach (var (name, property) in schema.Chosen(value).Properties)
            if (property.Type is "object") value[name] = value[name] is JsonObject inner ? Reopened(property, inner) : Start(property);
        return value;
    }

    static IEnumerable<string> ProblemsOf(FormSchema schema, JsonObject value, string path)
    {
        var members = schema.Chosen(value);
        foreach (var (name, property) in members.Properties)
        {
            var at = path + name;
            var given = value[name];
            if (property.Type is "object")
            {
                foreach (var problem in ProblemsOf(property, given as JsonObject ?? [], $"{at}.")) yield return problem;
            }
            else if (IsEmpty(given) && members.Required.Contains(name)) yield return $"{at} is required";
            else if (given is JsonArray list && property.Items is { Type: "object" } items)
            {
                foreach (var (item, index) in list.Select(static (item, index) => (item, index)))
                    foreach (var problem in ProblemsOf(items, item!.AsObject(), $"{at}[{index}].")) yield return problem;
            }
            else if (property.Text("pattern") is { } pattern && !IsEmpty(given) && !Regex.IsMatch(given!.ToString().Trim(), pattern, RegexOptions.ECMAScript))
                yield return $"{at} must be like {property.Text("pattern_descriptor")}";
            else if (given?.GetValueKind() is JsonValueKind.Number && IsOutside(property, double.Parse(given.ToJsonString(), CultureInfo.InvariantCulture)))
                yield return $"{at} must be within its limits";
        }
    }

    /// <summary>Cleared fields are left out, but lists; blanks around texts go.</summary>
    static JsonObject Cleaned(JsonObject value)
    {
        var sent = new JsonObject();
        foreach (var (name, member) in value)
            if (member is JsonObject inner) sent[name] = Cleaned(inner);
            else if (member is JsonArray list)
                sent[name] = new JsonArray([.. list.Select(static item => item is JsonObject entry ? Cleaned(entry) : item?.DeepClone())]);
            else if (member?.GetValueKind() is JsonValueKind.String && member.ToString().Trim() is var text) { if (text.Length > 0) sent[name] = text; }
            else if (member is not null) sent[name] = member.DeepClone();
        return sent;
    }

    (JsonObject Holder, string Name) Find(string path)
    {
        var (schema, holder) = (_spec, _values);
        var names = path.Split('.');
        foreach (var name in names[..^1])
        {
            schema = Member(schema, holder, name);
            holder = holder[name]!.AsObject();
        }
        _ = Member(schema, holder, names[^1]);
        return (holder, names[^1]);

        FormSchema Member(FormSchema schema, JsonObject value, string name)
        {
            foreach (var property in schema.Chosen(value).Properties)
                if (property.Name == name) return property.Schema;
            throw new InvalidOperationException($"The form has no field {path}, as things are chosen.");
        }
    }

    static bool IsOutside(FormSchema property, double number) => number < property.Number("minimum") || number > property.Number("maximum");

    static bool IsSeen(FormSchema holder, (string Name, FormSchema Schema) property) =>
        property.Schema.IsAlwaysShown || holder.Required.Contains(property.Name);

    static bool IsEmpty(JsonNode? value) => value is null || (value.GetValueKind() is JsonValueKind.String && string.IsNullOrWhiteSpace(value.ToString()));

    string? GroupTitle(string? id) => _spec.List("groups")
        .Where(group => group.GetProperty("id").GetString() == id)
        .Select(static group => group.GetProperty("title").GetString()).FirstOrDefault();
}
