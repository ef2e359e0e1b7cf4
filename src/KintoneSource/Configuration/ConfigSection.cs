using System.Text.Json;
using KintoneSource.Protocol;

namespace KintoneSource.Configuration;

/// <summary>
/// One object of the configuration, read by <see cref="Option"/>. A value that is missing, null or blank is the same to it.
/// What does not fit is noted under the title that the person sees, and reading goes on, so that all problems come out at once.
/// </summary>
sealed class ConfigSection(JsonElement json, string path, List<string> problems)
{
    readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    readonly List<ConfigSection> _inner = [];

    /// <summary>
    /// What stands in this section, or in one below it, and was not asked for: mistyped, of another version, or in the wrong place. To be asked when all is read.
    /// One sentence each. Never a value; a name only where it looks like one, since a secret may stand in the wrong place, too.
    /// </summary>
    public IEnumerable<string> Unknown() => json.EnumerateObject()
        .Where(property => !_asked.Contains(property.Name))
        .Select(property => UnknownOption(property.Name))
        .Concat(_inner.SelectMany(static section => section.Unknown()));

    string UnknownOption(string name)
    {
        var place = path.Length == 0 ? "" : $" in {path[..^" > ".Length]}";
        var meant = Misspelling.Nearest(name, _asked) is { } near ? $"did you mean {near}?" : "it has no effect. Check its name and its place.";
        return $"The configuration has an unknown option{(LooksLikeName(name) ? $" {name}" : "")}{place}: {meant}";
    }

    static bool LooksLikeName(string name) => name.Length <= 40 && name.All(static c => char.IsAsciiLetter(c) || c is '_' or '-');

    /// <summary>Notes a problem with one of this section's options.</summary>
    public void Problem(Option option, string text) => problems.Add($"{path}{option.Title}: {text}");

    public bool Has(Option option) => Find(option) is not null;

    /// <summary>False also for a group of settings none of which has a value.</summary>
    public bool HasAny(Option option) => Find(option) is { } value && !IsEmpty(value);

    /// <summary>Without the blanks around it; null if missing or unfit.</summary>
    public string? Text(Option option) => Find(option) is { } value ? AsText(option, value)?.Trim() : null;

    /// <param name="whatToDo">Follows the statement that it is missing.</param>
    public string? RequiredText(Option option, string whatToDo) => Required(option, whatToDo) ? Text(option) : null;

    /// <summary>As it was given, blanks and all.</summary>
    public Secret? Secret(Option option) =>
        Find(option) is { } value && AsText(option, value) is { } text ? new Secret(text) : null;

    public Secret? RequiredSecret(Option option, string whatToDo) => Required(option, whatToDo) ? Secret(option) : null;

    /// <summary>A whole number above zero, written as a number or as text.</summary>
    public long? Positive(Option option) =>
        Find(option) is { } value ? AsPositive(value) ?? Unfit<long>(option, value, "a whole number above zero") : null;

    /// <summary>A record number, with or without the app code that Kintone can put before it: <c>12</c>, <c>SALES-12</c>.</summary>
    public long? RecordNumber(Option option)
    {
        if (Find(option) is not { } value) return null;
        if (value.ValueKind is not JsonValueKind.String) return Positive(option);
        var text = Typed.Fold(value.GetString()!);
        return Typed.Positive(text[(text.LastIndexOf('-') is > 0 and var hyphen ? hyphen + 1 : 0)..])
            ?? Unfit<long>(option, value, "a record number, such as 12 or SALES-12");
    }

    /// <param name="least">0 or more.</param>
    public int? Between(Option option, int least, int most) =>
        Find(option) is not { } value ? null
        : (IsZero(value) ? 0 : AsPositive(value)) is { } number && number >= least && number <= most ? (int)number
        : Unfit<int>(option, value, $"a whole number from {least} to {most}");

    public bool? Flag(Option option) =>
        Find(option) is not { } value ? null
        : value.ValueKind is JsonValueKind.True || IsWord(value, "true") ? true
        : value.ValueKind is JsonValueKind.False || IsWord(value, "false") ? false
        : Unfit<bool>(option, value, "true or false");

    /// <summary>One of <paramref name="choices"/>, in either case.</summary>
    public T? Choice<T>(Option option, params ReadOnlySpan<(string Name, T Value)> choices) where T : struct
    {
        if (Find(option) is not { } value) return null;
        foreach (var (name, choice) in choices)
            if (IsWord(value, name)) return choice;
        var names = new List<string>();
        foreach (var (name, _) in choices) names.Add(name);
        return Unfit<T>(option, value, $"one of {string.Join(", ", names)}");
    }

