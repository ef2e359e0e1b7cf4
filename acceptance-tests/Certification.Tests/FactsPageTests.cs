using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using KintoneSimulator;

namespace KintoneSource.Certification.Tests;

/// <summary>The page about facts has a line for every switch of the simulator, with its default and the questions that ask for it.</summary>
public sealed class FactsPageTests
{
    /// <summary>More are counted.</summary>
    const int MostNamed = 3;

    [Fact]
    public void Every_switch_stands_on_the_page_with_its_default_its_source_and_who_asks_for_it()
    {
        var lines = File.ReadAllLines(Path.Combine(Root(), "docs", "facts.md"))
            .SkipWhile(static line => !line.StartsWith("| switch |", StringComparison.Ordinal)).Skip(2).TakeWhile(static line => line.StartsWith('|')).Select(static line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)).ToList();
        Assert.All(lines, static line => Assert.True(line.Length == 5 && line[2].Length > 0 && line[3].Length > 0, string.Join('|', line)));
        var defaults = new SimulatorOptions();
        Assert.Equal(
            Switches().Select(property => $"`{property.Name}` {Text(property.GetValue(defaults))}: {Probes(property.Name)}"),
            lines.Select(static line => $"{line[0]} {line[1]}: {line[4]}"));
    }

    static IEnumerable<PropertyInfo> Switches() => typeof(SimulatorOptions).GetProperties()
        .SkipWhile(static property => property.Name != nameof(SimulatorOptions.GuestAppStatus)).Where(static property => property.Name != "EqualityContract");

    static string Probes(string name)
    {
        string[] ids = [.. ProbeTable.All.Where(probe => probe.Switch?.Split('.', '[')[0] == name).Select(static probe => $"`{probe.Id}`")];
        return ids.Length == 0 ? "nobody can" : ids.Length <= MostNamed ? string.Join(", ", ids) : $"{ids.Length} questions";
    }

    static string Text(object? value) => value switch
    {
        bool flag => flag ? "yes" : "no",
        long.MaxValue => "none",
        ValueTuple<int, string> refusal => $"{refusal.Item1} {refusal.Item2}",
        TimeSpan time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds} s"),
        ICollection { Count: 0 } => "none",
        long or int => string.Create(CultureInfo.InvariantCulture, $"{value:N0}"),
        _ => $"{value}",
    };

    static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
