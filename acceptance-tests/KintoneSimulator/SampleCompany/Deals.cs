using System.Text.Json.Nodes;

namespace KintoneSimulator.Sample;

/// <summary>案件管理: a lookup, a sub-table, calculations of every format, a process, categories, and an app code in the record numbers.</summary>
static class Deals
{
    public const int Count = 1_200;
    static readonly string[] s_states = ["引き合い", "提案中", "受注", "失注"];

    public static void Add(Company company)
    {
        var app = company.Domain.AddApp("案件管理", id: SampleCompany.DealsApp, code: "DEAL");
        app.AddField("件名", "SINGLE_LINE_TEXT", new() { ["required"] = true });
        app.AddField("顧客番号", "SINGLE_LINE_TEXT", Lookup(SampleCompany.CustomersApp, "顧客番号", ("会社名", "会社名")));
        app.AddField("会社名", "SINGLE_LINE_TEXT");
        app.AddChoice("確度", "RADIO_BUTTON", "A：90%", "B：50%", "C：10%");
        app.AddField("受注予定日", "DATE");
        app.AddField("次回打合せ", "DATETIME");
        app.AddField("訪問時刻", "TIME");
        app.AddField("値引率", "NUMBER", new() { ["unit"] = "%", ["unitPosition"] = "AFTER", ["displayScale"] = "2" });
        app.AddField("営業担当", "USER_SELECT");
        app.AddField("関係部署", "ORGANIZATION_SELECT");
        app.AddField("共有先", "GROUP_SELECT");
        app.AddField("詳細", "GROUP", new() { ["openGroup"] = true });
        app.AddField("提案書", "FILE");
        app.AddField("メモ", "MULTI_LINE_TEXT");
        app.AddTable("明細",
            Field.Create("品名", "SINGLE_LINE_TEXT"),
            Field.Create("区分", "DROP_DOWN", FieldDefaults.Options("新規", "追加", "交換")),
            Field.Create("単価", "NUMBER"),
            Field.Create("数量", "NUMBER"),
            Field.Create("小計", "CALC", new() { ["expression"] = "単価 * 数量", ["format"] = "NUMBER_DIGIT" }),
            Field.Create("納期", "DATE"),
            Field.Create("検収", "CHECK_BOX", FieldDefaults.Options("済")),
            Field.Create("手配担当", "USER_SELECT"),
            Field.Create("資料", "FILE"),
            Field.Create("但し書き", "MULTI_LINE_TEXT"));
        app.AddField("見込金額", "CALC", Calculation("SUM(小計)", "NUMBER_DIGIT"));
        app.AddField("値引後金額", "CALC", Calculation("見込金額 * (100 - 値引率) / 100", "NUMBER"));
        app.AddField("対応時間", "CALC", Calculation("更新日時 - 作成日時", "HOUR_MINUTE"));
        app.AddField("経過", "CALC", Calculation("更新日時 - 作成日時", "DAY_HOUR_MINUTE"));
        app.AddField("督促日時", "CALC", Calculation("次回打合せ - 86400", "DATETIME"));
        app.AddField("督促日", "CALC", Calculation("受注予定日 - 604800", "DATE"));
        app.AddField("出発時刻", "CALC", Calculation("訪問時刻 - 3600", "TIME"));
        app.AddField("日報", "REFERENCE_TABLE", ReferenceTable("レコード番号", "案件番号", SampleCompany.ReportsApp, "日付", "種別"));
        app.SetProcess(s_states);
        app.EnableCategories();
        app.SetResource("app/form/layout", DealsLayout.Of(app.Form));
        DealsSettings.Add(app);

        var dice = new Dice(2);
        for (var number = 1; number <= Count; number++)
            company.Add(app, dice, Values(company, dice, number), number / 2);
        app.Delete(Enumerable.Range(601, 40).Select(id => (long)id));
        foreach (var (id, text) in new[] { (1L, "見積を送りました。"), (1L, "確認しました。ありがとうございます！\n次回は来週です。"), (3L, "😀 \"引用\" と \\ を含むコメント") })
            app.AddComment(id, text, dice.Pick(company.Staff).Entity, ("u01", "USER"));
        for (var reply = 1; reply <= 25; reply++)
            app.AddComment(2, $"やり取り {reply} 回目", dice.Pick(company.Staff).Entity);
    }

