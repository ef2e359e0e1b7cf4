using KintoneSimulator;

namespace WarehouseTests;

/// <summary>A field whose values in rows that were not read since are not what the app shows now.</summary>
/// <param name="Table">The code of the sub-table that it is in; null for a field of the record.</param>
/// <param name="HoldsFiles">Files can be in it: their numbers may have changed, too.</param>
sealed record Stain(string Code, string? Table, bool HoldsFiles);

/// <summary>Somebody changes an app's form, or who may see a field. Values are lost or come anew without any record being edited.</summary>
sealed class FormLife(App app, Random dice)
{
    static readonly (string Code, string Type)[] s_more =
        [("備考", "MULTI_LINE_TEXT"), ("数", "NUMBER"), ("納品日", "DATE"), ("期限", "DATETIME"), ("印", "CHECK_BOX"), ("控え", "FILE")];

    readonly List<Stain> _stains = [];
    int _columns;

    /// <summary>All so far, in their order; a refresh mends those before it.</summary>
    public IReadOnlyList<Stain> Stains => _stains;

    public void Change()
    {
        Field[] fields = [.. app.Form.Fields.Where(static f =>
            f.TypeName is not ("RECORD_NUMBER" or "UPDATED_TIME" or "DROP_DOWN" or "STATUS" or "STATUS_ASSIGNEE" or "CATEGORY"))];
        Field[] tables = [.. app.Form.Fields.Where(static f => f.TypeName == "SUBTABLE")];
        if (tables.Length > 0 && dice.Next(3) == 0)
        {
            ChangeTable(tables[dice.Next(tables.Length)]);
            return;
        }
        var field = fields[dice.Next(fields.Length)];
        var (code, type) = s_more[dice.Next(s_more.Length)];
        var isOwn = field.TypeName is not ("CREATOR" or "CREATED_TIME" or "MODIFIER");
        switch (dice.Next(6))
        {
            case 0: app.AddField(Stained($"{code}{++_columns}", type), type); break;
            case 1 when isOwn: app.RemoveField(Stained(field.Code, field.TypeName)); break;
            case 2 when isOwn: app.RenameField(Stained(field.Code, field.TypeName), Stained($"{field.Code}{++_columns}", field.TypeName)); break;
            case 3 when isOwn: app.ChangeType(Stained(field.Code, field.TypeName), type); break;
            case 4: app.HideField(Stained(field.Code, field.TypeName)); break;
            default:
                foreach (var hidden in app.Form.Fields.Where(f => !app.IsVisible(f, Connector.User))) app.ShowField(Stained(hidden.Code, hidden.TypeName));
                break;
        }
    }

    void ChangeTable(Field table)
    {
        var (code, type) = s_more[dice.Next(s_more.Length)];
        var field = table.Fields.Count == 0 ? null : table.Fields[dice.Next(table.Fields.Count)];
        switch (dice.Next(4))
        {
            case 0 when field is not null: app.RemoveField(Stained(field.Code, field.TypeName, table)); break;
            case 1 when field is not null:
                app.RenameField(Stained(field.Code, field.TypeName, table),
                Stained($"{field.Code}{++_columns}", field.TypeName, table)); break;
            default: app.AddField(table with { Fields = [.. table.Fields, Field.Create(Stained($"{code}{++_columns}", type, table), type)] }); break;
        }
    }

    string Stained(string code, string type, Field? table = null)
    {
        _stains.Add(new(code, table?.Code, type is "FILE" or "SUBTABLE"));
        return code;
    }
}
