using System.Text.Json.Nodes;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>Attached files: what they count for, and how their names are compared.</summary>
static class FileFacts
{
    const int Files = 40;

    public static IEnumerable<FactCase> Cases =>
    [
        new("40 files are downloaded, which Kintone does not count towards the day", Counted),
        new("`attachment_names` is `*.pdf`, and a file is called a.pdf", static s => Named(s, "*.pdf", "a.pdf")),
        new("`attachment_names` is `見積(*).pdf`, and a file is called 見積（１）．ｐｄｆ", static s => Named(s, "見積(*).pdf", "見積（１）．ｐｄｆ")),
        new("`attachment_names` is `＊．ｐｄｆ`, and a file is called a.pdf", static s => Named(s, "＊．ｐｄｆ", "a.pdf")),
        new("`attachment_names` is `4月~5月.csv`, and a file is called 4月～5月.csv", static s => Named(s, "4月~5月.csv", "4月～5月.csv")),
    ];

    static string Counted(FactScene scene)
    {
        var app = scene.Domain.AddApp("案件");
        app.AddField("files", "FILE");
        for (var i = 0; i < Files; i++)
            app.Add(new() { ["files"] = new JsonArray(scene.Domain.AddFile($"{i}.txt", "a"u8.ToArray())) });
        var stream = Ask(scene);
        var run = scene.Sync(stream);
        var used = (long?)run.States.LastOrDefault()?["stream"]!["stream_state"]!["requests"]?["today"];
        return $"{Facts.Of(run.Written(stream), "file")}; Kintone counts {Facts.Number(scene.Simulator.Journal.CountOf(app))}, "
            + $"the state {(used is { } number ? Facts.Number(number) : "nothing")}, the last line says {run.Account}";
    }

    static string Named(FactScene scene, string pattern, string file)
    {
        var app = scene.Domain.AddApp("案件");
        app.AddField("files", "FILE");
        app.Add(new() { ["files"] = new JsonArray(scene.Domain.AddFile(file, "a"u8.ToArray())) });
        scene.More["attachment_names"] = pattern;
        var stream = Ask(scene);
        return scene.Sync(stream).Rows(stream).Any(static row => row["file_reference"] is not null || row["path"] is not null) ? "comes" : "is left out";
    }

    /// <summary>Earlier programs brought the contents with the stream of attachments.</summary>
    static string Ask(FactScene scene) => scene.AskFor("files") ? "app_1_files" : "app_1_attachments";
}