    static JsonObject Values(Company company, Dice dice, int number)
    {
        var customer = dice.Between(10, Customers.Count - 1);
        var (rows, total) = Rows(company, dice, number);
        var discount = dice.Between(0, 120) / 8m;
        var day = Company.Start.AddDays(number / 2 + dice.Between(10, 90));
        var (visit, minutes) = (dice.Between(108, 216) * 5, dice.Between(0, 9_000));
        var (hasVisit, hasDay) = (dice.Chance(70), dice.Chance(90));
        return new()
        {
            ["件名"] = $"{Customers.NameOf(customer)}様 {dice.Pick(Words.DealTopics)}",
            ["顧客番号"] = Customers.NumberOf(customer),
            ["会社名"] = Customers.NameOf(customer),
            ["確度"] = dice.Pick(["A：90%", "B：50%", "C：10%"]),
            ["受注予定日"] = hasDay ? Company.Date(day) : null,
            ["次回打合せ"] = hasVisit ? Company.Instant(day.AddMinutes(visit - 540)) : "",
            ["訪問時刻"] = hasVisit ? Company.Clock(visit) : null,
            ["値引率"] = Company.Number(discount),
            ["営業担当"] = company.People(dice, 1),
            ["関係部署"] = Company.Entities(dice.PickSome(company.Organizations, 3).Select(organization => organization.Entity)),
            ["共有先"] = Company.Entities(dice.PickSome(company.Groups, 1).Select(group => group.Entity)),
            ["提案書"] = number % 150 == 1 ? new JsonArray(company.TextFile($"提案書{number}.txt", "ご提案\n"), company.Picture("図1.png")) : [],
            ["メモ"] = dice.Chance(40) ? $"{dice.Pick(Words.Remarks)}\n{dice.Pick(Words.Remarks)}" : "",
            ["明細"] = rows,
            ["見込金額"] = Company.Number(total),
            ["値引後金額"] = Company.Number(decimal.Round(total * (100 - discount) / 100, 4)),
            ["対応時間"] = Company.Duration(minutes),
            ["経過"] = Company.Duration(minutes),
            ["督促日時"] = hasVisit ? Company.Instant(day.AddMinutes(visit - 540).AddDays(-1)) : "",
            ["督促日"] = hasDay ? Company.Date(day.AddDays(-7)) : "",
            ["出発時刻"] = hasVisit ? Company.Clock(visit - 60) : "",
            ["ステータス"] = dice.Pick(s_states),
            ["作業者"] = company.People(dice, 1),
            ["カテゴリー"] = Company.List(dice.PickSome(["東日本", "西日本", "海外"], 2)),
        };
    }

    static (JsonArray Rows, decimal Total) Rows(Company company, Dice dice, int number)
    {
        var (rows, total) = (new JsonArray(), 0m);
        for (var index = dice.Between(0, 5); index > 0; index--)
        {
            var (price, quantity) = (dice.Between(10, 9_000) / 2m, dice.Between(1, 200));
            total += price * quantity;
            rows.Add(Company.Row(new()
            {
                ["品名"] = dice.Pick(Words.Products),
                ["区分"] = dice.Chance(90) ? dice.Pick(["新規", "追加", "交換"]) : null,
                ["単価"] = Company.Number(price),
                ["数量"] = Company.Number(quantity),
                ["小計"] = Company.Number(price * quantity),
                ["納期"] = dice.Chance(80) ? Company.Date(Company.Start.AddDays(number / 2 + dice.Between(20, 120))) : null,
                ["検収"] = Company.List(dice.PickSome(["済"], 1)),
                ["手配担当"] = company.People(dice, 2),
                ["資料"] = number % 200 == 1 && index == 1 ? new JsonArray(company.TextFile("仕様.txt", $"仕様 {number}\n")) : [],
                ["但し書き"] = dice.Chance(10) ? dice.Pick(Words.Remarks) : "",
            }));
        }
        return (rows, total);
    }

    static JsonObject Calculation(string expression, string format) => new() { ["expression"] = expression, ["format"] = format };

    public static JsonObject Lookup(long app, string key, params IEnumerable<(string Field, string Related)> mappings) => new()
    {
        ["lookup"] = new JsonObject
        {
            ["relatedApp"] = new JsonObject { ["app"] = $"{app}", ["code"] = "" },
            ["relatedKeyField"] = key,
            ["fieldMappings"] = new JsonArray(
                [.. mappings.Select(mapping => new JsonObject { ["field"] = mapping.Field, ["relatedField"] = mapping.Related })]),
            ["lookupPickerFields"] = new JsonArray(),
            ["filterCond"] = "",
            ["sort"] = "",
        },
    };

    public static JsonObject ReferenceTable(string field, string relatedField, long app, params IEnumerable<string> columns) => new()
    {
        ["referenceTable"] = new JsonObject
        {
            ["relatedApp"] = new JsonObject { ["app"] = $"{app}", ["code"] = "" },
            ["condition"] = new JsonObject { ["field"] = field, ["relatedField"] = relatedField },
            ["filterCond"] = "",
            ["displayFields"] = Company.List(columns),
            ["sort"] = "",
            ["size"] = "5",
        },
    };
}
