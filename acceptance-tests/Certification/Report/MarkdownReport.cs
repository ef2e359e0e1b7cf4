using System.Globalization;
using System.Text;

namespace KintoneSource.Certification;

/// <summary>A report for people.</summary>
public static class MarkdownReport
{
    public static string Of(CertificationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder();
        var differing = report.Facts.Where(static fact => fact.Differs).ToList();
        text.Append(CultureInfo.InvariantCulture, $"""
            # Certification of source-kintone {report.Version}

            Kintone: {report.Kind}. Started {report.Started.UtcDateTime:yyyy-MM-dd HH:mm} UTC. The connector: {(report.ConnectorIsPublished ? "the published program" : "the build beside the suite")}.
            {report.Requests} requests by the suite itself. This report holds no names, addresses, values or secrets of the domain.

            **{(report.IsGreen ? "The connector was right in every step." : "The connector was NOT right in every step, or the run was cut short.")}**
            {report.Facts.Count(static fact => fact.Answer is not null)} of {report.Facts.Count} facts were answered; {differing.Count} of the answers differ from what the simulator does by default.


            """);
        if (report.CutShort is not null)
            text.Append(CultureInfo.InvariantCulture, $"The run was cut short: {report.CutShort}\n\n");
        AppendDifferences(text, differing);
        AppendSteps(text, report);
        AppendPace(text, report.Paces);
        AppendFacts(text, report.Facts);
        text.Append("## What is left\n\n");
        foreach (var left in report.Left.DefaultIfEmpty("nothing"))
            text.Append(CultureInfo.InvariantCulture, $"- {left}\n");
        return text.ToString();
    }

    static void AppendDifferences(StringBuilder text, List<FactResult> differing)
    {
        text.Append("## Where Kintone differs from the simulator\n\n");
        if (differing.Count == 0)
            text.Append("Nowhere.\n\n");
        else
            Table(text, ["fact", "Kintone", "simulator by default", "what to do"],
                differing.Select(static fact => (string[])[fact.Probe.Id, fact.Answer!.Value, fact.Default, fact.Advice!]));
    }

    static void AppendSteps(StringBuilder text, CertificationReport report)
    {
        text.Append("## Changes and what arrived\n\nRows that differ were compared cell by cell with the API after the sync. Of some changes no update time "
            + "tells: what they left stale is not wrong until everything was read again.\n\n");
        Table(text, ["change", "records", "rows that came", "deletions", "update time moved", "rows that differ", "time"],
            report.Steps.Select(static step => (string[])
        [
            step.Name, $"{step.Changed}", $"{step.Rows}", $"{step.Deletions}", step.Moved switch { true => "yes", false => "no", _ => "" },
            step.Differences.Count == 0 ? "0"
                : $"{step.Differences.Values.Sum()} ({string.Join(", ", step.Differences.Keys)}){(step.IsRight ? "" : ", WRONG")}",
            CertificationReport.Seconds(step.Took),
        ]));
        text.Append(CultureInfo.InvariantCulture, $"Beside it: {report.Client}.\n\n");
        text.Append("Streams of the last sync: ");
        text.Append(string.Join(", ", report.Streams.Select(stream => $"`{Anonymous(stream)}` {report.Rows.GetValueOrDefault(stream)}"))).Append(".\n\n");
    }

    static void AppendPace(StringBuilder text, IReadOnlyList<PaceResult> paces)
    {
        text.Append("## Pages per second\n\n");
        Table(text, ["at once", "pages", "pages/s", "median", "KB per page", "most running in the domain", ""], paces.Select(static pace => (string[])
        [
            $"{pace.AtOnce}", $"{pace.Pages}", string.Create(CultureInfo.InvariantCulture, $"{pace.PagesPerSecond:0.0}"),
            string.Create(CultureInfo.InvariantCulture, $"{pace.Median.TotalMilliseconds:0} ms"),
            $"{pace.BytesPerPage / 1000}", pace.MostRunning is { } running ? $"{running}" : "not told", pace.Stopped ? "stopped at the first refusal" : "",
        ]));
    }

    static void AppendFacts(StringBuilder text, IReadOnlyList<FactResult> facts)
    {
        text.Append("## Facts\n\n");
        foreach (var group in facts.GroupBy(static fact => fact.Probe.Group))
        {
            text.Append(CultureInfo.InvariantCulture, $"### {group.Key}\n\n");
            Table(text, ["fact", "question", "answer", ""], group.Select(static fact => (string[])
            [
                $"`{fact.Probe.Id}`", fact.Probe.Question, fact.Answer is { } answer ? answer.Value + (answer.Note is { } note ? $" ({note})" : "")
                    : $"not asked: {fact.NotAsked}",
                fact.Differs ? "differs" : "",
            ]));
        }
        text.Append("### Not to be asked by a program\n\n");
        Table(text, ["fact", "why"], ProbeTable.NotAskable.Select(static fact => (string[])[fact.Fact, fact.Why]));
    }

    /// <summary>An app's number says nothing to others.</summary>
    public static string Anonymous(string stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var parts = stream.Split('_');
        return parts is ["app", var id, .. var rest] && long.TryParse(id, out _) ? $"app_N_{string.Join('_', rest)}" : stream;
    }

    static void Table(StringBuilder text, IReadOnlyList<string> header, IEnumerable<string[]> rows)
    {
        text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", header)} |\n|{string.Concat(Enumerable.Repeat("---|", header.Count))}\n");
        foreach (var row in rows)
            text.Append(CultureInfo.InvariantCulture,
                $"| {string.Join(" | ", row.Select(static cell => cell.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ")))} |\n");
        text.Append('\n');
    }
}
