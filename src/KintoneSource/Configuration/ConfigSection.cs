using System.Globalization;
using System.Text.Json;

namespace KintoneSource.Configuration;

/// <summary>
/// One object of the configuration, read by <see cref="Option"/> and the form's rules for it. A value that is missing, null or blank is the same to it.
/// What does not fit is noted under the title that the person sees, and reading goes on, so that all problems come out at once.
/// No value is quoted where a choice, a number or a date belongs: somebody may have pasted a secret there.
/// </summary>
sealed class ConfigSection(JsonElement json, OptionRules rules, string path, List<string> problems)
{
    readonly List<Option> _missing = [];
    readonly List<ConfigSection> _inner = [];
    OptionRules _rules = rules;

    public static ConfigSection Of(JsonElement configuration, List<string> problems) => new(configuration, OptionRules.Form, "", problems);

    /// <summary>Notes a problem with one of this section's options.</summary>
    public void Problem(Option option, string text) => problems.Add($"{path}{option.Title}: {text}");

    /// <summary>Notes that an option is missing, which a mistyped name may explain.</summary>
    /// <param name="whatToDo">Follows the statement that it is missing.</param>
    public void Missing(Option option, string whatToDo)
    {
        _missing.Add(option);
        Problem(option, $"is missing. {whatToDo}");
    }

    public bool Has(Option option) => Find(option) is not null;

    /// <summary>Whether it is a text that may be an address, with something below its host.</summary>
    public bool HasPage(Option option) =>
        Find(option) is { ValueKind: JsonValueKind.String } value && Typed.Fold(value.GetString()!).Contains('/', StringComparison.Ordinal);

    /// <summary>False also for a group of settings none of which has a value.</summary>
    public bool HasAny(Option option) => Find(option) is { } value && !IsEmpty(value);

    /// <summary>Without the blanks around it; null if missing or unfit.</summary>
    public string? Text(Option option)
    {
        if (Find(option) is not { } value || AsText(option, value)?.Trim() is not { } text) return null;
        if (_rules.Of(option).MaxLength is not { } most || text.Length <= most) return text;
        Problem(option, $"is longer than {most} characters, the most that Kintone takes. Shorten it.");
        return null;
    }

    /// <param name="whatToDo">Follows the statement that it is missing.</param>
    public string? RequiredText(Option option, string whatToDo) => Required(option, whatToDo) ? Text(option) : null;

    /// <summary>As it was given, blanks and all.</summary>
    public Secret? Secret(Option option) =>
        Find(option) is { } value && AsText(option, value) is { } text ? new Secret(text) : null;

    public Secret? RequiredSecret(Option option, string whatToDo) => Required(option, whatToDo) ? Secret(option) : null;

    /// <summary>A whole number within the form's limits, written as a number or as text; the form's default where it is missing.</summary>
    public long? Whole(Option option)
    {
        var rule = _rules.Of(option);
        if (Find(option) is not { } value) return rule.Default?.GetInt64();
        return ConfigValue.AsWhole(value) is { } number && number >= rule.Minimum && number <= (rule.Maximum ?? long.MaxValue)
            ? number : Unfit<long>(option, value, Range(rule));
    }

    /// <summary>As <see cref="Whole"/>, of an option with a default and limits.</summary>
    public int Number(Option option) => (int)(Whole(option) ?? 0);

    /// <summary>A record number, with or without the app code that Kintone can put before it: <c>12</c>, <c>SALES-12</c>.</summary>
    public long? RecordNumber(Option option)
    {
        if (Find(option) is not { ValueKind: JsonValueKind.String } value) return Whole(option);
        var text = Typed.Fold(value.GetString()!);
        return Typed.Positive(text[(text.LastIndexOf('-') is > 0 and var hyphen ? hyphen + 1 : 0)..])
            ?? Unfit<long>(option, value, "a record number, such as 12 or SALES-12");
    }

    public bool Flag(Option option) =>
        Find(option) is not { } value ? _rules.Of(option).Default is { ValueKind: JsonValueKind.True }
        : value.ValueKind is JsonValueKind.True || ConfigValue.IsWord(value, "true")
            || (value.ValueKind is not JsonValueKind.False && !ConfigValue.IsWord(value, "false") && Unfit<bool>(option, value, "true or false") is true);

    /// <summary>One of the form's choices, in either case; its default where it is missing or unfit.</summary>
    public string Choice(Option option)
    {
        var rule = _rules.Of(option);
        if (Find(option) is { } value)
        {
            if (ConfigValue.Word(value, rule.Choices) is { } choice) return choice;
            _ = Unfit<int>(option, value, $"one of {string.Join(", ", rule.Choices)}");
        }
        return rule.Default?.GetString() ?? rule.Choices[0];
    }

    /// <summary>As <see cref="Choice(Option)"/>; the form's <c>field_code</c> is <c>FieldCode</c>.</summary>
    public T Choice<T>(Option option) where T : struct, Enum => Enum.Parse<T>(Choice(option).Replace("_", "", StringComparison.Ordinal), ignoreCase: true);

