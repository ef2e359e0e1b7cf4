using System.Text.Json.Nodes;

namespace KintoneSimulator.Sample;

/// <summary>
/// 境界値: a field of every type under codes with all the signs that Kintone allows, and records whose values are the hard ones: nothing at
/// all, quotes, line ends of every kind, characters outside the BMP, long numbers.
/// </summary>
static class Edges
{
    public const int Count = 60;

    /// <summary>As long as a code may be: 128 characters.</summary>
    public static readonly string LongCode = $"長いフィールドコード{new string('あ', 118)}";

    static readonly string[] s_choices = ["a", "\"引用\"", @"C:\temp", "カンマ,区切り", "改行なし　全角空白", "ｶﾅ"];

    public static readonly string[] Texts =
    [
        "", " ", "　全角空白　", "\"quoted\"", @"back\slash\", "'single'", "<b>&amp;</b>", "😀👨‍👩‍👧‍👦🇯🇵", "𠮷野家と叱る", "ｶﾞｷﾞｸﾞ半角ｶﾅ",
        "合成か\u3099と単独が", "前\u200B後（ゼロ幅）", "\uFEFFBOM", "line\u2028separator\u2029paragraph", "next\u0085line", "tab\tinside", "null\\u0000 as text",
        "{\"json\":[1,2]}", "=1+1", "DROP TABLE 顧客; --", "עברית وعربي", "\u202Ereversed\u202C", "①㈱㌔", "～〜－−―", "\u00A0nbsp", "\u0001control", "\u007Fdelete",
        new('長', 2_000), "true", "null", "0x10", "2024-01-01",
    ];

    public static readonly string[] Numbers =
    [
        "", "0", "-1", "1.5", "-0.0001", "12345678901234567890", "123456789012345678901234567890", "0.000000000000000000000000000001",
        "-999999999999999.9999", "9007199254740993", "100", "1.10",
    ];

    public static void Add(Company company)
    {
        var app = company.Domain.AddApp("境界値 \"全種類\" \\ <b>&amp;", id: SampleCompany.EdgesApp, code: "EDGE");
        app.SetResource("app/settings", Precise(app.Resources["app/settings"]));
        app.AddField("文字列＿１行", "SINGLE_LINE_TEXT", new() { ["label"] = "文字列 (1行) \"ラベル\"" });
        app.AddField("文字列・複数行", "MULTI_LINE_TEXT");
        app.AddField("ﾘｯﾁｴﾃﾞｨﾀｰ", "RICH_TEXT");
        app.AddField("価格＄", "NUMBER", new() { ["unit"] = "＄", ["unitPosition"] = "BEFORE" });
        app.AddField("計算￥", "CALC", new() { ["expression"] = "価格＄ * 2", ["format"] = "NUMBER" });
        app.AddChoice("チェック", "CHECK_BOX", s_choices);
        app.AddChoice("ラジオ", "RADIO_BUTTON", s_choices);
        app.AddChoice("ドロップダウン", "DROP_DOWN", s_choices);
        app.AddChoice("複数選択", "MULTI_SELECT", s_choices);
        app.AddField("日付", "DATE");
        app.AddField("時刻", "TIME");
        app.AddField("日時", "DATETIME");
        app.AddField("リンク", "LINK");
        app.AddField("添付", "FILE");
        app.AddField("ユーザー", "USER_SELECT");
        app.AddField("組織", "ORGANIZATION_SELECT");
        app.AddField("グループ選択", "GROUP_SELECT");
        app.AddField("Ａ全角ＡＢＣ１２３", "SINGLE_LINE_TEXT");
        app.AddField("𠮷", "SINGLE_LINE_TEXT");
        app.AddField("_アンダースコア", "SINGLE_LINE_TEXT");
        app.AddField("Case", "SINGLE_LINE_TEXT");
        app.AddField("case", "SINGLE_LINE_TEXT");
        app.AddField(LongCode, "SINGLE_LINE_TEXT");
        app.AddTable("テーブル・１", Field.Create("内訳", "SINGLE_LINE_TEXT"), Field.Create("内訳数", "NUMBER"), Field.Create("内訳添付", "FILE"));
        app.AddTable("空テーブル", Field.Create("常に空", "SINGLE_LINE_TEXT"));
        app.AddField("関連", "REFERENCE_TABLE", Deals.ReferenceTable("文字列＿１行", "会社名", SampleCompany.CustomersApp, "会社名"));
        app.AddField("権限のない関連", "REFERENCE_TABLE");
        app.AddField("グループ", "GROUP");

        app.Add([], Company.Start, Company.Start);
        for (var number = 2; number <= Count; number++)
            app.Add(Values(company, number), Company.Start.AddMinutes(number), Company.Start.AddMinutes(number * 2),
                company.Staff[number % company.Staff.Count].Entity);
        app.AddComment(1, Texts[3]);
    }

