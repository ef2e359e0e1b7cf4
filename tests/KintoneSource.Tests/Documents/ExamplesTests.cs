using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using KintoneSource.Configuration;
using KintoneSource.Tests.Packaging;

namespace KintoneSource.Tests.Documents;

/// <summary>Configurations in the documents are ones that the program takes, whatever they are written in.</summary>
public partial class ExamplesTests
{
    static readonly JsonDocumentOptions s_python = new() { AllowTrailingCommas = true };

    public static TheoryData<string> Documents { get; } = ["docs/kintone.md", "docs/kintone.ja.md", "README.md"];

    [GeneratedRegex(@"(?s)\bconfig=(\{.*?\n    \}),")]
    static partial Regex PythonConfig { get; }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Configurations_are_understood(string file)
    {
        var configs = new Page(file).Examples.SelectMany(static e => Configs(e.Language, e.Code)).ToArray();

        Assert.True(configs.Length >= (file == "README.md" ? 1 : 5));
        Assert.All(configs, static config => Assert.NotNull(SourceConfig.Parse(Encoding.UTF8.GetBytes(config))));
    }

    static IEnumerable<string> Configs(string language, string code) => language switch
    {
        "json" when code.Contains("\"subdomain\"", StringComparison.Ordinal) => [code],
        "yaml" =>
            from plugin in JsonDocument.Parse(Repository.YamlAsJson(code)).RootElement.GetProperty("plugins").GetProperty("extractors").EnumerateArray()
            select plugin.GetProperty("config").GetProperty("airbyte_config").GetRawText(),
        "python" => from Match config in PythonConfig.Matches(code)
                    select JsonSerializer.Serialize(JsonDocument.Parse(config.Groups[1].Value, s_python)
            .RootElement),
        _ => [],
    };
}
