using System.Text.Json.Nodes;

namespace KintoneSimulator.Sample;

/// <summary>経費精算, made in English: field codes of the system too. Its process was switched on, its categories were not.</summary>
static class Expenses
{
    public const int Count = 600;
    static readonly string[] s_states = ["Draft", "Submitted", "Approved", "Returned"];

    public static void Add(Company company, Space space)
    {
        var app = company.Domain.AddApp("経費精算 / Expenses", space, SampleCompany.ExpensesApp, code: "EXP");
        foreach (var (japanese, english) in new[]
        {
            ("レコード番号", "Record_number"), ("作成者", "Created_by"), ("作成日時", "Created_datetime"), ("更新者", "Updated_by"),
            ("更新日時", "Updated_datetime"), ("ステータス", "Status"), ("作業者", "Assignee"), ("カテゴリー", "Categories"),
        })
            app.RenameField(japanese, english);
        app.AddField("Title", "SINGLE_LINE_TEXT");
        app.AddField("Applicant", "USER_SELECT");
        app.AddField("Department", "ORGANIZATION_SELECT");
        app.AddField("Purpose", "MULTI_LINE_TEXT");
        app.AddField("Trip_date", "DATE");
        app.AddField("Paid_at", "DATETIME");
        app.AddTable("Lines",
            Field.Create("Line_date", "DATE"),
            Field.Create("Kind", "DROP_DOWN", FieldDefaults.Options(Words.ExpenseKinds)),
            Field.Create("Amount", "NUMBER", new() { ["unit"] = "¥", ["unitPosition"] = "BEFORE" }),
            Field.Create("Note", "SINGLE_LINE_TEXT"),
            Field.Create("Receipt", "FILE"));
        app.AddTable("Attendees",
            Field.Create("Person", "SINGLE_LINE_TEXT"),
            Field.Create("Affiliation", "SINGLE_LINE_TEXT"));
        app.AddField("Total", "CALC", new() { ["expression"] = "SUM(Amount)", ["format"] = "NUMBER" });
        app.SetProcess(s_states);

        var dice = new Dice(4);
        for (var number = 1; number <= Count; number++)
            company.Add(app, dice, Values(company, dice, number), number);
        // Old applications are deleted once a year: the ids begin late and have a large gap.
        app.Delete(Enumerable.Range(1, 150).Select(id => (long)id));
    }

    static JsonObject Values(Company company, Dice dice, int number)
    {
        var (lines, total) = (new JsonArray(), 0m);
        for (var index = dice.Between(1, 4); index > 0; index--)
        {
            var amount = dice.Between(1, 50_000);
            total += amount;
            lines.Add(Company.Row(new()
            {
                ["Line_date"] = Company.Date(Company.Start.AddDays(number - index)),
                ["Kind"] = dice.Pick(Words.ExpenseKinds),
                ["Amount"] = Company.Number(amount),
                ["Note"] = dice.Chance(50) ? dice.Pick(Words.Places) : "",
                ["Receipt"] = number % 100 == 0 && index == 1 ? new JsonArray(company.Picture($"receipt-{number}.png")) : [],
            }));
        }
        return new()
        {
            ["Title"] = $"{dice.Pick(Words.Places)} {dice.Pick(Words.ExpenseKinds)}",
            ["Applicant"] = Company.Entities(dice.Pick(company.Staff).Entity),
            ["Department"] = Company.Entities(dice.Pick(company.Organizations).Entity),
            ["Purpose"] = dice.Pick(Words.Remarks),
            ["Trip_date"] = Company.Date(Company.Start.AddDays(number)),
            ["Paid_at"] = dice.Chance(60) ? Company.Instant(Company.Start.AddDays(number + 20).AddHours(3)) : "",
            ["Lines"] = lines,
            ["Attendees"] = new JsonArray(
                [.. dice.PickSome(Words.Surnames, 2)
                .Select(name => Company.Row(new() { ["Person"] = name, ["Affiliation"] = Customers.NameOf(number % 300) }))]),
            ["Total"] = Company.Number(total),
            ["Status"] = dice.Pick(s_states),
            ["Assignee"] = company.People(dice, 2),
        };
    }
}
