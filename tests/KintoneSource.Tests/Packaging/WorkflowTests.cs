using System.Text.Json;
using System.Text.RegularExpressions;

namespace KintoneSource.Tests.Packaging;

/// <summary>
/// The workflows keep <see cref="WorkflowRules"/>, and each rule is one that can be broken. Whether GitHub takes them, .ci/workflows.sh asks.
/// </summary>
public partial class WorkflowTests
{
    const string Checkout = "actions/checkout@";

    [GeneratedRegex(@"uses: ([\w./-]+)@(\w+)")]
    static partial Regex Uses { get; }

    static readonly string[] s_names =
    [
        .. Directory.EnumerateFiles(Repository.Path(".github/workflows")).Select(static p => Path.GetFileNameWithoutExtension(p))
            .Order(StringComparer.Ordinal),
    ];

    public static TheoryData<string> Names => [.. s_names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Keeps_the_rules(string name) => Assert.Empty(WorkflowRules.Broken(name, Yaml(name)));

    [Theory]
    [InlineData("ci", @"@[0-9a-f]{40} # v7\.0\.0", "@v7 # v7.0.0", "actions/checkout@v7: not a whole commit")]
    [InlineData("ci", @"@([0-9a-f]{39})[0-9a-f] # v7\.0\.0", "@$1 # v7.0.0", "not a whole commit")]
    [InlineData("ci", @" # v7\.0\.0", "", "no version behind it")]
    [InlineData("ci", @" # v7\.0\.0", " # v7", "no version behind it")]
    [InlineData("ci", @"(?m)^permissions: \{\}$", "permissions: { contents: read }", "permissions at the top are not {}")]
    [InlineData("ci", @"(?m)^permissions: \{\}$", "", "permissions at the top are not {}")]
    [InlineData("ci", @"  pull_request:", "  pull_request_target:", "runs with secrets on what others have written")]
    [InlineData("ci", @"    permissions:\n      contents: read\n", "", "everything: says no permissions of its own")]
    [InlineData("ci", @"    permissions:\n      contents: read\n", "    permissions: write-all\n", "everything: says no permissions of its own")]
    [InlineData("ci", @"      contents: read\n", "      contents: write\n", "everything: may write contents")]
    [InlineData("release", @"      attestations: write\n", "      attestations: write\n      contents: write\n", "publish: may write")]
    [InlineData("ci", @"    timeout-minutes: 60\n", "", "everything: no timeout")]
    [InlineData("ci", @"ubuntu-24\.04\n", "ubuntu-latest\n", "everything: the runner is another one some day")]
    [InlineData("ci", @"          persist-credentials: false\n", "          persist-credentials: true\n", "everything: leaves the token in the checkout")]
    [InlineData("ci", @"        with:\n          persist-credentials: false\n", "", "everything: leaves the token in the checkout")]
    [InlineData("ci", @"run: bash", "run: echo ${{ github.event.pull_request.title }} && bash", "everything: an expression in run")]
    [InlineData("ci", @"run: \.ci/quick", "run: .ci/quicker", "arm64: .ci/quicker does not exist")]
    public void A_rule_that_is_broken_is_found(string name, string pattern, string with, string said)
    {
        var broken = new Regex(pattern).Replace(Yaml(name), with, count: 1);
        Assert.NotEqual(Yaml(name), broken);
        Assert.Contains(WorkflowRules.Broken(name, broken), rule => rule.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public void An_action_has_one_commit_wherever_it_is_used()
    {
        var commits = s_names.SelectMany(static name => Uses.Matches(Yaml(name)))
            .Select(static m => (Action: m.Groups[1].Value, Commit: m.Groups[2].Value)).Distinct().ToArray();
        Assert.Contains(commits, static c => Checkout.StartsWith(c.Action, StringComparison.Ordinal));
        Assert.Equal(commits.Select(static c => c.Action).Distinct(), commits.Select(static c => c.Action));
    }

    [Fact]
    public void Dependabot_looks_after_every_folder_that_names_versions_and_waits_with_new_ones()
    {
        var dependabot = JsonDocument.Parse(Repository.YamlAsJson(Repository.Text(".github/dependabot.yml"))).RootElement;
        var updates = dependabot.GetProperty("updates").EnumerateArray().ToArray();
        Assert.All(updates, static update => Assert.True(update.GetProperty("cooldown").GetProperty("default-days").GetInt32() >= 7));
        Assert.Equal(
            ["docker", "dotnet-sdk", "github-actions", "npm", "nuget"],
            updates.Select(static u => u.GetProperty("package-ecosystem").GetString()!).Order(StringComparer.Ordinal));

        var folders = updates.Single(static u => u.GetProperty("package-ecosystem").GetString() == "npm").GetProperty("directories").EnumerateArray()
            .Select(static d => d.GetString()!);
        var locks = Directory.EnumerateFiles(Repository.Path("acceptance-tests/AcceptanceTests"), "package-lock.json", SearchOption.AllDirectories)
            .Select(static p => "/" + Path.GetRelativePath(Repository.Path("."), Path.GetDirectoryName(p)!).Replace('\\', '/'));
        Assert.Equal(locks.Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));
    }

    static string Yaml(string name) => Repository.Text($".github/workflows/{name}.yml");
}
