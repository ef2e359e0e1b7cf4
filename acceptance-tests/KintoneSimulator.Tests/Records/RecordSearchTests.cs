using CsCheck;
using KintoneSimulator.Query;

namespace KintoneSimulator.Tests;

/// <summary>What the index answers quickly against a walk over every record.</summary>
public sealed class RecordSearchTests
{
    static readonly DateTimeOffset s_start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    static readonly Gen<string> s_leaf = Gen.OneOf(
        Gen.Select(Gen.OneOf("$id", "レコード番号"), Gen.OneOf("=", "!=", ">", "<", ">=", "<="), Gen.Int[0, 3000])
            .Select((field, op, id) => $"{field} {op} {id}"),
        Gen.Select(Gen.OneOf("=", "!=", ">", "<", ">=", "<="), Gen.Int[0, 30_000])
            .Select((op, seconds) => $"更新日時 {op} \"{s_start.AddSeconds(seconds):yyyy-MM-ddTHH:mm:ssZ}\""),
        Gen.Int[0, 3000].Array[1, 5].Select(ids => $"$id in ({string.Join(", ", ids)})"),
        Gen.Int[0, 3000].Array[1, 5].Select(ids => $"$id not in ({string.Join(", ", ids)})"),
        Gen.OneOf("確度 in (\"A\")", "金額 > 4000000", "更新日時 < TODAY()", "更新日時 = THIS_YEAR()"));

    /// <summary>Conditions as the connector asks them, and others that only look alike.</summary>
    static readonly Gen<string> s_condition = Gen.Recursive<string>((depth, self) => depth >= 3
        ? s_leaf
        : Gen.Frequency(
            (2, s_leaf),
            (1, Gen.Select(self, self).Select((left, right) => $"({left} and {right})")),
            (1, Gen.Select(self, self).Select((left, right) => $"({left} or {right})"))));

    /// <summary>What happens to an app: deletes, edits and late creates, at times before and after each other.</summary>
    static readonly Gen<(int Kind, int Id, int Minute)[]> s_history = Gen.Select(Gen.Int[0, 2], Gen.Int[1, 2600], Gen.Int[0, 500]).Array[0, 60];

    [Fact]
    public void The_index_finds_and_counts_what_a_walk_over_all_records_does() =>
        Gen.Select(s_condition, Gen.Int[0, 3], s_history, Gen.Bool, Gen.Enum<LiteralSeconds>()).Sample((condition, pattern, history, descending, seconds) =>
        {
            using var simulator = new Simulator();
            var app = simulator.Domain.AddApp("a", source: new GeneratedRecords(2500,
                pattern switch { 0 => IdPattern.Dense, 1 => IdPattern.Every(10), 2 => IdPattern.Gaps(0.9), _ => IdPattern.Blocks(300, 700) }));
            foreach (var (kind, id, minute) in history)
                Happen(app, kind, id, s_start.AddMinutes(minute));
            var query = QueryParser.Parse($"{condition} order by $id {(descending ? "desc" : "asc")}", app.Form);
            var context = new QueryContext { Now = s_start.AddDays(10), Seconds = seconds };
            var expected = Enumerable.Range(1, 4000).Select(id => (long)id).Where(app.Records.Holds)
                .Where(id => query.Where!.Matches(new RecordView(app.Records, app.Form, id), context)).ToList();
            if (descending)
                expected.Reverse();
            var search = new RecordSearch(app.Records, app.Form, query, context, null);

            Assert.Equal(expected.Count, search.Count());
            Assert.Equal(expected, search.Ids(0, long.MaxValue));
            Assert.Equal(expected.Skip(7).Take(20), search.Ids(7, 20));
            var odd = new RecordSearch(app.Records, app.Form, query, context, id => id % 2 == 1);
            Assert.Equal(expected.Where(id => id % 2 == 1), odd.Ids(0, long.MaxValue));
            Assert.Equal(expected.Count(id => id % 2 == 1), odd.Count());
        }, iter: 300);

    [Fact]
    public void Other_orders_sort_what_was_found()
    {
        using var simulator = new Simulator();
        var app = simulator.Domain.AddApp("a", source: new GeneratedRecords(300));
        var query = QueryParser.Parse("order by 金額 desc", app.Form);
        var ids = new RecordSearch(app.Records, app.Form, query, new() { Now = s_start }, null).Ids(0, 50);
        var amounts = Enumerable.Range(1, 300).Select(id => (long)id)
            .OrderByDescending(id => long.Parse(app.Records.Value(id, app.Form.Field("金額")!, app.Form).GetString()!)).Take(50);
        Assert.Equal(amounts, ids);
    }

    [Fact]
    public void A_million_records_start_at_once_and_counts_ask_about_few_of_them()
    {
        var asked = 0;
        var table = new RecordTable(new GeneratedRecords(1_000_000));
        var form = new Form(table.Source!.Fields);
        foreach (var id in Enumerable.Range(1, 100_000))
            table.Remove(id * 7L);
        var query = QueryParser.Parse("(更新日時 >= \"2030-01-01T00:00:00Z\" or $id > 999990) and $id > 250001 and $id <= 1000000", form);
        var context = new QueryContext { Now = s_start };
        var judge = RangeJudge.For(query.Where, context);
        Assert.Equal(10, table.CountWhere(judge, id =>
        {
            asked++;
            return query.Where!.Matches(new RecordView(table, form, id), context);
        }));
        Assert.InRange(asked, 10, 512);

        var range = QueryParser.Parse("$id > 1000 and $id <= 601000", form);
        asked = 0;
        var count = table.CountWhere(RangeJudge.For(range.Where, context), id =>
        {
            asked++;
            return id is > 1000 and <= 601000;
        });
        Assert.Equal(600_000 - (601000 / 7) + (1000 / 7), count);
        Assert.InRange(asked, 0, 512);
    }

    static void Happen(App app, int kind, int id, DateTimeOffset time)
    {
        if (kind == 0)
            app.Delete(id);
        else if (kind == 1 && app.Records.Holds(id))
            app.Edit(id, new() { ["件名"] = "x" }, updatedTime: time);
        else if (kind == 2)
            app.Add(new() { ["確度"] = "A", ["金額"] = "5000000" }, updatedTime: time);
    }
}
