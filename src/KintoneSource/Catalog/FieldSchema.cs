using KintoneSource.Kintone.Forms;

namespace KintoneSource.Catalog;

/// <summary>What becomes of a Kintone field: the type table of docs/field-types.md.</summary>
static class FieldSchema
{
    /// <summary>Null for what never comes in a record: groups, related records and decoration.</summary>
    public static ColumnKind? KindOf(FormField field) => field.Type switch
    {
        FieldType.SingleLineText or FieldType.MultiLineText or FieldType.RichText or FieldType.Link
            or FieldType.RecordNumber or FieldType.Status or FieldType.DropDown or FieldType.RadioButton => ColumnKind.Text,
        FieldType.Number => ColumnKind.Number,
        FieldType.Calc => KindOfCalc(field.Format),
        FieldType.Date => ColumnKind.Date,
        FieldType.Time => ColumnKind.Time,
        FieldType.DateTime or FieldType.CreatedTime or FieldType.UpdatedTime => ColumnKind.Timestamp,
        FieldType.CheckBox or FieldType.MultiSelect or FieldType.Category => ColumnKind.TextList,
        FieldType.Creator or FieldType.Modifier => ColumnKind.Entity,
        FieldType.UserSelect or FieldType.OrganizationSelect or FieldType.GroupSelect or FieldType.StatusAssignee => ColumnKind.EntityList,
        FieldType.File => ColumnKind.FileList,
        FieldType.Subtable => ColumnKind.Table,
        FieldType.ReferenceTable or FieldType.Group or FieldType.Label or FieldType.Spacer or FieldType.Hr => null,
        _ => ColumnKind.Any,
    };

    // HOUR_MINUTE and DAY_HOUR_MINUTE are durations such as 49:30, which no destination has a type for.
    static ColumnKind KindOfCalc(string? format) => format switch
    {
        "NUMBER" or "NUMBER_DIGIT" => ColumnKind.Number,
        "DATE" => ColumnKind.Date,
        "TIME" => ColumnKind.Time,
        "DATETIME" => ColumnKind.Timestamp,
        _ => ColumnKind.Text,
    };

    /// <summary>The column of a field, sub-table columns included; null as <see cref="KindOf"/>.</summary>
    public static Column? ColumnOf(FormField field, FormNames names) => KindOf(field) is { } kind
        ? new(names.Of(field.Code), field.Code, kind,
        [.. field.Fields.Select(f => ColumnOf(f, names)).OfType<Column>()])
        { CellType = IsNamed(field) ? field.TypeName : null }
        : null;

    /// <summary>
    /// A field whose cell a record may hold under the field's name and not its code (https://cybozu.dev/ja/kintone/docs/overview/field-types/): there is one
    /// of the type, so the type finds it. That the two differ at all is unverified.
    /// </summary>
    public static bool IsNamed(FormField field) => field.Type is FieldType.Status or FieldType.StatusAssignee or FieldType.Category;
}
