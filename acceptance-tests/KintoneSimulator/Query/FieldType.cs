namespace KintoneSimulator.Query;

/// <summary>Kintone's field types that can hold a value or be named in a query.</summary>
public enum FieldType
{
    Id,
    Revision,
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
    DropDown,
    MultiSelect,
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
    SubTable,
    ReferenceTable,
    Group,
}

/// <summary>What a CALC field shows its result as; None for every other field.</summary>
public enum CalcFormat
{
    None,
    Number,
    NumberDigit,
    DateTime,
    Date,
    Time,
    HourMinute,
    DayHourMinute,
}

/// <summary>The names of the types on the wire, such as <c>SINGLE_LINE_TEXT</c>.</summary>
public static class FieldTypeNames
{
    static readonly Dictionary<FieldType, string> s_names = new()
    {
        [FieldType.Id] = "__ID__",
        [FieldType.Revision] = "__REVISION__",
        [FieldType.RecordNumber] = "RECORD_NUMBER",
        [FieldType.Creator] = "CREATOR",
        [FieldType.CreatedTime] = "CREATED_TIME",
        [FieldType.Modifier] = "MODIFIER",
        [FieldType.UpdatedTime] = "UPDATED_TIME",
        [FieldType.SingleLineText] = "SINGLE_LINE_TEXT",
        [FieldType.MultiLineText] = "MULTI_LINE_TEXT",
        [FieldType.RichText] = "RICH_TEXT",
        [FieldType.Number] = "NUMBER",
        [FieldType.Calc] = "CALC",
        [FieldType.CheckBox] = "CHECK_BOX",
        [FieldType.RadioButton] = "RADIO_BUTTON",
        [FieldType.DropDown] = "DROP_DOWN",
        [FieldType.MultiSelect] = "MULTI_SELECT",
        [FieldType.Date] = "DATE",
        [FieldType.Time] = "TIME",
        [FieldType.DateTime] = "DATETIME",
        [FieldType.Link] = "LINK",
        [FieldType.File] = "FILE",
        [FieldType.UserSelect] = "USER_SELECT",
        [FieldType.OrganizationSelect] = "ORGANIZATION_SELECT",
        [FieldType.GroupSelect] = "GROUP_SELECT",
        [FieldType.Status] = "STATUS",
        [FieldType.StatusAssignee] = "STATUS_ASSIGNEE",
        [FieldType.Category] = "CATEGORY",
        [FieldType.SubTable] = "SUBTABLE",
        [FieldType.ReferenceTable] = "REFERENCE_TABLE",
        [FieldType.Group] = "GROUP",
    };

    static readonly Dictionary<string, FieldType> s_types = s_names.ToDictionary(pair => pair.Value, pair => pair.Key);

    public static string WireName(this FieldType type) => s_names[type];

    public static bool TryParse(string wireName, out FieldType type) => s_types.TryGetValue(wireName, out type);

    /// <summary>A CALC's format by its name on the wire, such as <c>HOUR_MINUTE</c>; None when there is no such format.</summary>
    public static CalcFormat ParseCalcFormat(string? wireName) => wireName switch
    {
        "NUMBER" => CalcFormat.Number,
        "NUMBER_DIGIT" => CalcFormat.NumberDigit,
        "DATETIME" => CalcFormat.DateTime,
        "DATE" => CalcFormat.Date,
        "TIME" => CalcFormat.Time,
        "HOUR_MINUTE" => CalcFormat.HourMinute,
        "DAY_HOUR_MINUTE" => CalcFormat.DayHourMinute,
        _ => CalcFormat.None,
    };
}
