using System.Globalization;
using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>The process of an app's states, in settings under way.</summary>
static class ProcessWriter
{
    public static void Set(AppDraft draft, JsonObject given)
    {
        var document = (JsonObject)draft.Resources["app/status"].DeepClone();
        var isOn = given["enable"] is JsonValue enable ? enable.GetValue<bool>() : document["enable"] is JsonValue known && known.GetValue<bool>();
        if (given["states"] is JsonObject states)
        {
            // States are named by what they are called so far; their name is what they are called from now on.
            foreach (var (name, state) in states)
                if ((string?)state?["name"] is { } renamed && renamed != name && draft.States.Contains(name))
                    draft.RenamedStates.Add((name, renamed));
            document["states"] = new JsonObject(states.OrderBy(static state => Index(state.Value)).Select(static state => KeyValuePair.Create(
                (string?)state.Value?["name"] ?? state.Key, (JsonNode?)Described(state.Key, state.Value as JsonObject ?? []))));
        }
        if (given["actions"] is JsonArray actions)
            document["actions"] = new JsonArray([.. actions.OfType<JsonObject>().Select(static action => Described(action))]);
        if (isOn && document["states"] is not JsonObject { Count: > 1 })
            throw ApiException.Required("states");
        document["enable"] = isOn;
        draft.Resources["app/status"] = document;
        draft.SetStates([.. (document["states"] as JsonObject ?? []).Select(static state => state.Key)], isOn);
    }

    static int Index(JsonNode? state) => int.TryParse(state?["index"]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : 0;

    static JsonObject Described(string name, JsonObject state) => new()
    {
        ["name"] = (string?)state["name"] ?? name,
        ["index"] = state["index"]?.ToString() ?? "0",
        ["assignee"] = state["assignee"]?.DeepClone() ?? new JsonObject { ["type"] = "ONE", ["entities"] = new JsonArray() },
    };

    static JsonObject Described(JsonObject action) => new()
    {
        ["name"] = (string?)action["name"] ?? throw ApiException.Required("actions.name"),
        ["from"] = (string?)action["from"] ?? throw ApiException.Required("actions.from"),
        ["to"] = (string?)action["to"] ?? throw ApiException.Required("actions.to"),
        ["filterCond"] = (string?)action["filterCond"] ?? "",
        ["type"] = (string?)action["type"] ?? "PRIMARY",
    };
}
