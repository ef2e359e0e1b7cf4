using System.Globalization;
using System.Text;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>Bars on a linear scale, a panel per figure, readable on light and dark pages.</summary>
static class Chart
{
    const int Width = 760, Left = 130, Bars = 480, BarHeight = 18, BarStep = 26, PanelHead = 44, PanelGap = 18;

    public static string Of(Results results)
    {
        var busy = Largest(results, static m => m.LatencyMilliseconds == 0);
        var far = Largest(results, static m => m.LatencyMilliseconds > 0);
        List<(string Title, string Unit, IReadOnlyList<(string Name, double Value)> Bars)> panels = [];
        if (busy.Length > 0)
        {
            panels.Add((Text($"CPU time for {busy[0].Records:N0} records of about {busy[0].Bytes / 1e3 / busy[0].Records:F1} kB"), "s",
                [.. busy.Select(static m => (m.Contestant, m.Cpu))]));
            panels.Add((Text($"Peak memory for {busy[0].Records:N0} records"), "MB", [.. busy.Select(static m => (m.Contestant, m.Peak / 1e6))]));
        }
        if (far.Length > 0)
            panels.Insert(Math.Min(1, panels.Count), (
                Text($"Elapsed time for {far[0].Records:N0} records, each request taking {far[0].LatencyMilliseconds} ms"), "s",
                [.. far.Select(static m => (m.Contestant, m.Wall))]));

        var height = panels.Sum(static p => PanelHead + (p.Bars.Count * BarStep) + PanelGap) + 14;
        var svg = new StringBuilder(Text($"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{height}" viewBox="0 0 {Width} {height}" role="img" aria-label="source-kintone beside the official clients and curl">
            <style>
              text {"{"} font: 13px -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; fill: #1f2328; {"}"}
              .title {"{"} font-size: 15px; font-weight: 600; {"}"} .note {"{"} font-size: 11px; fill: #59636e; {"}"}
              .peer {"{"} fill: #a8b1bb; {"}"} .floor {"{"} fill: #d1d7de; {"}"} .ours {"{"} fill: #0a7d8c; {"}"}
              @media (prefers-color-scheme: dark) {"{"}
                text {"{"} fill: #f0f6fc; {"}"} .note {"{"} fill: #9198a1; {"}"}
                .peer {"{"} fill: #6e7681; {"}"} .floor {"{"} fill: #484f58; {"}"} .ours {"{"} fill: #2fb5c6; {"}"}
              {"}"}
            </style>

            """));
        var y = 0;
        foreach (var (title, unit, bars) in panels)
        {
            svg.Append(Text($"<text class=\"title\" x=\"12\" y=\"{y + 28}\">{title}</text>\n"));
            y += PanelHead;
            var (most, ours) = (bars.Max(static b => b.Value), bars.First(static b => b.Name == Contestant.Ours).Value);
            foreach (var (name, value) in bars)
            {
                var style = name == Contestant.Ours ? "ours" : name == Contestant.Floor ? "floor" : "peer";
                var length = Math.Max(1.5, Bars * value / most);
                var times = name == Contestant.Ours ? "" : Text($" ({Figure(value / ours)} ×)");
                svg.Append(Text($"<text x=\"{Left - 10}\" y=\"{y + 14}\" text-anchor=\"end\">{name}</text>"))
                    .Append(Text($"<rect class=\"{style}\" x=\"{Left}\" y=\"{y}\" width=\"{length:F1}\" height=\"{BarHeight}\" rx=\"2\"/>"))
                    .Append(Text($"<text x=\"{Left + length + 8:F1}\" y=\"{y + 14}\">{Figure(value)} {unit}{times}</text>\n"));
                y += BarStep;
            }
            y += PanelGap;
        }
        var machine = results.Machine;
        svg.Append(Text($"<text class=\"note\" x=\"12\" y=\"{y + 4}\">{machine.Processor}, {machine.Cores} cores, {results.Date}. curl fetches the same pages and drops them: the floor. Less is better.</text>\n</svg>\n"));
        return svg.ToString();
    }

    /// <summary>The scenario with the most contestants and then the most records.</summary>
    static Measurement[] Largest(Results results, Func<Measurement, bool> which) => results.Measurements.Where(which)
        .Where(static m => m.Contestant != Contestant.Earlier) // which is nobody else's program
        .GroupBy(static m => (m.Records, m.LatencyMilliseconds))
        .OrderByDescending(static g => g.Count()).ThenByDescending(static g => g.Key.Records)
        .FirstOrDefault()?.ToArray() ?? [];

    static string Figure(double value) => value.ToString(value < 10 ? "F2" : value < 100 ? "F1" : "F0", CultureInfo.InvariantCulture);

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
