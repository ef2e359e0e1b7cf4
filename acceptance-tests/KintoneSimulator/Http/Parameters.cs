using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;

namespace KintoneSimulator;

/// <summary>
/// What a request asks for, whichever of the four forms it came in: a query string with <c>ids[0]=1</c>, a JSON body, or both.
/// Numbers may be texts and the other way round.
/// </summary>
public sealed partial class Parameters
{
    readonly Dictionary<string, string> _texts = [];
    readonly Dictionary<string, List<string>> _lists = [];

    /// <summary>Nothing asked.</summary>
    public static Parameters None { get; } = new();

    /// <summary>Single values and, as <c>name[n]</c>, the members of lists.</summary>
    public IEnumerable<KeyValuePair<string, string>> All =>
        _texts.Concat(_lists.SelectMany(list => list.Value.Select((value, index) => KeyValuePair.Create($"{list.Key}[{index}]", value))));

    /// <summary>Whether it came in a query string; limits of the index differ.</summary>
    public bool HasQueryString { get; private set; }

    public static Parameters Read(QueryString query, ReadOnlyMemory<byte> body)
    {
        var parameters = new Parameters();
        if (query.HasValue)
        {
            parameters.HasQueryString = true;
            foreach (var pair in new QueryStringEnumerable(query.Value))
                parameters.AddPair(pair.DecodeName().ToString(), pair.DecodeValue().ToString());
        }
        if (!body.IsEmpty)
            parameters.AddBody(body);
        return parameters;
    }

    public static Parameters ReadForm(ReadOnlyMemory<byte> body)
    {
        var parameters = new Parameters();
        foreach (var pair in new QueryStringEnumerable(System.Text.Encoding.UTF8.GetString(body.Span)))
            parameters.AddPair(pair.DecodeName().ToString(), pair.DecodeValue().ToString());
        return parameters;
    }

    public string? Text(string name) => _texts.GetValueOrDefault(name);

    public string RequiredText(string name) => Text(name) is { Length: > 0 } text ? text : throw ApiException.Required(name);

    /// <summary>An integer of at least <paramref name="least"/>; the default when it is not given, required when there is none.</summary>
    public long Number(string name, long? @default = null, long least = 1, long most = long.MaxValue)
    {
        if (Text(name) is not { Length: > 0 } text)
            return @default ?? throw ApiException.Required(name);
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            throw ApiException.Invalid(name, "must be an integer", "整数で指定してください。");
        return number < least ? throw ApiException.Below(name, least) : number > most ? throw ApiException.Above(name, most) : number;
    }

    public bool Flag(string name) => Text(name) switch
    {
        null or "" or "false" => false,
        "true" => true,
        _ => throw ApiException.Invalid(name, "must be boolean", "trueまたはfalseで指定してください。"),
    };

    /// <summary>One of these words.</summary>
    public string Word(string name, string @default, params IReadOnlyList<string> words)
    {
        var text = Text(name) ?? @default;
        return words.Contains(text) ? text : throw ApiException.Invalid(name, "must be one of the enum value", "選択肢のいずれかを指定してください。");
    }

    /// <summary>A list's members; null when it is not given.</summary>
    public IReadOnlyList<string>? List(string name, int most = int.MaxValue)
    {
        if (!_lists.TryGetValue(name, out var list))
            return Text(name) is { } single ? [single] : null;
        return list.Count <= most ? list : throw ApiException.Invalid(name, $"The size must be between 0 and {most}.", $"サイズは0から{most}の間でなければなりません。");
    }

    public IReadOnlyList<long>? Numbers(string name, int most = int.MaxValue) => List(name, most)?.Select(text =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw ApiException.Invalid(name, "must be an integer", "整数で指定してください。")).ToList();

    void AddPair(string name, string value)
    {
        if (name.EndsWith(']') && IndexForm().Match(name) is { Success: true } match)
        {
            // The index only has to be small: Kintone refuses 100 and above in a query string (official OpenAPI description).
            if (match.Groups[2].Value is { Length: > 0 } digits && (digits.Length > 2))
                throw ApiException.Invalid(match.Groups[1].Value, "The index must be between 0 and 99.", "インデックスは0から99の間でなければなりません。");
            Add(match.Groups[1].Value, value);
        }
        else
        {
            _texts[name] = value;
        }
    }

    void Add(string name, string value)
    {
        if (!_lists.TryGetValue(name, out var list))
            _lists[name] = list = [];
        list.Add(value);
    }

    void AddBody(ReadOnlyMemory<byte> body)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            throw new ApiException(400, "CB_IJ01", "Invalid JSON string.", "不正なJSON文字列です。");
        }
        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ApiException(400, "CB_IJ01", "Invalid JSON string.", "不正なJSON文字列です。");
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Value.ValueKind == JsonValueKind.Array)
                {
                    _lists[member.Name] = [.. member.Value.EnumerateArray().Select(Plain)];
                    continue;
                }
                if (member.Value.ValueKind != JsonValueKind.Null)
                    _texts.TryAdd(member.Name, Plain(member.Value));
            }
        }
    }

    static string Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => value.GetRawText(),
    };

    [GeneratedRegex(@"^(.+)\[(\d*)\]$", RegexOptions.CultureInvariant)]
    private static partial Regex IndexForm();
}
