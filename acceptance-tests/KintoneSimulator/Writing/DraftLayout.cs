using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>A stored layout follows the form: new fields come at its end, removed ones leave it, renamed ones keep their place.</summary>
static class DraftLayout
{
    public static void Append(AppDraft draft, IEnumerable<string> codes)
    {
        if (Rows(draft) is not { } rows)
            return;
        foreach (var row in AppResources.Layout(draft.Form).OfType<JsonObject>().Where(row => codes.Any(code => IsOf(row, code))))
            rows.Add(row.DeepClone());
    }

    public static void Remove(AppDraft draft, IReadOnlyList<string> codes)
    {
        if (Rows(draft) is { } rows)
            Visit(rows, list =>
            {
                foreach (var gone in list.OfType<JsonObject>().Where(item => item["code"] is { } code && codes.Contains((string)code!)).ToList())
                    list.Remove(gone);
                foreach (var empty in list.OfType<JsonObject>()
                    .Where(static item => (string?)item["type"] == "ROW" && item["fields"] is JsonArray { Count: 0 }).ToList())
                    list.Remove(empty);
            });
    }

    public static void Rename(AppDraft draft, string code, string renamed)
    {
        if (Rows(draft) is { } rows)
            Visit(rows, list =>
            {
                foreach (var item in list.OfType<JsonObject>().Where(item => (string?)item["code"] == code))
                    item["code"] = renamed;
            });
    }

    static JsonArray? Rows(AppDraft draft) => draft.Resources["app/form/layout"]["layout"] as JsonArray;

    static bool IsOf(JsonObject row, string code) =>
        (string?)row["code"] == code || (row["fields"] as JsonArray ?? []).Any(field => (string?)field?["code"] == code);

    static void Visit(JsonArray list, Action<JsonArray> act)
    {
        foreach (var item in list.OfType<JsonObject>().ToList())
            foreach (var inner in new[] { item["fields"], item["layout"] }.OfType<JsonArray>())
                Visit(inner, act);
        act(list);
    }
}
