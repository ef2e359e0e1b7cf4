using System.ComponentModel;
using KintoneSimulator;

namespace KintoneSource.Demo;

/// <summary>
/// The main job before a person's eyes, without an account: a sample company on a simulated Kintone, and the connector run against it as a
/// platform runs it. An argument names the folder for the messages; SOURCE_KINTONE names the connector, when it is not the one built here.
/// </summary>
static class Program
{
    /// <summary>What is played, in this order. Each goes on from what the ones before it left on the stage, and prints no more than a screen.</summary>
    static readonly (string Title, Func<Stage, Task> PlayAsync)[] s_steps =
    [
        ("A first sync: everything that the administrator may see", FirstSync.PlayAsync),
        ("A second sync: what people did meanwhile", SecondSync.PlayAsync),
        ("A third sync: killed halfway, and resumed", KilledSync.PlayAsync),
        ("The attached files themselves, and one that is replaced", FileSync.PlayAsync),
        ("Columns by codes or labels, as they are or for destinations that take ASCII alone", ColumnNaming.PlayAsync),
        ("What the syncs say of themselves: is everything there?", AuditScreen.PlayAsync),
    ];

    static async Task<int> Main(string[] args)
    {
        Console.OutputEncoding = System.Text.Encoding.UTF8;
        var folder = Path.GetFullPath(args is [var named, ..] ? named : Path.Combine("artifacts", "demo"));
        Directory.CreateDirectory(folder);
        try
        {
            using var simulator = new Simulator();
            SampleCompany.Fill(simulator.Domain);
            await using var kintone = await SimulatorHost.StartAsync(simulator);
            var stage = new Stage(simulator, kintone.Address, new(folder), folder);
            Console.WriteLine($"A sample company in a simulated Kintone at {kintone.Address}");
            Console.WriteLine($"The connector: {Path.GetRelativePath(Environment.CurrentDirectory, stage.Connector.Name)}");
            foreach (var (index, (title, playAsync)) in s_steps.Index())
            {
                Console.WriteLine($"\n=== {index + 1}. {title} ===\n");
                await playAsync(stage);
            }
            Console.WriteLine($"\nEverything that was said, as JSON lines: {Path.GetRelativePath(Environment.CurrentDirectory, folder)}");
            return 0;
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException or Win32Exception)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
