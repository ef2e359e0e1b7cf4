using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>What saving a look-up does: the record that its value names in the other app is found, and its fields are copied.</summary>
static class LookupCopy
{
    /// <param name="values">Those to be saved; the copied ones are added.</param>
    /// <exception cref="ApiException">GAIA_LO04: no record has that value. GAIA_LO03: several have it.</exception>
    public static void Apply(ApiCall call, App app, JsonObject values)
    {
        foreach (var field in app.Form.Fields.Where(field => field.Properties["lookup"] is JsonObject && values.ContainsKey(field.Code)).ToList())
        {
            var lookup = (JsonObject)field.Properties["lookup"]!;
            var mappings = (lookup["fieldMappings"] as JsonArray ?? []).OfType<JsonObject>();
            if (ValueReader.IsEmpty(values[field.Code]))
            {
                foreach (var mapping in mappings)
                    values[(string)mapping["field"]!] = "";
                continue;
            }
            if (!long.TryParse(lookup["relatedApp"]?["app"]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                || call.Domain.App(id) is not { } source)
                throw ApiException.NoApp(0);
            if (!call.Identity.RightsOn(source).HasFlag(AppRights.View))
                throw ApiException.NoPrivilege();
            var record = Find(source, (string?)lookup["relatedKeyField"] ?? "", values[field.Code]!.ToString());
            foreach (var mapping in mappings)
                if (source.Form.Field((string?)mapping["relatedField"] ?? "") is { } from && app.Form.Field((string?)mapping["field"] ?? "") is not null)
                    values[(string)mapping["field"]!] = JsonNode.Parse(source.Records.Value(record, from, source.Form).GetRawText());
        }
    }

    static long Find(App source, string keyField, string value)
    {
        var found = new List<long>();
        if (source.Form.Field(keyField) is { } key)
            source.Records.Visit(_ => Verdict.All, _ => true, false, id =>
            {
                if (source.Records.Value(id, key, source.Form) is { ValueKind: JsonValueKind.String } text && text.GetString() == value)
                    found.Add(id);
                return found.Count < 2;
            });
        return found.Count switch
        {
            1 => found[0],
            0 => throw new ApiException(400, "GAIA_LO04", $"The record for the look-up value ({value}) is not found.", $"ルックアップの参照先に値（{value}）のレコードが見つかりません。"),
            _ => throw new ApiException(400, "GAIA_LO03", $"Several records have the look-up value ({value}).", $"ルックアップの値（{value}）のレコードが複数あります。"),
        };
    }
}
