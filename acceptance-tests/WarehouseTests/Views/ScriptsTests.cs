using System.Data.Common;
using System.Diagnostics;
using System.Text.RegularExpressions;
using AcceptanceTests;
using CsCheck;
using WarehouseFiles;
using WarehouseFiles.Dialects;

namespace WarehouseTests.Views;

/// <summary>How the scripts of docs/warehouse are made and run.</summary>
[Collection(PostgresServerCollection.Name)]
public sealed partial class ScriptsTests(PostgresServer postgres)
{
    public static TheoryData<string> Databases => LabelDatabase.Kinds;

    public static TheoryData<string> Files => [.. Dialect.All.Select(static d => d.File)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Each_script_is_what_the_plan_says(string file) => Assert.True(
        LabelPlan.Script(Dialect.All.Single(d => d.File == file)) == File.ReadAllText(Repository.File($"docs/warehouse/{file}")),
        $"docs/warehouse/{file} is made by: dotnet run --project tools/WarehouseFiles -- scripts docs/warehouse");

    [Theory]
    [MemberData(nameof(Files))]
    public void No_line_of_a_script_is_too_long(string file) =>
        Assert.DoesNotContain(File.ReadLines(Repository.File($"docs/warehouse/{file}")), static line => line.Length >= 160);

    static Gen<string> Any(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    static readonly Gen<string> s_piece = Gen.OneOf(
        Any("SELECT", "r.name", "||", "\"A b\"", "`C d`", "END", "-"),
        Gen.Select(Gen.String[Gen.Char[" A|\""], 0, 90], Any("''", "\\'", ""), static (text, quote) => $"'{text}{quote} B'"));

    /// <summary>Between two pieces there may be a line's end instead of a space, and nowhere else.</summary>
    [Fact]
    public void A_line_that_is_too_long_is_broken_outside_of_quotes() => s_piece.Array[1, 40].Sample(static pieces =>
    {
        var left = new Queue<string>(pieces);
        foreach (var line in LongLines.Wrap("  " + string.Join(' ', pieces)).Split('\n'))
        {
            for (var rest = line.TrimStart(); rest.Length > 0;)
            {
                var piece = left.Dequeue();
                Assert.StartsWith(rest.Length > piece.Length ? piece + " " : piece, rest, StringComparison.Ordinal);
                rest = rest[Math.Min(rest.Length, piece.Length + 1)..];
            }
        }
        Assert.Empty(left);
    });

    [GeneratedRegex(@"\| DuckDB \|[^|]*\| `(?<command>(?:[^`\\]|\\.)+)`")]
    static partial Regex DuckDbCommand { get; }

    [Theory]
    [InlineData("docs/warehouse/README.md")]
    [InlineData("docs/warehouse/README.ja.md")]
    public async Task The_command_for_DuckDB_makes_the_views_as_it_stands(string page)
    {
        using var apps = new LoadedApps(static domain => domain.AddApp("案件", id: 1).Add(), 1);
        await apps.SyncAsync();
        var folder = Directory.CreateTempSubdirectory("duckdb-");
        try
        {
            var file = Path.Combine(folder.FullName, "warehouse.duckdb");
            using (var database = new DuckDbLabels(hasNestedTypes: false, file)) apps.LoadInto(database);
            File.Copy(Repository.File("docs/warehouse/duckdb.sql"), Path.Combine(folder.FullName, "duckdb.sql"));
            DuckDbShell.Put(folder);

            var command = DuckDbCommand.Match(await File.ReadAllTextAsync(Repository.File(page))).Groups["command"].Value
                .Replace("\\|", "|", StringComparison.Ordinal); // as a table's cell writes it
            var start = new ProcessStartInfo("/bin/sh", ["-c", command]) { WorkingDirectory = folder.FullName, RedirectStandardError = true };
            start.Environment["PATH"] = $"{folder.FullName}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
            using var process = Process.Start(start)!;
            var errors = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.Equal((0, ""), (process.ExitCode, errors));
            using var made = new DuckDbLabels(hasNestedTypes: false, file);
            Assert.Equal(["案件"], made.Views());
            Assert.Equal(["1"], made.Rows("案件", "_kintone_id"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Databases))]
    public async Task A_script_that_fails_leaves_the_views_as_they_were(string kind)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var apps = new LoadedApps(static domain =>
        {
            domain.AddApp("案件", id: 1).AddField("a", "SINGLE_LINE_TEXT", new() { ["label"] = "名前" });
            domain.AddApp("予定", id: 2);
        }, 1, 2);
        await apps.SyncAsync();
        apps.LoadInto(database);
        database.MakeViews();
        database.Execute("UPDATE app_fields SET label = '別の名前' WHERE code = 'a'");
        database.Execute("UPDATE app_fields SET \"appName\" = '顧客' WHERE \"appId\" = '2'");
        database.Execute("CREATE TABLE kintone.\"顧客\" (x integer)"); // where the script wants a view

        Assert.ThrowsAny<DbException>(database.MakeViews);
        if (kind != "PostgreSQL") database.Execute("ROLLBACK"); // as the end of the process does
        Assert.Equal(["予定", "案件"], database.Views());
        Assert.Contains("名前", database.Columns("案件"));

        database.Execute("DROP TABLE kintone.\"顧客\"");
        database.MakeViews();
        Assert.Equal(["案件", "顧客"], database.Views());
        Assert.Contains("別の名前", database.Columns("案件"));
    }

    [SkippableTheory]
    [MemberData(nameof(Databases))]
    public async Task A_data_dictionary_that_is_only_added_to_shows_the_newest_form(string kind)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var apps = new LoadedApps(static domain =>
        {
            var app = domain.AddApp("案件", id: 1);
            app.AddField("a", "SINGLE_LINE_TEXT", new() { ["label"] = "前の名前" });
            app.AddField("b", "SINGLE_LINE_TEXT", new() { ["label"] = "なくなる" });
            app.Add(new() { ["a"] = "A", ["b"] = "B" });
        }, 1);
        await apps.SyncAsync();
        apps.App(1).ChangeField("a", new() { ["label"] = "名前" });
        apps.App(1).RemoveField("b");
        await apps.SyncAsync(TimeSpan.FromHours(1));
        apps.LoadInto(database, keepsVersions: true);
        database.MakeViews();

        Assert.Equal(["1 | A"], database.Rows("案件", "_kintone_id", "名前"));
        Assert.DoesNotContain("前の名前", database.Columns("案件"));
        Assert.DoesNotContain("なくなる", database.Columns("案件"));
    }

    /// <summary>Destinations keep lists as their own, as JSON, as text, or not at all.</summary>
    [SkippableTheory]
    [MemberData(nameof(Databases))]
    public async Task Choices_of_any_shape_make_no_script_fail(string kind)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var apps = new LoadedApps(static domain => domain.AddApp("案件", id: 1).AddChoice("区分", "DROP_DOWN", "新規", "追加"), 1);
        await apps.SyncAsync();
        apps.LoadInto(database);
        var json = kind == "PostgreSQL" ? "jsonb" : "JSON";
        (string Type, string Value, string Shown)[] shapes =
        [
            (json, """'["新規", "追加"]'""", "; choices: 新規 | 追加"), ("varchar", """'["新規", "追加"]'""", """; choices: ["新規", "追加"]"""),
            (json, """'"新規"'""", "; choices: 新規"), (json, """'{"新規": {"index": "0"}}'""", "新規"), ("integer", "3", "; choices: 3"),
            (json, "'[]'", "区分 (DROP_DOWN)"), (json, "NULL", "区分 (DROP_DOWN)"),
        ];
        foreach (var (type, value, shown) in shapes)
        {
            database.Execute("DROP VIEW IF EXISTS kintone.schema_changes");
            database.Execute("ALTER TABLE app_fields DROP COLUMN options");
            database.Execute($"ALTER TABLE app_fields ADD COLUMN options {type}");
            database.Execute($"UPDATE app_fields SET options = {value} WHERE code = '区分'");
            database.MakeViews();
            Assert.Contains(shown, database.Comment("案件", "区分"), StringComparison.Ordinal);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Databases))]
    public async Task Names_that_meet_are_told_apart_and_are_the_same_each_time(string kind)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var apps = new LoadedApps(static domain =>
        {
            string[] names = ["案件", "案件", "案件_app_1_records", "reconciliation", "案件_attachments"];
            foreach (var (i, name) in names.Index()) domain.AddApp(name, id: i + 1).Add();
        }, 1, 2, 3, 4, 5);
        await apps.SyncAsync();
        apps.LoadInto(database);
        database.MakeViews();

        var views = database.Views();
        Assert.Equal(5, views.Count);
        Assert.Contains("案件_app_2_records", views);
        Assert.Contains("reconciliation_app_4_records", views);
        Assert.Contains("案件_attachments_app_5_records", views);
        database.MakeViews();
        Assert.Equal(views, database.Views());
    }

    /// <summary>A loader of one's own calls the time of a line otherwise, or has none.</summary>
    [SkippableTheory]
    [InlineData("DuckDB", "synced")]
    [InlineData("PostgreSQL", "synced")]
    [InlineData("DuckDB", null)]
    [InlineData("PostgreSQL", null)]
    public async Task A_loader_of_one_s_own_may_call_the_time_of_a_line_otherwise(string kind, string? column)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var apps = new LoadedApps(static domain => domain.AddApp("案件", id: 1).Add(), 1);
        await apps.SyncAsync();
        apps.Time.Advance(TimeSpan.FromHours(1));
        apps.App(1).Edit(1, []);
        await apps.SyncAsync(TimeSpan.FromHours(1));
        apps.LoadInto(database, keepsVersions: true);
        database.Execute("ALTER TABLE app_fields RENAME COLUMN _airbyte_extracted_at TO synced");
        var change = column is null ? "DROP COLUMN _airbyte_extracted_at" : $"RENAME COLUMN _airbyte_extracted_at TO {column}";
        database.Execute($"ALTER TABLE app_1_records {change}");
        database.Settings["loaded_at"] = "'synced'";
        database.MakeViews();

        Assert.Equal(["1"], database.Rows("案件", "_kintone_id"));
        Assert.Equal(2, database.Rows("案件_history", "_kintone_id").Count);
    }
}
