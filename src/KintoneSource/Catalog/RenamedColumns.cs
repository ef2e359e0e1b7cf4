using System.Text.Json;
using KintoneSource.Kintone.Forms;

namespace KintoneSource.Catalog;

/// <summary>
/// Columns of a catalog whose fields are gone, beside fields that the catalog does not have: probably the same under another code. Only said,
/// never acted upon: whoever fills one column from two fields silently has two meanings in it.
/// </summary>
static class RenamedColumns
{
    /// <summary>
    /// The one column that vanished and the one that came of a type. The catalog's texts say what the field was (<see cref="AppStream"/>); a
    /// runner that drops them leaves the kind. Labels would say more, and stand in no catalog: people change them.
    /// </summary>
    /// <param name="gone">The columns without a field, with their declarations.</param>
    /// <param name="come">The columns of today that the catalog does not have: new ones, and those that the user left out.</param>
    /// <param name="fields">Today's fields by their codes.</param>
    public static IEnumerable<(string From, string To)> Pair(
        IReadOnlyList<(string Name, ColumnKind Kind, JsonElement Declared)> gone, IReadOnlyList<Column> come, IReadOnlyDictionary<string, FormField> fields)
    {
        Column[] open = [.. come.Where(c => c.Source is { } code && fields.ContainsKey(code))];
        return
            from old in gone
            let fits = open.Where(c => Fits(old, c)).ToArray()
            where fits.Length == 1 && gone.Count(other => Fits(other, fits[0])) == 1
            select (old.Name, fits[0].Name);

        bool Fits((string Name, ColumnKind Kind, JsonElement Declared) old, Column now) =>
            Text(old.Declared, "description") is { } type ? type == fields[now.Source!].TypeName : old.Kind == now.Kind;
    }

    static string? Text(JsonElement declared, string name) =>
        declared.ValueKind == JsonValueKind.Object && declared.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
