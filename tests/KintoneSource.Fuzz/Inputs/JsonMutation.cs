using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KintoneSource.Fuzz;

/// <summary>Changes JSON as JSON: the result parses nearly always, and is wrong one level higher.</summary>
static class JsonMutation
{
    static readonly string[] s_values =
    [
        "null", "true", "false", "0", "-1", "1", "1.5", "1e400", "-0", "9223372036854775807", "9223372036854775808", "18446744073709551616", "2147483648",
        "0.1e-9",
        "\"\"", "\" \"", "\"0\"", "\"-1\"", "\"1\"", "\"9223372036854775807\"", "\"9223372036854775808\"", "\"1e5\"", "\"2024-02-30\"",
        "\"2026-05-01T03:02:00Z\"",
        "\"0001-01-01T00:00:00+14:00\"", "\"9999-12-31T23:59:59-14:00\"", "\"\\ud800\"", "\"\\u0000\"", "\"\\u2028\"", "\"あ\"", "\"type\"", "\"SUBTABLE\"",
        "\"NUMBER\"", "\"UPDATED_TIME\"",
        "[]", "{}", "[null]", "[[]]", "{\"type\":null}", "{\"value\":null}", "{\"\":\"\"}", "[1,2]", "[[0,9223372036854775807]]",
    ];

    /// <summary>The bytes themselves where they are not JSON.</summary>
    public static byte[] Of(byte[] json, Dice dice)
    {
        JsonNode? root;
        try { root = JsonNode.Parse(json); }
        catch (JsonException) { return json; }
        if (root is null) return json;
        for (var left = 1 + dice.Next(dice.OneIn(4) ? 6 : 2); left > 0; left--)
        {
            try { Once(Nodes(root), dice); }
            catch (Exception e) when (e is InvalidOperationException or ArgumentException) { } // a string that no text holds, a name that is taken
        }
        return Written(root, dice);
    }

    static void Once(List<JsonNode> nodes, Dice dice)
    {
        switch (dice.Of(nodes))
        {
            case JsonObject { Count: > 0 } members:
                var (name, value) = members.ElementAt(dice.Next(members.Count));
                switch (dice.Next(7))
                {
                    case 0: members.Remove(name); break;
                    case 1:
                        members.Remove(name);
                        members[Misspelt(name, dice)] = value?.DeepClone();
                        break;
                    case 2: members[Misspelt(name, dice)] = value?.DeepClone(); break;
                    case 3: members[name] = dice.Of(nodes).DeepClone(); break;
                    case 4: members[name] = Deep(dice.Of([3, 60, 64, 70, 200])); break;
                    default: members[name] = Odd(dice); break;
                }
                break;
            case JsonArray { Count: > 0 } items:
                var at = dice.Next(items.Count);
                switch (dice.Next(6))
                {
                    case 0: items.RemoveAt(at); break;
                    case 1: items.Insert(at, items[at]?.DeepClone()); break;
                    case 2:
                        for (var more = dice.Of([2, 10, 300]); more > 0 && nodes.Count < 2_000; more--) items.Add(items[at]?.DeepClone());
                        break;
                    case 3: items[at] = dice.Of(nodes).DeepClone(); break;
                    default: items[at] = Odd(dice); break;
                }
                break;
            case JsonObject members: members[dice.Of(["", "type", "value", "$id", "名前"])] = Odd(dice); break;
            case JsonArray items: items.Add(Odd(dice)); break;
            default: break;
        }
    }

    static JsonNode? Odd(Dice dice) => JsonNode.Parse(dice.Of(s_values));

    static JsonNode Deep(int levels) => JsonNode.Parse(new string('[', levels) + new string(']', levels), documentOptions: new() { MaxDepth = 512 })!;

    static string Misspelt(string name, Dice dice)
    {
        if (name.Length == 0) return "x";
        var at = dice.Next(name.Length);
        return dice.Next(4) switch
        {
            0 => name.Remove(at, 1),
            1 => name.Insert(at, $"{name[at]}"),
            2 => name.ToUpperInvariant(),
            _ => name[..at] + "x" + name[(at + 1)..],
        };
    }

    static List<JsonNode> Nodes(JsonNode root)
    {
        List<JsonNode> found = [root];
        for (var i = 0; i < found.Count && found.Count < 3_000; i++)
        {
            try
            {
                if (found[i] is JsonObject members) found.AddRange(members.Select(static m => m.Value).OfType<JsonNode>());
                else if (found[i] is JsonArray items) found.AddRange(items.OfType<JsonNode>());
            }
            catch (ArgumentException) { } // a name comes twice
        }
        return [.. found.Where(static n => n is JsonObject or JsonArray)];
    }

    static byte[] Written(JsonNode root, Dice dice)
    {
        using var bytes = new MemoryStream();
        try
        {
            using var writer = new Utf8JsonWriter(bytes,
                new()
                {
                    Indented = dice.OneIn(10),
                    SkipValidation = true,
                    Encoder = dice.OneIn(4) ? null
                : System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping
                });
            root.WriteTo(writer);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException) { return Encoding.UTF8.GetBytes("{}"); }
        return bytes.ToArray();
    }
}
