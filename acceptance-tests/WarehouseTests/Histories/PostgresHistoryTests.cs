using CsCheck;
using WarehouseTests.Views;

namespace WarehouseTests;

/// <summary>
/// What random histories leave in warehouses, loaded into PostgreSQL: its view <c>reconciliation</c> finds every table right, and whatever happens to it.
/// </summary>
[Collection(PostgresServerCollection.Name)]
public sealed class PostgresHistoryTests(PostgresServer postgres)
{
    [SkippableFact]
    public async Task After_any_history_every_table_is_equal_and_every_damage_is_seen() =>
        await HistoryTests.Stories.SampleAsync(async ((int Seed, int Records, int Syncs) story) =>
        {
            using var history = new History(story.Seed, story.Records);
            await history.RunAsync(story.Syncs);
            foreach (var warehouse in history.Warehouses)
                foreach (var keepsVersions in (bool[])[true, false])
                    Check(warehouse, keepsVersions, new(story.Seed));
        }, iter: Math.Max(1, HistoryTests.Histories / 50), threads: 1);

    void Check(Warehouse warehouse, bool keepsVersions, Random dice)
    {
        if (warehouse.Streams(keepsVersions).Count == 0) return;
        using var database = LabelDatabase.Open("PostgreSQL", postgres);
        warehouse.CopyTo(database, keepsVersions);
        foreach (var stream in warehouse.Streams(keepsVersions))
        {
            Assert.Equal("equal", VerdictOf(stream));
            foreach (var (damage, verdict) in Damages(warehouse, stream, keepsVersions, dice))
            {
                database.Execute("BEGIN");
                database.Execute(damage);
                Assert.True(VerdictOf(stream) == verdict, $"{stream} is {VerdictOf(stream)} after {damage}");
                database.Execute("ROLLBACK");
            }
        }

        string VerdictOf(string stream) => database.Rows($"SELECT verdict FROM kintone.reconciliation WHERE stream = '{stream}'")[0][0]!;
    }

    /// <summary>A row is lost, comes twice, is another one; a deleted one comes back.</summary>
    static IEnumerable<(string Sql, string Verdict)> Damages(Warehouse warehouse, string stream, bool keepsVersions, Random dice)
    {
        var key = warehouse.KeyOf(stream);
        if (warehouse.KeysThere(stream) is { Count: > 0 } there)
        {
            var one = $"({key}) = ({there[dice.Next(there.Count)]})";
            yield return ($"DELETE FROM {stream} WHERE {one}", "rows missing");
            yield return ($"INSERT INTO {stream} SELECT * FROM {stream} WHERE {one}", keepsVersions ? "equal" : "rows too many");
            yield return ($"UPDATE {stream} SET _kintone_id = _kintone_id + 1000000 WHERE {one}", "other rows");
        }
        if (keepsVersions && warehouse.KeysGone(stream) is { Count: > 0 } gone)
            yield return ($"DELETE FROM {stream} WHERE ({key}) = ({gone[dice.Next(gone.Count)]}) AND _ab_cdc_deleted_at IS NOT NULL", "rows too many");
    }
}
