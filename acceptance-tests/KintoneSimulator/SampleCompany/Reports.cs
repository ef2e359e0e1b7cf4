using System.Text.Json.Nodes;

namespace KintoneSimulator.Sample;

/// <summary>日報, in a space: what people wrote, every day.</summary>
static class Reports
{
    public const int Count = 1_500;

    public static void Add(Company company, Space space)
    {
        var app = company.Domain.AddApp("日報", space, SampleCompany.ReportsApp);
        app.AddField("日付", "DATE", new() { ["required"] = true, ["defaultNowValue"] = true });
        app.AddField("開始", "TIME");
        app.AddField("終了", "TIME");
        app.AddField("勤務時間", "CALC", new() { ["expression"] = "終了 - 開始", ["format"] = "HOUR_MINUTE" });
        app.AddField("案件番号", "SINGLE_LINE_TEXT", Deals.Lookup(SampleCompany.DealsApp, "レコード番号"));
        app.AddChoice("種別", "RADIO_BUTTON", Words.Activities);
        app.AddField("同行者", "USER_SELECT");
        app.AddField("本文", "RICH_TEXT");
        app.AddField("所感", "MULTI_LINE_TEXT");

        var dice = new Dice(3);
        for (var number = 1; number <= Count; number++)
            company.Add(app, dice, Values(company, dice, number), number * 2 / 5);
        foreach (var id in new long[] { 10, 500, Count })
            app.AddComment(id, "お疲れさまでした。", company.Staff[1].Entity);
    }

    static JsonObject Values(Company company, Dice dice, int number)
    {
        var (start, end) = (dice.Between(96, 120) * 5, dice.Between(200, 260) * 5);
        return new()
        {
            ["日付"] = Company.Date(Company.Start.AddDays(number * 2 / 5)),
            ["開始"] = Company.Clock(start),
            ["終了"] = dice.Chance(95) ? Company.Clock(end) : null,
            ["勤務時間"] = Company.Duration(end - start),
            ["案件番号"] = dice.Chance(70) ? $"DEAL-{dice.Between(1, 600)}" : "",
            ["種別"] = dice.Pick(Words.Activities),
            ["同行者"] = company.People(dice, 3),
            ["本文"] = $"<div>{dice.Pick(Words.Activities)}：{dice.Pick(Words.Remarks)}</div><ul><li>{dice.Pick(Words.Products)}</li><li>{dice.Pick(Words.DealTopics)}</li></ul>",
            ["所感"] = dice.Chance(50) ? dice.Pick(Words.Remarks) : "",
        };
    }
}
