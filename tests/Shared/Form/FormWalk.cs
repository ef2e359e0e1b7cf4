using System.Text.Json;
using System.Text.Json.Nodes;

namespace KintoneSource.Testing.Form;

/// <param name="Done">What a person did, beginning with an untouched form with a login.</param>
/// <param name="Sent">What the form sends then.</param>
/// <param name="Leaves">What it sends when that is undone; null where nothing is left to undo.</param>
sealed record FormStep(string Done, JsonObject Sent, JsonObject? Leaves = null)
{
    public override string ToString() => Done;
}

/// <summary>Everything that a person may do in a form, one thing at a time: each option filled and emptied again, each choice switched to and fro.</summary>
/// <param name="values">
/// What is typed into an option, by its path (<c>app_selection|single_app.app</c>); otherwise an example or another value that the specification allows.
/// </param>
/// <param name="together">Options that need each other; filled alone as well.</param>
sealed class FormWalk(JsonElement spec, IReadOnlyDictionary<string, JsonNode> values, IReadOnlyList<IReadOnlyList<string>> together)
{
    readonly FormSchema _spec = new(spec);

    public IEnumerable<FormStep> Steps()
    {
        yield return new("untouched, with a login", WithLogin().Send());
        foreach (var (name, property) in _spec.Properties.Where(static property => !property.Schema.IsHidden))
        {
            if (property.Options.Count > 0)
                foreach (var step in Choices(name, property)) yield return step;
            else if (!_spec.Required.Contains(name))
                yield return Filled(WithLogin, name, property, name);
        }
        foreach (var names in together)
        {
            var form = WithLogin();
            foreach (var name in names) form.Fill(name, values.TryGetValue(name, out var value) ? value : $"text-of-{name}");
            yield return new($"filled {string.Join(" and ", names)}", form.Send());
        }
    }

    /// <summary>Chosen from the start: what must be filled in before anything can be sent.</summary>
    SourceForm WithLogin()
    {
        var form = SourceForm.New(spec);
        foreach (var (name, property) in _spec.Properties.Where(property => _spec.Required.Contains(property.Name)))
            if (property.Options.Count == 0) form.Fill(name, ValueOf(name, property));
            else FillRequired(form, name, property.Options.Single(option => option.Discriminator.Value == property.Text("default")));
        return form;
    }

    IEnumerable<FormStep> Choices(string name, FormSchema choice)
    {
        var start = choice.Text("default")!;
        foreach (var option in choice.Options)
        {
            var chosen = option.Discriminator.Value;
            var back = Chosen().Choose(name, start);
            FillRequired(back, name, choice.Options.Single(o => o.Discriminator.Value == start));
            yield return new($"chose {chosen} of {name}", Chosen().Send(), back.Send());
            foreach (var (member, property) in option.Properties.Where(member => !option.Required.Contains(member.Name)))
                yield return Filled(Chosen, $"{name}.{member}", property, $"{name}|{chosen}.{member}");

            SourceForm Chosen()
            {
                var form = WithLogin().Choose(name, chosen);
                FillRequired(form, name, option);
                return form;
            }
        }
    }

    FormStep Filled(Func<SourceForm> open, string path, FormSchema property, string place)
    {
        var value = ValueOf(place, property);
        return new($"filled {place}", open().Fill(path, value).Send(), open().Fill(path, value).Clear(path).Send());
    }

    void FillRequired(SourceForm form, string name, FormSchema option)
    {
        foreach (var (member, property) in option.Properties.Where(member => option.Required.Contains(member.Name) && !member.Schema.IsConstant))
            form.Fill($"{name}.{member}", ValueOf($"{name}|{option.Discriminator.Value}.{member}", property));
    }

    JsonNode ValueOf(string place, FormSchema property) =>
        values.TryGetValue(place, out var value) ? value
        : property.List("examples").FirstOrDefault() is { ValueKind: not JsonValueKind.Undefined } example ? JsonNode.Parse(example.GetRawText())!
        : property.Type switch
        {
            "boolean" => !(bool)property.Value("default")!,
            "integer" => property.Number("minimum")!.Value is var least && (double?)property.Value("default") == least ? least + 1 : least,
            "array" => new JsonArray([.. property.Items!.Value.List("enum").Select(static choice => JsonNode.Parse(choice.GetRawText()))]),
            _ => property.List("enum").LastOrDefault() is { ValueKind: not JsonValueKind.Undefined } last ? last.GetString()! : $"text-of-{place}",
        };
}
