using System.Text.Json.Nodes;

namespace KintoneSimulator.Sample;

/// <summary>顧客: what the other apps look up.</summary>
static class Customers
{
    public const int Count = 400;

    public static void Add(Company company)
    {
        var app = company.Domain.AddApp("顧客", id: SampleCompany.CustomersApp);
        app.Description = "取引先の台帳。<br>案件管理から参照されます。";
        app.AddField("顧客番号", "SINGLE_LINE_TEXT", new() { ["unique"] = true, ["required"] = true });
        app.AddField("会社名", "SINGLE_LINE_TEXT", new() { ["required"] = true, ["maxLength"] = "64" });
        app.AddChoice("業種", "DROP_DOWN", Words.Industries);
        app.AddChoice("ランク", "RADIO_BUTTON", "S", "A", "B", "C");
        app.AddChoice("取引先種別", "CHECK_BOX", "販売先", "仕入先", "協力会社");
        app.AddChoice("タグ", "MULTI_SELECT", "重要", "休眠", "紹介", "展示会");
        app.AddField("サイト", "LINK", new() { ["protocol"] = "WEB" });
        app.AddField("電話", "LINK", new() { ["protocol"] = "CALL" });
        app.AddField("メール", "LINK", new() { ["protocol"] = "MAIL" });
        app.AddField("住所", "MULTI_LINE_TEXT");
        app.AddField("設立日", "DATE");
        app.AddField("資本金", "NUMBER", new() { ["unit"] = "円", ["unitPosition"] = "AFTER", ["digit"] = true, ["minValue"] = "0" });
        app.AddField("従業員数", "NUMBER", new() { ["unit"] = "名", ["unitPosition"] = "AFTER" });
        app.AddField("担当営業", "USER_SELECT");
        app.AddField("担当部署", "ORGANIZATION_SELECT");
        app.AddField("紹介文", "RICH_TEXT");
        app.AddField("名刺", "FILE");
        app.AddField("案件一覧", "REFERENCE_TABLE", Deals.ReferenceTable("顧客番号", "顧客番号", SampleCompany.DealsApp, "件名", "確度", "見込金額"));

        app.SetLabels("en", ("顧客番号", "Customer no."), ("会社名", "Company"), ("業種", "Industry"), ("ランク", "Rank"), ("住所", "Address"), ("資本金", "Capital"),
            ("担当営業", "Sales representative"));

        var dice = new Dice(1);
        for (var number = 1; number <= Count; number++)
            company.Add(app, dice, Values(company, dice, number), number / 2);
        app.Delete([7, 8, 9, 120, Count]);
    }

    public static string NumberOf(int customer) => $"C-{customer:0000}";

    /// <summary>A customer's name by its number alone, so that lookups can copy it.</summary>
    public static string NameOf(int customer) =>
        $"{(customer % 3 == 0 ? "有限会社" : "株式会社")}{Words.Places[customer % 16]}{Words.Trades[customer / 16 % 16]}{(customer >= 256 ? "ホールディングス" : "")}";

    static JsonObject Values(Company company, Dice dice, int number) => new()
    {
        ["顧客番号"] = NumberOf(number),
        ["会社名"] = NameOf(number),
        ["業種"] = dice.Chance(5) ? null : dice.Pick(Words.Industries),
        ["ランク"] = dice.Pick(["S", "A", "B", "C"]),
        ["取引先種別"] = Company.List(dice.PickSome(["販売先", "仕入先", "協力会社"], 3)),
        ["タグ"] = Company.List(dice.PickSome(["重要", "休眠", "紹介", "展示会"], 2)),
        ["サイト"] = dice.Chance(60) ? $"https://c{number}.example.com/ja/?id={number}&lang=日本語" : "",
        ["電話"] = $"0120-000-{number:000}",
        ["メール"] = dice.Chance(80) ? $"info@c{number}.example.com" : "",
        ["住所"] = $"{dice.Pick(Words.Prefectures)}{dice.Pick(Words.Places)}{dice.Between(1, 9)}丁目{dice.Between(1, 20)}−{dice.Between(1, 30)}\n{NameOf(number)}ビル",
        ["設立日"] = dice.Chance(90) ? Company.Date(Company.Start.AddDays(-dice.Between(400, 30_000))) : null,
        ["資本金"] = dice.Chance(85) ? Company.Number(dice.Between(1, 9_999) * 100_000m) : "",
        ["従業員数"] = Company.Number(dice.Between(1, 3_000)),
        ["担当営業"] = company.People(dice, 2),
        ["担当部署"] = Company.Entities(dice.PickSome(company.Organizations, 1).Select(organization => organization.Entity)),
        ["紹介文"] = dice.Chance(30) ? $"<div><b>{NameOf(number)}</b>は{dice.Pick(Words.Industries)}の会社です。<br /><a "
            + $"href=\"https://c{number}.example.com/\">詳細</a></div>" : "",
        ["名刺"] = number % 80 == 0 ? new JsonArray(company.Picture($"名刺 {NumberOf(number)}.png")) : [],
    };
}
