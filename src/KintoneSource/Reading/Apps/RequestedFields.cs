using System.Collections.Immutable;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Forms;

namespace KintoneSource.Reading.Apps;

/// <summary>Which fields a page is asked for.</summary>
static class RequestedFields
{
    /// <summary>Kintone's limit of the field list in a query string; more columns than that are read whole.</summary>
    const int MostFields = 99;

    /// <summary>The codes of what some stream needs, where the user left columns out; null where that would be all fields anyway.</summary>
    public static string[]? Of(IEnumerable<(AppStreamName Name, ImmutableArray<Column> Columns)> streams, Form form)
    {
        HashSet<string> wanted = [];
        foreach (var (name, columns) in streams)
        {
            wanted.UnionWith(columns.Where(static c => c.Origin == ColumnOrigin.Field).Select(static c => c.Source).OfType<string>());
            if (name.Kind == AppStreamKind.Table && AppStreamName.TableOf(name, form) is { } table) wanted.Add(table.Code);
            if (name.Kind is AppStreamKind.Attachments or AppStreamKind.Files) wanted.UnionWith(AppColumns.FileFields(form)
                .Select(static f => (f.Table ?? f.Field).Code));
        }
        if (form.UpdatedTime is { } updated) wanted.Add(updated.Code); // the record's version, whether a column shows it or not
        string[] inRecords = [.. form.Fields.Where(static f => f.Enabled && FieldSchema.KindOf(f) is not null).Select(static f => f.Code)];
        if (inRecords.All(wanted.Contains)) return null;
        // Whether such a field is asked for by its code or its name is unverified: where the two differ, the whole record holds it for sure.
        if (form.Fields.Any(f => FieldSchema.IsNamed(f) && f.Label != f.Code && wanted.Contains(f.Code))) return null;
        string[] fields = ["$id", "$revision", .. inRecords.Where(wanted.Contains)];
        return fields.Length <= MostFields ? fields : null;
    }
}
