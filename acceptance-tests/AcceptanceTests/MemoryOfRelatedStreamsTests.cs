using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace AcceptanceTests;

/// <summary>What stands beside an app's records where memory is short: early pages of idle checks, files, comments, rows that are gone.</summary>
public sealed class MemoryOfRelatedStreamsTests
{
    const int Container = 256;
    static readonly DateTimeOffset s_start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Each app is asked what is new, and what comes is all its records, 20 MB, before a scan of it has begun.</summary>
    [Fact]
    public async Task Many_apps_that_are_asked_what_is_new_and_have_large_records()
    {
        const int Apps = 24, Records = 100;
        await using var kintone = await SimulatedKintone.StartAsync(new() { Compression = false });
        var text = new string('x', 200_000);
        var apps = Enumerable.Range(0, Apps).Select(_ => AppOf(kintone, Records, text)).ToArray();
        using var connector = MemoryTests.In(Container, kintone.Config(apps));
        var catalog = ConfiguredCatalogs.ByName("incremental", apps.Select(static a => $"app_{a.Id}_records"));
        var first = await connector.ReadAsync(catalog);
        MemoryTests.AssertFits(first, Container);
        foreach (var app in apps)
            for (var id = 1; id <= Records; id++) app.Edit(id, new JsonObject { ["text"] = text });
        var second = await connector.ReadAsync(catalog, first.StateToKeep());
        MemoryTests.AssertFits(second, Container);
        Assert.All(apps, app => Assert.Equal(Records, second.RecordsOf($"app_{app.Id}_records").Count));
    }

    [Fact]
    public async Task Contents_of_files_beside_large_records()
    {
        const int Apps = 6, Records = 20, FileSize = 4_000_000;
        await using var kintone = await SimulatedKintone.StartAsync(new() { Compression = false });
        var text = new string('x', 4_000_000);
        var apps = Enumerable.Range(0, Apps).Select(_ => AppOf(kintone, Records, text, number => new JsonArray(
            kintone.Domain.AddFile("a.bin", FileContent.Generated(FileSize, number)), kintone.Domain.AddFile("b.bin", FileContent.Generated(FileSize, -number)))))
            .ToArray();
        using var connector = MemoryTests.In(Container, kintone.Config(apps).With("related_streams", new JsonArray("attachments", "files")));
        var run = await connector.ReadAsync(ConfiguredCatalogs.WithFilesBeside(
            "incremental", apps.Select(static a => $"app_{a.Id}_records"), apps.Select(static a => $"app_{a.Id}_files")));
        MemoryTests.AssertFits(run, Container);
        Assert.All(apps, app => Assert.Equal(Records, run.RecordsOf($"app_{app.Id}_records").Count));
        Assert.All(apps, app => Assert.Equal(2 * Records, run.RecordsOf($"app_{app.Id}_files").Count));
    }

