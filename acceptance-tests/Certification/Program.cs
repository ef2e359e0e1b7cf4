using KintoneSource.Certification;

// An argument names the folder for the report. See docs/certification.md.
var folder = Path.GetFullPath(args is [var named, ..] ? named : Path.Combine("artifacts", "certification"));
try
{
    var settings = Settings.Read(Environment.GetEnvironmentVariable);
    await using var kintone = await Surroundings.OpenAsync(settings);
    Console.WriteLine(kintone.Simulator is null ? $"Certifying against {settings.BaseUrl}" : "KINTONE_BASE_URL is not set: a simulated Kintone is certified.");
    var report = await new Suite(kintone, Console.WriteLine).RunAsync();
    Directory.CreateDirectory(folder);
    var (markdown, json) = (Path.Combine(folder, "report.md"), Path.Combine(folder, "report.json"));
    await File.WriteAllTextAsync(markdown, MarkdownReport.Of(report));
    await File.WriteAllTextAsync(json, JsonReport.Of(report));
    foreach (var left in report.Left)
        Console.WriteLine($"Left: {left}");
    Console.WriteLine($"{(report.IsGreen ? "The connector was right in every step." : "Not everything was right.")} {report.Facts.Count(static fact => fact.Differs)} facts differ from the simulator.\nThe report: {markdown} and {json}");
    return report.IsGreen ? 0 : 1;
}
catch (CertificationException refused)
{
    await Console.Error.WriteLineAsync(refused.Message);
    return 2;
}
