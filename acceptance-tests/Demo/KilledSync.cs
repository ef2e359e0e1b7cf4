using KintoneSimulator;

namespace KintoneSource.Demo;

/// <summary>An import adds many records; the sync that brings them is killed where it hurts, and the next one goes on from the last STATE.</summary>
static class KilledSync
{
    const string Stream = "app_3_records";
    const int Imported = 25_000, RowsBehindState = 1_500;

    public static async Task PlayAsync(Stage stage)
    {
        var reports = stage.App(SampleCompany.ReportsApp);
        var first = reports.Records.LastId + 1;
        for (var number = 0; number < Imported; number++) reports.Add(
            new() { ["日付"] = $"2019-{1 + (number % 12):00}-{1 + (number % 28):00}", ["所感"] = $"移行した日報 {number + 1}" });
        Console.WriteLine($"  {Stage.Number(Imported)} old daily reports are imported into app 3\n");

        OfferedStream[] streams = [.. stage.Offered.Where(static s => s.Name == Stream), stage.Audit];
        var (isStateWritten, behind) = (false, 0);
        var killed = await stage.SyncAsync("read-3-killed", streams, line =>
        {
            isStateWritten |= line.StartsWith("""{"type":"STATE""", StringComparison.Ordinal);
            return isStateWritten && line.StartsWith("""{"type":"RECORD""", StringComparison.Ordinal) && ++behind == RowsBehindState;
        });
        var left = stage.LeftToRead(Stream);
        Console.WriteLine($"\n  The last STATE says what is left to read, by record IDs:");
        foreach (var range in left.Take(8)) Console.WriteLine($"    {range.From} to {range.To}");
        if (left.Count > 8) Console.WriteLine($"    … and {left.Count - 8} more ranges");
        Console.WriteLine();

        var resumed = await stage.SyncAsync("read-3-resumed", streams);
        HashSet<long> before = [.. Ids(killed)], after = [.. Ids(resumed)];
        var missing = Enumerable.Range(0, Imported).Count(i => !before.Contains(first + i) && !after.Contains(first + i));
        var twice = before.Count(after.Contains);
        Console.WriteLine($"""

              {Stage.Number(before.Count)} records came before the kill, {Stage.Number(after.Count)} after it.
              Of the {Stage.Number(Imported)} imported, {Stage.Number(missing)} are missing; {Stage.Number(twice)} came twice: those behind the last STATE.
              The key _kintone_id with _kintone_revision tells repeats apart.
            """);
        if (missing > 0) throw new InvalidDataException($"{missing} records of {Stream} were lost.");
    }

    static IEnumerable<long> Ids(IReadOnlyList<StreamResult> results) => results[0].Rows.Select(static row => row.GetProperty("_kintone_id").GetInt64());
}
