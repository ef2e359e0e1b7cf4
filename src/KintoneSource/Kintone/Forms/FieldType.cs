using System.Collections.Frozen;

namespace KintoneSource.Kintone.Forms;

/// <summary>The field types that Kintone documents; <see cref="Unknown"/> is one that came after this version.</summary>
enum FieldType
{
    Unknown,
    RecordNumber,
    Creator,
    CreatedTime,
    Modifier,
    UpdatedTime,
    SingleLineText,
    MultiLineText,
    RichText,
    Number,
    Calc,
    CheckBox,
    RadioButton,
    MultiSelect,
    DropDown,
    Date,
    Time,
    DateTime,
    Link,
    File,
    UserSelect,
    OrganizationSelect,
    GroupSelect,
    Status,
    StatusAssignee,
    Category,
    Subtable,
    ReferenceTable,
    Group,
    Label,
    Spacer,
    Hr,
}

static class FieldTypes
{
    /// <summary>Every documented type by the name that Kintone sends.</summary>
    public static FrozenDictionary<string, FieldType> ByName { get; } = new Dictionary<string, FieldType>
    {
        ["RECORD_NUMBER"] = FieldType.RecordNumber,
        ["CREATOR"] = FieldType.Creator,
        ["CREATED_TIME"] = FieldType.CreatedTime,
        ["MODIFIER"] = FieldType.Modifier,
        ["UPDATED_TIME"] = FieldType.UpdatedTime,
        ["SINGLE_LINE_TEXT"] = FieldType.SingleLineText,
        ["MULTI_LINE_TEXT"] = FieldType.MultiLineText,
        ["RICH_TEXT"] = FieldType.RichText,
        ["NUMBER"] = FieldType.Number,
        ["CALC"] = FieldType.Calc,
        ["CHECK_BOX"] = FieldType.CheckBox,
        ["RADIO_BUTTON"] = FieldType.RadioButton,
        ["MULTI_SELECT"] = FieldType.MultiSelect,
        ["DROP_DOWN"] = FieldType.DropDown,
        ["DATE"] = FieldType.Date,
        ["TIME"] = FieldType.Time,
        ["DATETIME"] = FieldType.DateTime,
        ["LINK"] = FieldType.Link,
        ["FILE"] = FieldType.File,
        ["USER_SELECT"] = FieldType.UserSelect,
        ["ORGANIZATION_SELECT"] = FieldType.OrganizationSelect,
        ["GROUP_SELECT"] = FieldType.GroupSelect,
        ["STATUS"] = FieldType.Status,
        ["STATUS_ASSIGNEE"] = FieldType.StatusAssignee,
        ["CATEGORY"] = FieldType.Category,
        ["SUBTABLE"] = FieldType.Subtable,
        ["REFERENCE_TABLE"] = FieldType.ReferenceTable,
        ["GROUP"] = FieldType.Group,
        ["LABEL"] = FieldType.Label,
        ["SPACER"] = FieldType.Spacer,
        ["HR"] = FieldType.Hr,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static FieldType Parse(string name) => ByName.GetValueOrDefault(name);
}
