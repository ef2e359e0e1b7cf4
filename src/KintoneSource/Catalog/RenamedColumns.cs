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
    /// A column that vanished and the one that came of its type and, where labels are the names, its label; where no label fits, the one that
    /// vanished and the one that came of a type. The catalog's texts say what the field was (<see cref="AppStream"/>); a runner that drops them
    /// leaves the kind.
    /// </summary>
    /// <param name="gone">The columns without a field, with their declarations.</param>
    /// <param name="come">The columns of today that the catalog does not have: new ones, and those that the user left out.</param>
    /// <param name="fields">Today's fields by their codes.</param>
    /// <param name="labels">The names that labels give; null where columns are named by codes.</param>
    public static IEnumerable<(string From, Column To)> Pair(
        IReadOnlyList<(string Name, ColumnKind Kind, JsonElement Declared)> gone, IReadOnlyList<Column> come,
        IReadOnlyDictionary<string, FormField> fields, FormNames? labels)
    {
        var (left, open) = (gone.ToList(), come.Where(c => c.Source is { } code && fields.ContainsKey(code)).ToList());
        foreach (var byLabel in (bool[])[true, false])
        {
            var pairs = (
                from old in left
                let fits = open.Where(c => Fits(old, c, byLabel)).ToArray()
                where fits.Length == 1 && left.Count(other => Fits(other, fits[0], byLabel)) == 1
                select (old.Name, To: fits[0])).ToArray();
            foreach (var (name, to) in pairs)
            {
                yield return (name, to);
                left.RemoveAll(old => old.Name == name);
                open.Remove(to);
            }
        }

        bool Fits((string Name, ColumnKind Kind, JsonElement Declared) old, Column now, bool byLabel)
        {
            var field = fields[now.Source!];
            return (Text(old.Declared, "description") is { } type ? type == field.TypeName : old.Kind == now.Kind)
                && (!byLabel || labels?.Of(field.Code) == old.Name);
        }
    }

    static string? Text(JsonElement declared, string name) =>
        declared.ValueKind == JsonValueKind.Object && declared.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;
}
