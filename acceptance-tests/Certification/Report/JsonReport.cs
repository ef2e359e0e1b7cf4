using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KintoneSource.Certification;

/// <summary>A report for programs: its members are a contract, reports of several domains are laid side by side.</summary>
public static class JsonReport
{
    static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(CertificationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new JsonObject
        {
            ["report"] = 1,
            ["version"] = report.Version,
            ["kintone"] = report.Kind,
            ["started"] = report.Started.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture),
            ["published"] = report.ConnectorIsPublished,
            ["green"] = report.IsGreen,
            ["cutShort"] = report.CutShort,
            ["requests"] = report.Requests,
            ["client"] = report.Client,
            ["steps"] = new JsonArray([.. report.Steps.Select(static step => new JsonObject
            {
                ["name"] = step.Name,
                ["records"] = step.Changed,
                ["rows"] = step.Rows,
                ["deletions"] = step.Deletions,
                ["updateTimeMoved"] = step.Moved,
                ["differences"] = new JsonObject(
                    step.Differences.Select(static difference => KeyValuePair.Create(difference.Key, (JsonNode?)difference.Value))),
                ["right"] = step.IsRight,
                ["seconds"] = Math.Round(step.Took.TotalSeconds, 2),
            })]),
            ["streams"] = new JsonObject(report.Streams.Select(stream =>
                KeyValuePair.Create(MarkdownReport.Anonymous(stream), (JsonNode?)report.Rows.GetValueOrDefault(stream)))),
            ["pace"] = new JsonArray([.. report.Paces.Select(static pace => new JsonObject
            {
                ["atOnce"] = pace.AtOnce,
                ["pages"] = pace.Pages,
                ["pagesPerSecond"] = Math.Round(pace.PagesPerSecond, 1),
                ["medianMilliseconds"] = Math.Round(pace.Median.TotalMilliseconds),
                ["bytesPerPage"] = pace.BytesPerPage,
                ["mostRunning"] = pace.MostRunning,
                ["stopped"] = pace.Stopped,
            })]),
            ["facts"] = new JsonArray([.. report.Facts.Select(static fact => new JsonObject
            {
                ["id"] = fact.Probe.Id,
                ["answer"] = fact.Answer?.Value,
                ["note"] = fact.Answer?.Note,
                ["notAsked"] = fact.NotAsked,
                ["simulator"] = fact.Default,
                ["differs"] = fact.Differs,
                ["switch"] = fact.Probe.Switch,
            })]),
        }.ToJsonString(s_indented) + "\n";
    }
}
