using System.Text.Json;
using System.Text.RegularExpressions;

namespace KintoneSource.Tests.Packaging;

/// <summary>What must hold for a workflow whatever it does, so that neither a stranger's pull request nor a stranger's action gets hold of anything.</summary>
static partial class WorkflowRules
{
    /// <summary>Who may write what: the only jobs with more than the right to read.</summary>
    static readonly Dictionary<string, string[]> s_writers = new()
    {
        ["codeql/analyze"] = ["security-events"],
        ["nightly/tell"] = ["issues"],
        ["release/announce"] = ["contents"],
        ["release/image"] = ["packages"],
        ["release/publish"] = ["attestations", "id-token", "packages"],
        ["scorecard/analyze"] = ["id-token", "security-events"],
    };

    /// <summary>Events of other people's code that run with this repository's rights.</summary>
    static readonly string[] s_withSecrets = ["pull_request_target", "workflow_run"];

    [GeneratedRegex(@"^\s*(?:- )?uses: (\S+)(.*)$", RegexOptions.Multiline)]
    static partial Regex Uses { get; }

    [GeneratedRegex(@"^[\w.-]+/[\w./-]+@[0-9a-f]{40}$")]
    static partial Regex Commit { get; }

    [GeneratedRegex(@"^ # v\d+\.\d+\.\d+$")]
    static partial Regex Version { get; }

    [GeneratedRegex(@"(?:^|[ (])(\.ci/[\w./-]+)", RegexOptions.Multiline)]
    static partial Regex Script { get; }

    /// <summary>One sentence for each rule that a workflow breaks.</summary>
    public static IEnumerable<string> Broken(string name, string yaml)
    {
        foreach (Match uses in Uses.Matches(yaml))
        {
            if (!Commit.IsMatch(uses.Groups[1].Value)) yield return $"{uses.Groups[1].Value}: not a whole commit";
            if (!Version.IsMatch(uses.Groups[2].Value.TrimEnd())) yield return $"{uses.Groups[1].Value}: no version behind it";
        }

        var workflow = JsonDocument.Parse(Repository.YamlAsJson(yaml)).RootElement;
        if (Member(workflow, "permissions") is not { ValueKind: JsonValueKind.Object } none || none.EnumerateObject().Any())
            yield return "permissions at the top are not {}";
        if (Text(workflow, "on") is { } events && s_withSecrets.Any(name => events.Contains(name, StringComparison.Ordinal)))
            yield return "runs with secrets on what others have written";
        foreach (var job in workflow.GetProperty("jobs").EnumerateObject())
            foreach (var broken in BrokenBy($"{name}/{job.Name}", job.Value))
                yield return $"{job.Name}: {broken}";
    }

    static IEnumerable<string> BrokenBy(string name, JsonElement job)
    {
        if (Member(job, "timeout-minutes") is null) yield return "no timeout";
        if (Text(job, "runs-on")?.Contains("latest", StringComparison.Ordinal) != false) yield return "the runner is another one some day";
        if (Member(job, "permissions") is not { ValueKind: JsonValueKind.Object } permissions)
        {
            yield return "says no permissions of its own";
            yield break;
        }
        var writes = permissions.EnumerateObject().Where(static p => p.Value.GetString() == "write").Select(static p => p.Name);
        if (!writes.Order(StringComparer.Ordinal).SequenceEqual(s_writers.GetValueOrDefault(name, []))) yield return $"may write {string.Join(", ", writes)}";

        foreach (var step in job.GetProperty("steps").EnumerateArray())
        {
            if (Text(step, "uses")?.StartsWith("actions/checkout@", StringComparison.Ordinal) == true
                && (Member(step, "with") is not { } with || Text(with, "persist-credentials") != "false"))
                yield return "leaves the token in the checkout";
            if (Text(step, "run") is not { } run) continue;
            // Texts of events become a part of the script; variables of the environment do not.
            if (run.Contains("${{", StringComparison.Ordinal)) yield return "an expression in run";
            foreach (Match script in Script.Matches(run))
                if (!File.Exists(Repository.Path(script.Groups[1].Value))) yield return $"{script.Groups[1].Value} does not exist";
        }
    }

    static JsonElement? Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member) ? member : null;

    static string? Text(JsonElement parent, string name) =>
        Member(parent, name) is not { } member ? null : member.ValueKind == JsonValueKind.String ? member.GetString() : member.GetRawText();
}
