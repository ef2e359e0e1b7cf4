using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Catalog;

namespace WarehouseTests.Views;

/// <summary>The view <c>reconciliation</c>: whatever happens to a table, it says so, and it says nothing where nothing happened.</summary>
[Collection(PostgresServerCollection.Name)]
public sealed class ReconciliationTests(PostgresServer postgres)
{
    const string Records = "app_1_records", Files = "app_1_attachments", Comments = "app_1_comments";

    static readonly string s_table = AppStreamName.OfTable(1, "rows").ToString();

    public static TheoryData<string, string> DatabasesAndModes
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var kind in (string[])["DuckDB", "PostgreSQL"])
                foreach (var mode in (string[])["append", "dedup", "overwrite"]) all.Add(kind, mode);
            return all;
        }
    }

    static void Fill(Domain domain)
    {
        var app = domain.AddApp("案件", id: 1);
        app.AddField("name", "SINGLE_LINE_TEXT");
        app.AddTable("rows", Field.Create("inner", "SINGLE_LINE_TEXT"));
        app.AddField("file", "FILE");
        for (var i = 1; i <= 6; i++)
        {
            var file = domain.AddFile($"{i}.txt", "contents"u8.ToArray(), "text/plain");
            app.AddComment(app.Add(new() { ["name"] = $"R{i}", ["rows"] = Rows($"{i}a", $"{i}b"), ["file"] = new JsonArray(file) }), $"on {i}");
        }
    }

    static JsonArray Rows(params IEnumerable<string> values) =>
        [.. values.Select(static v => new JsonObject { ["value"] = new JsonObject { ["inner"] = new JsonObject { ["value"] = v } } })];

    /// <summary>Two syncs, of which the second met an edit and, except where everything is replaced, a deletion.</summary>
    static async Task<LoadedApps> SyncedAsync(string mode)
    {
        var apps = new LoadedApps(Fill, 1) { ReadsComments = true };
        if (mode != "overwrite") await apps.SyncAsync();
        apps.Time.Advance(TimeSpan.FromHours(1));
        apps.App(1).Edit(2, new() { ["name"] = "R2'" });
        apps.App(1).Delete(5);
        await apps.SyncAsync(TimeSpan.FromHours(1));
        return apps;
    }

    static void Load(LoadedApps apps, LabelDatabase database, string mode) => apps.LoadInto(database, keepsVersions: mode == "append");

    [SkippableTheory]
    [MemberData(nameof(DatabasesAndModes))]
    public async Task Every_damage_has_its_verdict_and_a_table_without_any_is_equal(string kind, string mode)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var apps = await SyncedAsync(mode);
        Load(apps, database, mode);
        database.MakeViews();
        Assert.Equal([$"{Files} | equal | ∅", $"{Comments} | equal | ∅", $"{Records} | equal | ∅", $"{s_table} | equal | ∅"], Verdicts(database));

        void Damaged(string sql, string stream, string verdict, string? id = null)
        {
            database.Execute("BEGIN");
            foreach (var statement in sql.Split("; ")) database.Execute(statement);
            Assert.Equal($"{stream} | {verdict} | {id ?? "∅"}", Verdicts(database).Single(row => row.StartsWith($"{stream} ", StringComparison.Ordinal)));
            database.Execute("ROLLBACK");
        }
        Damaged($"DELETE FROM {Records} WHERE _kintone_id = 3", Records, "rows missing", "3");
        Damaged($"DELETE FROM {Records} WHERE _kintone_id IN (3, 4)", Records, "rows missing");
        Damaged($"DELETE FROM {Records}", Records, "rows missing");
        Damaged($"UPDATE {Records} SET _kintone_id = 33 WHERE _kintone_id = 3", Records, "other rows");
        Damaged($"UPDATE {Records} SET _kintone_id = 0 WHERE _kintone_id = 3", Records, "other rows"); // and the greatest is the same
        Damaged($"UPDATE {Records} SET _kintone_id = 7 WHERE _kintone_id = 6; UPDATE {Records} SET _kintone_id = 0 WHERE _kintone_id = 1",
            Records, "other rows"); // and the sum is the same
        // Where every version is kept, a row that comes twice is no damage.
        var keepsVersions = mode == "append";
        var again = $"INSERT INTO {Records} SELECT * FROM {Records} WHERE _kintone_id =";
        Damaged($"{again} 3", Records, keepsVersions ? "equal" : "rows too many", keepsVersions ? null : "3");
        Damaged($"DELETE FROM {Records} WHERE _kintone_id = 3; {again} 4", Records, keepsVersions ? "rows missing" : "other rows", keepsVersions ? "3" : null);
        Damaged($"DELETE FROM {s_table} WHERE _kintone_id = 4", s_table, "rows missing");
        foreach (var (stream, key) in new[] { (Files, "_kintone_file_number"), (Comments, "_kintone_comment_id") })
        {
            Damaged($"DELETE FROM {stream} WHERE _kintone_id = 4", stream, "rows missing", "5"); // which has the number 1
            Damaged($"UPDATE {stream} SET {key} = 9 WHERE _kintone_id = 4", stream, "other rows");
            Damaged($"INSERT INTO {stream} SELECT * FROM {stream} WHERE _kintone_id = 4", stream,
                keepsVersions ? "equal" : "rows too many", keepsVersions ? null : "5");
            if (mode != "overwrite") Damaged(Revived(stream, keepsVersions), stream, "rows too many", "6");
        }
        if (mode != "overwrite")
        {
            // A deleted record comes back: its tombstone is lost, or an old copy is laid over it.
            Damaged(Revived(Records, keepsVersions), Records, "rows too many", "5");
            Damaged(Revived(s_table, keepsVersions), s_table, "rows too many");
        }
        Damaged($"UPDATE sync_audit SET rows_expected = NULL WHERE stream = '{Records}'", Records, "not certain yet");
        // A later sync brought a line and was killed before it could say what must be there.
        Damaged($"UPDATE {Records} SET _airbyte_extracted_at = '2027-01-01T00:00:00Z' WHERE _kintone_id = 3", Records, "not certain yet");
        Damaged($"DELETE FROM sync_audit WHERE stream = '{Records}'", Records, "not certain yet");

        database.Execute($"DROP TABLE {Records} CASCADE");
        database.MakeViews();
        Assert.Contains($"{Records} | not loaded | ∅", Verdicts(database));
    }

    static string Revived(string stream, bool keepsVersions) => keepsVersions
        ? $"DELETE FROM {stream} WHERE _kintone_id = 5 AND _ab_cdc_deleted_at IS NOT NULL"
        : $"UPDATE {stream} SET _ab_cdc_deleted_at = NULL WHERE _kintone_id = 5";

    static IReadOnlyList<string> Verdicts(LabelDatabase database) => database.Rows("reconciliation", "stream", "verdict", "one_id");

    [SkippableTheory]
    [InlineData("DuckDB", "append")]
    [InlineData("DuckDB", "dedup")]
    [InlineData("PostgreSQL", "append")]
    [InlineData("PostgreSQL", "dedup")]
    public async Task Rows_as_they_were_before_are_stale_since_then(string kind, string mode)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var apps = new LoadedApps(Fill, 1) { ReadsComments = true };
        await apps.SyncAsync(); // 1:00
        Load(apps, database, mode);
        database.Execute($"CREATE TABLE backup AS SELECT * FROM {Records}");
        apps.Time.Advance(TimeSpan.FromHours(1));
        apps.App(1).Edit(2, new() { ["name"] = "R2'" });
        await apps.SyncAsync(TimeSpan.FromHours(1)); // 3:00
        Load(apps, database, mode);
        database.MakeViews();
        Assert.Contains($"{Records} | equal | ∅", Verdicts(database));

        // Lines carry the machine's time, audit rows Kintone's, which is a day ahead: neither is older than the other.
        database.Execute("UPDATE sync_audit SET _airbyte_extracted_at = _airbyte_extracted_at + INTERVAL '1 day'");
        Assert.Contains($"{Records} | equal | ∅", Verdicts(database));
        database.Execute("UPDATE sync_audit SET _airbyte_extracted_at = _airbyte_extracted_at - INTERVAL '1 day'");

        // The machine of the first sync was a day ahead, and the numbers of syncs are by the machine's clock: that sync's is the greatest of all.
        database.Execute("UPDATE sync_audit SET sync_id = 'f' || sync_id WHERE finished_at < (SELECT max(finished_at) - INTERVAL '1 hour' FROM sync_audit)");
        Assert.Contains($"{Records} | equal | ∅", Verdicts(database));

        // The destination has loaded the audit twice: delivery is at least once.
        database.Execute("INSERT INTO sync_audit SELECT * FROM sync_audit");
        Assert.Contains($"{Records} | equal | ∅", Verdicts(database));

        database.Execute($"DELETE FROM {Records}");
        database.Execute($"INSERT INTO {Records} SELECT * FROM backup");
        Assert.Contains($"{Records} | stale since 2026-03-02 01:00 UTC | ∅", Verdicts(database));
        // Where deletions were among the lines, the newest row may be gone, and what is left is of the time before.
        database.Execute("UPDATE sync_audit SET deletions_sent = 1");
        Assert.Contains($"{Records} | equal | ∅", Verdicts(database));
    }

    [SkippableTheory]
    [MemberData(nameof(DatabasesAndModes))]
    public async Task The_query_beside_a_verdict_finds_which_rows_differ_from_a_second_reading(string kind, string mode)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var apps = await SyncedAsync(mode);
        Load(apps, database, mode);
        database.MakeViews();
        database.Execute("CREATE SCHEMA kintone_check");
        foreach (var (stream, key) in new[] { (Records, "_kintone_id"), (s_table, "_kintone_id, _kintone_row_id") })
        {
            var newest = $"SELECT DISTINCT ON ({key}) * FROM {stream} ORDER BY {key}, _kintone_updated_at DESC";
            database.Execute($"CREATE TABLE kintone_check.{stream} AS SELECT * FROM ({newest}) now WHERE _ab_cdc_deleted_at IS NULL");
        }
        database.Execute($"DELETE FROM {Records} WHERE _kintone_id IN (3, 6)");
        database.Execute($"UPDATE {Records} SET _kintone_id = 77 WHERE _kintone_id = 4");
        database.Execute($"DELETE FROM {s_table} WHERE _kintone_id = 6");

        Assert.Equal(["3 ∅ 1", "4 ∅ 1", "6 ∅ 1", "77 1 ∅"], Found(database, Records));
        Assert.Equal(["6 ∅ 1", "6 ∅ 1"], Found(database, s_table).Select(static row => row[..1] + row[row.IndexOf(' ', 2)..]));
    }

    static IEnumerable<string> Found(LabelDatabase database, string stream) =>
        database.Rows(database.Rows($"SELECT find_rows FROM kintone.reconciliation WHERE stream = '{stream}'")[0][0]!)
            .Select(static row => string.Join(' ', row.Select(static cell => cell ?? "∅")));
}
