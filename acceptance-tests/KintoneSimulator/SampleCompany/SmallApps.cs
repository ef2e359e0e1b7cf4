using System.Text.Json.Nodes;

namespace KintoneSimulator.Sample;

/// <summary>The apps that matter for what they are: renamed system fields, no right to view, a guest space, no records.</summary>
static class SmallApps
{
    public const int Assets = 200;
    public const int Minutes = 30;
    public const int Tasks = 150;

    /// <summary>備品台帳: the administrator gave the system fields codes of the house.</summary>
    public static void AddAssets(Company company)
    {
        var app = company.Domain.AddApp("備品台帳", id: SampleCompany.AssetsApp);
        foreach (var (old, renamed) in new[] { ("レコード番号", "管理番号"), ("作成者", "登録者"), ("作成日時", "登録日時"), ("更新者", "最終確認者"), ("更新日時", "最終確認日時") })
            app.RenameField(old, renamed);
        app.AddField("品目", "SINGLE_LINE_TEXT");
        app.AddField("取得価額", "NUMBER", new() { ["digit"] = true });
        // A text field may well carry the code that the update time has elsewhere.
        app.AddField("更新日時", "SINGLE_LINE_TEXT", new() { ["label"] = "前回更新（手書き）" });
        var dice = new Dice(5);
        for (var number = 1; number <= Assets; number++)
            company.Add(app, dice, new()
            {
                ["品目"] = dice.Pick(Words.Equipment),
                ["取得価額"] = Company.Number(dice.Between(1, 1_000_000) / 4m),
                ["更新日時"] = dice.Chance(50) ? $"令和{dice.Between(1, 6)}年春" : "",
            }, number * 3);
    }

    /// <summary>役員会議事録: not for the demo user.</summary>
    public static void AddMinutes(Company company)
    {
        var app = company.Domain.AddApp("役員会議事録", id: SampleCompany.MinutesApp);
        app.AddField("議題", "SINGLE_LINE_TEXT");
        app.AddField("決定事項", "MULTI_LINE_TEXT");
        app.SetRights(SampleCompany.DemoUser, AppRights.None);
        var dice = new Dice(6);
        for (var number = 1; number <= Minutes; number++)
            company.Add(app, dice, new() { ["議題"] = dice.Pick(Words.DealTopics), ["決定事項"] = dice.Pick(Words.Remarks) }, number * 20);
    }

    /// <summary>共同開発タスク: in a guest space, some of them made by a guest.</summary>
    public static void AddTasks(Company company, Space guestSpace)
    {
        var app = company.Domain.AddApp("共同開発タスク", guestSpace, SampleCompany.TasksApp);
        app.AddField("タスク", "SINGLE_LINE_TEXT");
        app.AddChoice("状態", "DROP_DOWN", "未着手", "進行中", "完了");
        app.AddField("期限", "DATE");
        app.AddField("担当", "USER_SELECT");
        app.AddField("試作画像", "FILE");
        var dice = new Dice(7);
        for (var number = 1; number <= Tasks; number++)
            company.Add(app, dice, new()
            {
                ["タスク"] = $"{dice.Pick(Words.Products)}の試作",
                ["状態"] = dice.Pick(["未着手", "進行中", "完了"]),
                ["期限"] = dice.Chance(80) ? Company.Date(Company.Start.AddDays(number * 4)) : null,
                ["担当"] = dice.Chance(30) ? Company.Entities(company.Domain.User(SampleCompany.Guest)!.Entity) : company.People(dice, 2),
                ["試作画像"] = number == 5 ? new JsonArray(company.Picture("試作.png")) : [],
            }, number * 4);
        app.Add(new() { ["タスク"] = "協力会社が登録" }, Company.Start, creator: company.Domain.User(SampleCompany.Guest)!.Entity);
        app.AddComment(1, "ゲストスペースのコメント", company.Staff[0].Entity);
    }

    /// <summary>空のアプリ: a form and nothing in it.</summary>
    public static void AddEmpty(Company company) =>
        company.Domain.AddApp("空のアプリ", id: SampleCompany.EmptyApp).AddField("メモ", "SINGLE_LINE_TEXT");
}
