using KintoneSimulator.Query;

namespace KintoneSimulator.Tests.Query;

/// <summary>A form with one field of every type, a sub-table and a related-records field, for the tests of queries.</summary>
sealed class SampleForm : IFieldCatalog
{
    static readonly FieldInfo s_table = new("明細", FieldType.SubTable);

    public static readonly SampleForm Instance = new();

    readonly Dictionary<string, FieldInfo> _fields;

    SampleForm()
    {
        FieldInfo[] fields =
        [
            FieldInfo.Id,
            new("レコード番号", FieldType.RecordNumber) { AppCode = "DEAL" },
            new("作成者", FieldType.Creator),
            new("作成日時", FieldType.CreatedTime),
            new("更新者", FieldType.Modifier),
            new("更新日時", FieldType.UpdatedTime),
            new("title", FieldType.SingleLineText),
            new("memo", FieldType.MultiLineText),
            new("rich", FieldType.RichText),
            new("金額", FieldType.Number),
            new("合計", FieldType.Calc) { Format = CalcFormat.NumberDigit },
            new("経過", FieldType.Calc) { Format = CalcFormat.HourMinute },
            new("期日計算", FieldType.Calc) { Format = CalcFormat.Date },
            new("check", FieldType.CheckBox) { Options = ["A", "B", "あ"] },
            new("radio", FieldType.RadioButton) { Options = ["高", "中", "低"] },
            new("drop", FieldType.DropDown) { Options = ["x", "y", "\"q\""] },
            new("multi", FieldType.MultiSelect) { Options = ["A", "B", "あ"] },
            new("date", FieldType.Date),
            new("time", FieldType.Time),
            new("datetime", FieldType.DateTime),
            new("link", FieldType.Link),
            new("file", FieldType.File),
            new("users", FieldType.UserSelect),
            new("orgs", FieldType.OrganizationSelect),
            new("groups", FieldType.GroupSelect),
            new("ステータス", FieldType.Status) { Options = ["未処理", "完了"] },
            new("作業者", FieldType.StatusAssignee),
            new("カテゴリー", FieldType.Category),
            s_table,
            new("品名", FieldType.SingleLineText) { Table = s_table },
            new("数量", FieldType.Number) { Table = s_table },
            new("区分", FieldType.DropDown) { Table = s_table, Options = ["新", "旧"] },
            new("備考", FieldType.MultiLineText) { Table = s_table },
            new("関連", FieldType.ReferenceTable) { RelatedFields = () => Instance },
            new("隠し", FieldType.ReferenceTable),
            new("グループ", FieldType.Group),
            new("停止", FieldType.Status) { Enabled = false },
            new("limit", FieldType.Number),
            new("order", FieldType.SingleLineText),
        ];
        _fields = fields.ToDictionary(field => field.Code);
    }

    public IEnumerable<FieldInfo> Fields => _fields.Values;

    public FieldInfo this[string code] => _fields[code];

    public FieldInfo? Find(string code) => _fields.GetValueOrDefault(code);

    public static RecordQuery Parse(string query) => QueryParser.Parse(query, Instance);

    public static bool Matches(string query, SampleRecord record, QueryContext? context = null) =>
        Parse(query).Where!.Matches(record, context ?? SampleRecord.Context);
}

/// <summary>Values by field code, as a store would answer with them.</summary>
sealed class SampleRecord(long id = 1) : IRecordValues
{
    public static readonly QueryContext Context = new()
    {
        Now = new(2024, 5, 15, 1, 30, 20, TimeSpan.Zero),
        TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo"),
        LoginUser = "hanako",
        PrimaryOrganization = "eigyo",
    };

    readonly Dictionary<string, FieldValue> _values = [];
    readonly Dictionary<string, IReadOnlyList<SampleRecord>> _rows = [];

    public long Id { get; } = id;

    public long Revision => 1;

    public SampleRecord With(string code, string value)
    {
        _values[code] = FieldValue.Of(value);
        return this;
    }

    public SampleRecord With(string code, FieldValue value)
    {
        _values[code] = value;
        return this;
    }

    public SampleRecord WithList(string code, params string[] members)
    {
        _values[code] = FieldValue.Of(members);
        return this;
    }

    public SampleRecord WithRows(string code, params SampleRecord[] rows)
    {
        _rows[code] = rows;
        return this;
    }

    public FieldValue Get(FieldInfo field) => _values.GetValueOrDefault(field.Code);

    public IReadOnlyList<IFieldValues> Rows(FieldInfo table) => _rows.GetValueOrDefault(table.Code) ?? [];

    public IReadOnlyList<SampleRecord> RowsOf(string code) => _rows.GetValueOrDefault(code) ?? [];
}