    /// <summary>Any of <paramref name="names"/>, in either case; null if missing. An empty list is none of them.</summary>
    public IReadOnlyCollection<string>? Choices(Option option, params ReadOnlySpan<string> names)
    {
        if (!Has(option)) return null;
        var chosen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in Items(option))
        {
            string? choice = null;
            foreach (var name in names)
                if (IsWord(item, name)) choice = name;
            if (choice is not null) chosen.Add(choice);
            else Problem(option, $"{Shown(item)} is not one of {string.Join(", ", names!)}.");
        }
        return chosen;
    }

    /// <summary>Whole numbers above zero, each once; also as one text with commas. Empty if missing.</summary>
    public IReadOnlyList<long> Positives(Option option)
    {
        var numbers = new List<long>();
        foreach (var item in Items(option))
        {
            var parts = item.ValueKind is JsonValueKind.String ? Typed.Pieces(item.GetString()!).Select(Typed.Positive) : [AsPositive(item)];
            foreach (var part in parts)
                if (part is null) Problem(option, $"{Shown(item)} is not a whole number above zero.");
                else if (!numbers.Contains(part.Value)) numbers.Add(part.Value);
        }
        return numbers;
    }

    /// <summary>The elements of a list that are not null; a value that is no list counts as a list of one.</summary>
    public IEnumerable<JsonElement> Items(Option option) =>
        Find(option) is not { } value ? []
        : value.ValueKind is JsonValueKind.Array ? value.EnumerateArray().Where(static item => !IsMissing(item))
        : [value];

    /// <summary>The object below <paramref name="option"/>; null if missing, unfit or without any value.</summary>
    public ConfigSection? Section(Option option) =>
        Find(option) is { } value && !IsEmpty(value) ? Section(option, value, option.Title, "") : null;

    /// <summary>As <see cref="Section(Option)"/>; a missing one is a problem.</summary>
    public ConfigSection? RequiredSection(Option option, string whatToDo)
    {
        if (HasAny(option)) return Section(option);
        Problem(option, $"is missing. {whatToDo}");
        return null;
    }

    /// <summary>An object in the list of <paramref name="option"/>, known to the person by its position from 1.</summary>
    public ConfigSection? Entry(Option option, JsonElement item, int position) =>
        Section(option, item, $"{option.Title} > entry {position}", $"entry {position} ");

    /// <summary>What <paramref name="value"/> is, in a person's words.</summary>
    public static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "a group of settings",
        _ => "empty",
    };

    ConfigSection? Section(Option option, JsonElement value, string title, string subject)
    {
        if (value.ValueKind is JsonValueKind.Object)
        {
            var inner = new ConfigSection(value, $"{path}{title} > ", problems);
            _inner.Add(inner);
            return inner;
        }
        Problem(option, $"{subject}must be a group of settings, not {Kind(value)}.");
        return null;
    }

    bool Required(Option option, string whatToDo)
    {
        if (Has(option)) return true;
        Problem(option, $"is missing. {whatToDo}");
        return false;
    }

    JsonElement? Find(Option option)
    {
        _asked.Add(option.Name);
        return json.TryGetProperty(option.Name, out var value) && !IsMissing(value) ? value : null;
    }

    static bool IsMissing(JsonElement value) =>
        value.ValueKind is JsonValueKind.Null
        || value.ValueKind is JsonValueKind.String && string.IsNullOrWhiteSpace(value.GetString());

    static bool IsEmpty(JsonElement value) =>
        value.ValueKind is JsonValueKind.Object && value.EnumerateObject().All(static property => IsMissing(property.Value));

    string? AsText(Option option, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.String) return value.GetString();
        // The value stays out of the message: it may be a secret.
        Problem(option, $"must be a text, not {Kind(value)}.");
        return null;
    }

    static long? AsPositive(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Typed.Positive(value.GetString()!),
        JsonValueKind.Number when value.TryGetDecimal(out var number) && number > 0 && number <= long.MaxValue
            && decimal.IsInteger(number) => (long)number,
        _ => null,
    };

    static bool IsZero(JsonElement value) => value.ValueKind is JsonValueKind.Number ? value.TryGetDecimal(out var number) && number == 0 : IsWord(value, "0");

    static bool IsWord(JsonElement value, string word) =>
        value.ValueKind is JsonValueKind.String && Typed.Fold(value.GetString()!).Equals(word, StringComparison.OrdinalIgnoreCase);

    T? Unfit<T>(Option option, JsonElement value, string expected) where T : struct
    {
        Problem(option, $"must be {expected}, not {Shown(value)}.");
        return null;
    }

    static string Shown(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Typed.Quote(value.GetString()!),
        JsonValueKind.Number => Typed.Quote(value.GetRawText()).Trim('"'),
        _ => Kind(value),
    };
}
