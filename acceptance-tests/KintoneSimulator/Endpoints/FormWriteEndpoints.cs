using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>preview/app/form/fields.json and preview/app/form/layout.json.</summary>
static class FormWriteEndpoints
{
    public static IEnumerable<Endpoint> All() =>
    [
        PreviewEndpoints.Reading("app/form/fields", Fields),
        PreviewEndpoints.Writing("POST", "app/form/fields", call => Edit(call, draft => new FormWriter(draft).Add(call.RequiredObject("properties")))),
        PreviewEndpoints.Writing("PUT", "app/form/fields", call => Edit(call, draft => new FormWriter(draft).Update(call.RequiredObject("properties")))),
        PreviewEndpoints.Writing("DELETE", "app/form/fields", call => Edit(call, draft =>
            new FormWriter(draft).Delete(call.Parameters.List("fields", 100) is { Count: > 0 } codes ? codes : throw ApiException.Required("fields")))),
        PreviewEndpoints.Reading("app/form/layout", Layout),
        PreviewEndpoints.Writing("PUT", "app/form/layout",
            call => Edit(call, draft => SetLayout(draft, call.Json["layout"] as JsonArray ?? throw ApiException.Required("layout")))),
    ];

    static Reply Edit(ApiCall call, Action<AppDraft> edit) => PreviewEndpoints.Edited(call.AppToEdit().EditDraft(call.Revision, edit));

    static Reply Fields(ApiCall call)
    {
        var draft = call.AppToEdit().Preview;
        return Reply.Json(new JsonObject { ["properties"] = draft.Form.ToJson(), ["revision"] = AppEndpoints.Text(draft.Revision) });
    }

    static Reply Layout(ApiCall call)
    {
        var draft = call.AppToEdit().Preview;
        return Reply.Json(new JsonObject
        {
            ["layout"] = draft.Resources["app/form/layout"]["layout"]?.DeepClone() ?? AppResources.Layout(draft.Form),
            ["revision"] = AppEndpoints.Text(draft.Revision),
        });
    }

    /// <summary>Every field of the form must be in the layout once, GROUP fields come into being by it.</summary>
    static void SetLayout(AppDraft draft, JsonArray layout)
    {
        var rows = layout.OfType<JsonObject>().SelectMany(static row => (string?)row["type"] == "GROUP"
            ? (row["layout"] as JsonArray ?? []).OfType<JsonObject>().Prepend(row) : [row]);
        var codes = rows.SelectMany(static row =>
            new[] { (string?)row["code"] }.Concat((row["fields"] as JsonArray ?? []).Select(static field => (string?)field?["code"]))).OfType<string>()
            .ToList();
        var known = draft.Form.Fields.SelectMany(static field => field.Fields.Select(static inner => inner.Code).Prepend(field.Code)).ToHashSet();
        if (codes.FirstOrDefault(code => !known.Contains(code) && layout.OfType<JsonObject>().All(row => (string?)row["code"] != code)) is { } unknown)
            throw new ApiException(400, "GAIA_FC02", $"The field ({unknown}) is not found.", $"指定したフィールド（{unknown}）が見つかりません。");
        draft.SetFields([
            .. draft.Form.Fields,
            .. layout.OfType<JsonObject>().Where(row => (string?)row["type"] == "GROUP" && draft.Form.Field((string?)row["code"] ?? "") is null)
                .Select(static row => Field.Create((string)row["code"]!, "GROUP")),
        ]);
        draft.Resources["app/form/layout"] = new() { ["layout"] = layout.DeepClone() };
    }
}
