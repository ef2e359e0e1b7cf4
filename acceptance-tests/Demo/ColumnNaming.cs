namespace KintoneSource.Demo;

/// <summary>What the columns of an app are called with each value of <c>column_names</c>, where codes and labels differ.</summary>
static class ColumnNaming
{
    const string Stream = "app_5_records";

    static readonly string[] s_modes = ["field_code", "ascii", "label", "label_ascii"];

    public static async Task PlayAsync(Stage stage)
    {
        List<IReadOnlyDictionary<string, string>> called = [];
        foreach (var mode in s_modes)
        {
            var config = await stage.ConfigureAsync(mode);
            called.Add(await stage.StepAsync("discover", ["--config", config],
                run => (Answers.Streams(run).Single(static s => s.Name == Stream).ColumnsByField, $"column_names: {mode}"), $"discover-{mode}"));
        }
        var fields = called[0].Keys.Where(field => called.Select(names => names[field]).Distinct().Count() > 1).ToArray();
        if (fields.Length == 0) throw new InvalidDataException($"All columns of {Stream} are called the same, whatever column_names is.");
        Console.WriteLine($"\nColumns of {Stream} whose names differ:\n");
        Console.Write(Table.Of([s_modes, .. fields.Select(field => called.Select(names => names[field]).ToArray())], widest: 36));
    }
}
