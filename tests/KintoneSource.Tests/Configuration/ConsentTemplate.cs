using System.Text.RegularExpressions;

namespace KintoneSource.Tests.Configuration;

/// <summary>
/// The part of the platform's templates that spec.json uses: values, the filter urlencode, and a choice on whether a value is there.
/// The platform allows no other filter but replace, b64encode and codechallengeS256, and no other tag.
/// </summary>
static partial class ConsentTemplate
{
    public static string Render(string template, IReadOnlyDictionary<string, string> values)
    {
        var chosen = Choice.Replace(template, match => match.Groups[values[match.Groups["name"].Value].Length > 0 ? "then" : "else"].Value);
        var rendered = Value.Replace(chosen, match =>
            match.Groups["filter"].Success ? Uri.EscapeDataString(values[match.Groups["name"].Value]) : values[match.Groups["name"].Value]);
        return rendered.Contains("{{", StringComparison.Ordinal) || rendered.Contains("{%", StringComparison.Ordinal)
            ? throw new FormatException($"Not a template the platform takes: {rendered}")
            : rendered;
    }

    [GeneratedRegex(@"\{% if (?<name>\w+) %\}(?<then>.*?)\{% else %\}(?<else>.*?)\{% endif %\}")]
    static partial Regex Choice { get; }

    [GeneratedRegex(@"\{\{ (?<name>\w+)(?<filter> \| urlencode)? \}\}")]
    static partial Regex Value { get; }
}