    /// <summary>The state remembers as many files as it ever does, and a sync brings some more.</summary>
    [Fact]
    public async Task As_many_remembered_files_as_there_can_be()
    {
        const int Remembered = 1 << 18, Records = 20;
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = AppOf(kintone, Records, "x", number => new JsonArray(kintone.Domain.AddFile("a.bin", FileContent.Generated(1_000_000, number))));
        using var connector = MemoryTests.In(Container, kintone.Config(app).With("related_streams", new JsonArray("attachments", "files")));
        var catalog = ConfiguredCatalogs.WithFiles("incremental", $"app_{app.Id}_files");
        var state = JsonNode.Parse((await connector.ReadAsync(catalog)).StateToKeep())!.AsArray();
        var bytes = new byte[4 + (16 * Remembered)];
        new Random(1).NextBytes(bytes);
        var checksum = bytes.Skip(4).Aggregate(~0U, static (crc, next) => BitOperations.Crc32C(crc, next));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, ~checksum);
        state[0]!["stream"]!["stream_state"]!["fetched_files"] = $"1:{Convert.ToBase64String(bytes)}";
        for (var id = 1; id <= Records; id++)
        {
            var file = kintone.Domain.AddFile("b.bin", FileContent.Generated(1_000_000, -id));
            app.Edit(id, new JsonObject { ["files"] = new JsonArray(file) });
        }
        var run = await connector.ReadAsync(catalog, state.ToJsonString());
        MemoryTests.AssertFits(run, Container);
        Assert.Equal(Records, run.RecordsOf($"app_{app.Id}_files").Count);
    }

    /// <param name="records">Records of the app, each with as many comments.</param>
    /// <param name="size">Characters of a comment. Kintone takes 65,535, and nothing promises that it always will.</param>
    /// <param name="fits">The comments of one record are held at once, since only together do they tell which are gone: there are more than can be.</param>
    [Theory]
    [InlineData(20, 12, 200_000, true)]
    [InlineData(20, 12, 1_000_000, false)]
    [InlineData(1, 3_000, 60_000, false)]
    public async Task Large_comments(int records, int comments, int size, bool fits)
    {
        await using var kintone = await SimulatedKintone.StartAsync(new() { Compression = false });
        var app = AppOf(kintone, records, "x");
        var text = new string('x', size);
        for (var id = 1; id <= records; id++)
            for (var number = 0; number < comments; number++) app.AddComment(id, text);
        using var connector = MemoryTests.In(Container, kintone.Config(app).With("related_streams", new JsonArray("comments")));
        var run = await connector.ReadAsync(ConfiguredCatalogs.ByName("incremental", $"app_{app.Id}_comments"));
        MemoryTests.AssertStaysBelow(Container, run);
        Assert.Equal(fits ? 0 : 1, run.ExitCode);
        if (fits) Assert.Equal(records * comments, run.RecordsOf($"app_{app.Id}_comments").Count);
        else Assert.Contains("give it more memory", Assert.Single(run.ErrorMessages), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thousand_deleted_records_of_many_rows()
    {
        const int Records = 1_000, Others = 1_100, Rows = 250;
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = kintone.Domain.AddApp("明細");
        app.AddTable("rows", Field.Create("text", "SINGLE_LINE_TEXT"));
        for (var number = 0; number < Records + Others; number++)
        {
            var rows = Enumerable.Range(0, number < Records ? Rows : 1).Select(static _ => JsonNode.Parse("""{"value":{"text":{"value":"x"}}}"""));
            app.Add(new JsonObject { ["rows"] = new JsonArray([.. rows]) }, s_start, s_start);
        }
        using var connector = MemoryTests.In(Container, kintone.Config(app).With("emit_deleted_records", true));
        var catalog = ConfiguredCatalogs.ByName("incremental", $"app_{app.Id}_records", $"app_{app.Id}_table_rows");
        var first = await connector.ReadAsync(catalog);
        MemoryTests.AssertFits(first, Container);
        app.Delete(Enumerable.Range(1, Records).Select(static id => (long)id));
        var second = await connector.ReadAsync(catalog, first.StateToKeep());
        MemoryTests.AssertFits(second, Container);
        Assert.Equal(Records, second.RecordsOf($"app_{app.Id}_records").Count(IsTombstone));
        Assert.Equal(Records * Rows, second.RecordsOf($"app_{app.Id}_table_rows").Count(IsTombstone));
    }

    static bool IsTombstone(JsonElement row) => row.TryGetProperty("_ab_cdc_deleted_at", out var at) && at.ValueKind != JsonValueKind.Null;

    static App AppOf(SimulatedKintone kintone, int records, string text, Func<int, JsonArray>? files = null)
    {
        var app = kintone.Domain.AddApp("app");
        app.AddField("text", "MULTI_LINE_TEXT");
        if (files is not null) app.AddField("files", "FILE");
        for (var number = 1; number <= records; number++)
        {
            var values = new JsonObject { ["text"] = text };
            if (files is not null) values["files"] = files(number);
            app.Add(values, s_start, s_start);
        }
        return app;
    }
}
