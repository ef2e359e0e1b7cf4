using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>Everything that is wrong with the values of a request, by their paths, such as <c>records[0].table.value[1].value.count.value</c>.</summary>
sealed class InputErrors
{
    readonly JsonObject _errors = [];

    public JsonNode? Add(string path, string english, string japanese)
    {
        if (_errors[path] is not JsonObject known)
            _errors[path] = known = new() { ["messages"] = new JsonArray() };
        known["messages"]!.AsArray().Add(english == "" ? japanese : english);
        return null;
    }

    public JsonNode? Required(string path) => Add(path, "Required field.", "必須です。");

    public bool Any => _errors.Count > 0;

    /// <exception cref="ApiException">CB_VA01: something is wrong.</exception>
    public void ThrowIfAny()
    {
        if (Any)
            throw new ApiException(400, "CB_VA01", "Missing or invalid input.", "入力内容が正しくありません。", (JsonObject)_errors.DeepClone());
    }
}