    /// <summary>Any of the form's choices, in either case; its defaults where it is missing. An empty list is none of them.</summary>
    public IReadOnlyCollection<string> Choices(Option option)
    {
        var rule = _rules.Of(option);
        if (!Has(option)) return rule.DefaultTexts;
        var chosen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in Items(option))
            if (ConfigValue.Word(item, rule.Items.Choices) is { } choice) chosen.Add(choice);
            else Problem(option, $"must hold {string.Join(", ", rule.Items.Choices)} only, and holds something else.");
        return chosen;
    }

    /// <summary>Whole numbers above zero, each once; also as one text with commas. Empty if missing.</summary>
    public IReadOnlyList<long> Positives(Option option)
    {
        var numbers = new List<long>();
        foreach (var item in Items(option))
        {
            var parts = item.ValueKind is JsonValueKind.String ? Typed.Pieces(item.GetString()!).Select(Typed.Positive) : [ConfigValue.AsPositive(item)];
            foreach (var part in parts)
                if (part is null) Problem(option, "must hold whole numbers above zero only, and holds something else.");
                else if (!numbers.Contains(part.Value)) numbers.Add(part.Value);
        }
        return numbers;
    }

    /// <summary>The elements of a list that are not null; a value that is no list counts as a list of one.</summary>
    public IEnumerable<JsonElement> Items(Option option) =>
        Find(option) is not { } value ? []
        : value.ValueKind is JsonValueKind.Array ? value.EnumerateArray().Where(static item => !ConfigValue.IsMissing(item))
        : [value];

    /// <summary>The object below <paramref name="option"/>; null if missing, unfit or without any value.</summary>
    public ConfigSection? Section(Option option) =>
        Find(option) is { } value && !IsEmpty(value) ? Section(option, value, _rules.Of(option), option.Title, "") : null;

    /// <summary>As <see cref="Section(Option)"/>; a missing one is a problem.</summary>
    public ConfigSection? RequiredSection(Option option, string whatToDo)
    {
        if (HasAny(option)) return Section(option);
        Missing(option, whatToDo);
        return null;
    }

    /// <summary>An object in the list of <paramref name="option"/>, known to the person by its position from 1.</summary>
    public ConfigSection? Entry(Option option, JsonElement item, int position) =>
        Section(option, item, _rules.Of(option).Items, $"{option.Title} > entry {position}", $"entry {position} ");

    /// <summary>Which variant of a choice this section is; from then on its options are those of the variant.</summary>
    /// <returns>The variant's constant; null if a problem was noted.</returns>
    public string? Variant(Option discriminator, string whatToDo)
    {
        if (!json.TryGetProperty(discriminator.Name, out var value) || ConfigValue.IsMissing(value))
        {
            Missing(discriminator, whatToDo);
            return null;
        }
        foreach (var (name, variant) in _rules.Variants)
        {
            if (!ConfigValue.IsWord(value, name)) continue;
            _rules = variant;
            return name;
        }
        _ = Unfit<int>(discriminator, value, $"one of {string.Join(", ", _rules.Variants.Select(static variant => variant.Name))}");
        return null;
    }

    /// <summary>
    /// What stands in this section, or in one below it, and is none of its options: mistyped, of another version, or in the wrong place.
    /// To be asked when all is read. Each as <c>an unknown option …</c>. Never a value; a name only where it looks like one, since a secret may stand
    /// in the wrong place, too.
    /// </summary>
    public IEnumerable<string> Unknown()
    {
        var known = _rules.Names.ToHashSet(StringComparer.Ordinal);
        var unknown = json.EnumerateObject().Where(property => !known.Contains(property.Name)).ToArray();
        // One that is missing and one that nobody knows are probably the same.
        var meant = unknown.Length == 1 && _missing.Count == 1 ? _missing[0].Name : null;
        return unknown.Select(property => UnknownOption.Of(property, path, known, meant)).Concat(_inner.SelectMany(static section => section.Unknown()));
    }

    ConfigSection? Section(Option option, JsonElement value, OptionRules rules, string title, string subject)
    {
        if (value.ValueKind is JsonValueKind.Object)
        {
            var inner = new ConfigSection(value, rules, $"{path}{title} > ", problems);
            _inner.Add(inner);
            return inner;
        }
        Problem(option, $"{subject}must be a group of settings, not {ConfigValue.Kind(value)}.");
        return null;
    }

    bool Required(Option option, string whatToDo)
    {
        if (Has(option)) return true;
        Missing(option, whatToDo);
        return false;
    }

    JsonElement? Find(Option option)
    {
        _ = _rules.Of(option); // what the form does not have, nobody may ask for
        return json.TryGetProperty(option.Name, out var value) && !ConfigValue.IsMissing(value) ? value : null;
    }

    static bool IsEmpty(JsonElement value) =>
        value.ValueKind is JsonValueKind.Object && value.EnumerateObject().All(static property => ConfigValue.IsMissing(property.Value));

    string? AsText(Option option, JsonElement value)
    {
        if (value.ValueKind is not JsonValueKind.String)
        {
            // The value stays out of the message: it may be a secret.
            Problem(option, $"must be a text, not {ConfigValue.Kind(value)}.");
            return null;
        }
        var text = value.GetString()!;
        if (!_rules.Of(option).IsSecret || !Configuration.Secret.IsHidden(text)) return text;
        Problem(option, Configuration.Secret.Hidden);
        return null;
    }

    static string Range(OptionRules rule) => rule.Maximum is { } most
        ? string.Create(CultureInfo.InvariantCulture, $"a whole number from {rule.Minimum} to {most}") : "a whole number above zero";

    T? Unfit<T>(Option option, JsonElement value, string expected) where T : struct
    {
        Problem(option, value.ValueKind switch
        {
            JsonValueKind.String => $"must be {expected}, and this text is not.",
            JsonValueKind.Number => $"must be {expected}, and this number is not.",
            _ => $"must be {expected}, not {ConfigValue.Kind(value)}.",
        });
        return null;
    }
}
