using System.Runtime.CompilerServices;
using System.Text.Json;

namespace KintoneSimulator.Tests.OpenApi;

/// <summary>
/// What the official description of the REST API says: per path its parameters, and the members and types of its answer. It types ids
/// and counts as integers, the wire sends them as texts (official clients' types), so digits in a text are an integer here.
/// </summary>
static class OpenApiFacts
{
    static readonly JsonElement s_paths = Load();

    public static IEnumerable<string> Paths => s_paths.EnumerateObject().Select(static path => path.Name);

    public static IReadOnlyList<string> RequiredParameters(string path)
    {
        var facts = s_paths.GetProperty(path);
        return facts.TryGetProperty("query", out var parameters) || facts.TryGetProperty("body", out parameters)
            ? [.. parameters.EnumerateObject().Where(static parameter => parameter.Value.GetString() == "required").Select(static parameter => parameter.Name)]
            : [];
    }

    /// <summary>Where an answer is not as described: a member that is not known or of another type, or one that is missing.</summary>
    public static IEnumerable<string> Deviations(string path, JsonElement answer) =>
        s_paths.GetProperty(path).TryGetProperty("answer", out var described) ? Compare(described, answer, "")
            : answer.EnumerateObject().Select(static member => $"{member.Name} is not described");

    static IEnumerable<string> Compare(JsonElement described, JsonElement seen, string at)
    {
        if (seen.ValueKind == JsonValueKind.Null)
            return [];
        switch (described.ValueKind)
        {
            case JsonValueKind.String:
                return described.GetString()!.Split('|').Any(type => Is(type, seen)) ? [] : [$"{at} is {seen.ValueKind} and not {described.GetString()}"];
            case JsonValueKind.Array when seen.ValueKind == JsonValueKind.Array:
                return seen.EnumerateArray().SelectMany(item => Compare(described[0], item, $"{at}[]"));
            case JsonValueKind.Object when seen.ValueKind == JsonValueKind.Object:
                return CompareMembers(described, seen, at);
            default:
                return [$"{at} is {seen.ValueKind} and not {described.ValueKind}"];
        }
    }

    static IEnumerable<string> CompareMembers(JsonElement described, JsonElement seen, string at)
    {
        var ofAnyForm = described.TryGetProperty("<any>", out _);
        foreach (var member in seen.EnumerateObject())
        {
            if (described.TryGetProperty(member.Name, out var known) || described.TryGetProperty("<key>", out known))
                foreach (var deviation in Compare(known, member.Value, Below(at, described.TryGetProperty(member.Name, out _) ? member.Name : "<key>")))
                    yield return deviation;
            else
                yield return $"{Below(at, member.Name)} is not described";
        }
        foreach (var member in described.EnumerateObject()
            .Where(member => !ofAnyForm && !member.Name.StartsWith('<') && !seen.TryGetProperty(member.Name, out _)))
            yield return $"{Below(at, member.Name)} is missing";
    }

    static bool Is(string type, JsonElement seen) => type switch
    {
        "*" => true,
        "integer" => seen.ValueKind == JsonValueKind.String && (seen.GetString()!.Length == 0 || long.TryParse(seen.GetString(), out _)),
        "boolean" => seen.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => seen.ValueKind == JsonValueKind.Number,
        _ => seen.ValueKind == JsonValueKind.String,
    };

    static string Below(string at, string name) => at.Length == 0 ? name : $"{at}.{name}";

    static JsonElement Load([CallerFilePath] string here = "")
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "facts.json")));
        return document.RootElement.GetProperty("paths").Clone();
    }
}
