using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace AcceptanceTests;

/// <summary>An app with attached files, the connector that brings them, and a destination that takes them out of the staging folder, hashes and
/// deletes them.</summary>
sealed class FileScene : IAsyncDisposable
{
    readonly SimulatedKintone _kintone;

    FileScene(SimulatedKintone kintone, App app, Connector connector) => (_kintone, App, Connector) = (kintone, app, connector);

    public App App { get; }

    public Connector Connector { get; }

    public string Staging => Connector.Staging;

    public Simulator Simulator => _kintone.Simulator;

    public string Stream => $"app_{App.Id}_files";

    /// <summary>What the destination has: by relative path, the hash of its contents.</summary>
    public Dictionary<string, string> Taken { get; } = [];

    public KeptByPlatform Kept { get; } = new();

    /// <param name="staging">Where files go; a folder of the scene's own where nothing is given.</param>
    public static async Task<FileScene> StartAsync(int records, long fileSize, SimulatorOptions? options = null, string? staging = null,
        bool watchesMemory = false)
    {
        var kintone = await SimulatedKintone.StartAsync(options);
        var app = kintone.Domain.AddApp("請求");
        app.AddField("請求書", "FILE");
        app.AddField("メモ", "SINGLE_LINE_TEXT");
        var start = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
        kintone.Domain.Change(() =>
        {
            for (var number = 1; number <= records; number++)
                app.Add(new JsonObject
                {
                    ["請求書"] = new JsonArray(kintone.Domain.AddFile("請求書.pdf", FileContent.Generated(fileSize, number),
                    "application/pdf"))
                }, start.AddMinutes(number), start.AddMinutes(number));
            return true;
        });
        var connector = new Connector(kintone.Config(app))
        {
            WatchesMemory = watchesMemory,
            Environment = staging is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["AIRBYTE_STAGING_DIRECTORY"] = staging },
        };
        return new(kintone, app, connector);
    }

    public JsonObject File(string name, long size, int seed) => _kintone.Domain.AddFile(name, FileContent.Generated(size, seed), "application/pdf");

    public string[] Arguments(string mode = "incremental") => Connector.ReadArguments(ConfiguredCatalogs.WithFiles(mode, Stream), Kept.State);

    public async Task<ConnectorRun> SyncAsync()
    {
        Simulator.Journal.Clear();
        var run = await Connector.RunAsync(Arguments());
        Take(run);
        return run;
    }

    /// <summary>As a platform that has read the run's output: every row's file is taken, and its staged copy is deleted.</summary>
    public void Take(ConnectorRun run)
    {
        foreach (var line in run.Lines) ProtocolSchema.MustHold(line);
        foreach (var record in run.Records.Where(static r => r.TryGetProperty("file_reference", out _)))
        {
            var reference = record.GetProperty("file_reference");
            var staged = reference.GetProperty("staging_file_url").GetString()!;
            using (var file = System.IO.File.OpenRead(staged))
            {
                Assert.Equal(reference.GetProperty("file_size_bytes").GetInt64(), file.Length);
                Taken[reference.GetProperty("source_file_relative_path").GetString()!] = Convert.ToHexString(SHA256.HashData(file));
            }
            System.IO.File.Delete(staged);
        }
        Kept.Take(run);
    }

    /// <summary>Every file that a record has now is there, to the byte, where its newest row says.</summary>
    public void AssertWhole()
    {
        var newest = new Dictionary<(long, long), JsonElement>();
        foreach (var row in Kept.RowsOf(Stream).Select(static row => JsonElement.Parse(row)))
            newest[(row.GetProperty("_kintone_id").GetInt64(), row.GetProperty("_kintone_file_number").GetInt64())] = row;
        var content = new byte[64 * 1024];
        foreach (var row in newest.Values)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var file = Simulator.Domain.File(row.GetProperty("fileKey").GetString()!)!.Content;
            for (var at = 0L; at < file.Length; at += content.Length)
            {
                var length = (int)Math.Min(content.Length, file.Length - at);
                file.Read(at, content.AsSpan(0, length));
                hash.AppendData(content, 0, length);
            }
            Assert.Equal(Convert.ToHexString(hash.GetHashAndReset()), Taken[row.GetProperty("path").GetString()!]);
        }
    }

    /// <summary>Keys of the files that the runs so far have asked for since the journal was cleared.</summary>
    public IEnumerable<string> Asked => Simulator.Journal.Entries.Where(static e => e.Resource == "file")
        .Select(static e => e.Parameters.RequiredText("fileKey"));

    /// <summary>Keys of the files of a run's rows that stand before one of its STATEs.</summary>
    public IEnumerable<string> Covered(ConnectorRun run)
    {
        var covered = 1 + run.Messages.ToList().FindLastIndex(static message => message.GetProperty("type").GetString() == "STATE");
        return run.Messages.Take(covered).Where(static m => m.GetProperty("type").GetString() == "RECORD").Select(static m => m.GetProperty("record"))
            .Where(static r => r.TryGetProperty("file_reference", out _)).Select(static r => r.GetProperty("data").GetProperty("fileKey").GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        Connector.Dispose();
        await _kintone.DisposeAsync();
    }
}