    static JsonObject Values(Company company, int number)
    {
        string Text(int shift) => Texts[(number + shift) % Texts.Length];
        var choice = s_choices[number % s_choices.Length];
        return new()
        {
            ["文字列＿１行"] = Text(0),
            ["文字列・複数行"] = $"{Text(1)}\n{Text(2)}\n",
            ["ﾘｯﾁｴﾃﾞｨﾀｰ"] = $"<div>{Text(3)}<br />&nbsp;</div>",
            ["価格＄"] = Numbers[number % Numbers.Length],
            ["計算￥"] = number % Numbers.Length == 0 ? "" : Numbers[(number + 2) % Numbers.Length],
            ["チェック"] = Company.List(s_choices[..(number % (s_choices.Length + 1))]),
            ["ラジオ"] = choice,
            ["ドロップダウン"] = number % 7 == 0 ? null : choice,
            ["複数選択"] = Company.List(choice),
            ["日付"] = number % 3 == 0 ? null : number % 3 == 1 ? "1000-01-01" : "9999-12-31",
            ["時刻"] = number % 3 == 0 ? null : number % 3 == 1 ? "00:00" : "23:59",
            ["日時"] = number % 3 == 0 ? "" : number % 3 == 1 ? "1970-01-01T00:00:00Z" : "2038-01-19T03:14:00Z",
            ["リンク"] = number % 2 == 0 ? "" : "https://例え.example.com/パス?q=%E3%81%82&r=\"",
            ["添付"] = number % 20 == 0 ? new JsonArray(company.TextFile($"同じ名前.txt", $"{number}"), company.TextFile("同じ名前.txt", ""),
                company.TextFile("a/b\\c:\"d\".csv", "x,y\r\n")) : [],
            ["ユーザー"] = number % 4 == 0 ? Company.Entities(company.Domain.User("retired")!.Entity) : [],
            ["組織"] = Company.Entities(company.Organizations.Take(number % 3).Select(organization => organization.Entity)),
            ["グループ選択"] = Company.Entities(company.Groups.Take(number % 3).Select(group => group.Entity)),
            ["Ａ全角ＡＢＣ１２３"] = Text(4),
            ["𠮷"] = Text(5),
            ["_アンダースコア"] = Text(6),
            ["Case"] = "Case",
            ["case"] = "case",
            [LongCode] = Text(7),
            ["テーブル・１"] = new JsonArray([.. Enumerable.Range(0, number % 4).Select(row => Company.Row(new()
            {
                ["内訳"] = Text(8 + row),
                ["内訳数"] = Numbers[(number + row) % Numbers.Length],
                ["内訳添付"] = number == 21 ? new JsonArray(company.TextFile("行の資料.txt", "行")) : [],
            }))]),
        };
    }

    static JsonObject Precise(JsonObject settings)
    {
        var precise = (JsonObject)settings.DeepClone();
        precise["numberPrecision"] = new JsonObject { ["digits"] = "30", ["decimalPlaces"] = "10", ["roundingMode"] = "HALF_EVEN" };
        return precise;
    }
}
