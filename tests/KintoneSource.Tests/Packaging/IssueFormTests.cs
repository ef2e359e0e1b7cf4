using System.Text.Json;

namespace KintoneSource.Tests.Packaging;

/// <summary>The forms of the repository's issues: whoever reports in Japanese is asked the same as in English.</summary>
public class IssueFormTests
{
    static readonly string s_folder = Repository.Path(".github/ISSUE_TEMPLATE");

    static readonly string[] s_forms =
        [.. Directory.EnumerateFiles(s_folder, "*.en.yml").Select(static p => Path.GetFileName(p)[..^".en.yml".Length]).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Forms => [.. s_forms];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Both_languages_ask_for_the_same(string name)
    {
        var (english, japanese) = (Form($"{name}.en.yml"), Form($"{name}.ja.yml"));
        Assert.Equal(english.GetProperty("labels").GetRawText(), japanese.GetProperty("labels").GetRawText());
        Assert.NotEqual(english.GetProperty("name").GetString(), japanese.GetProperty("name").GetString());
        Assert.Equal(Questions(english), Questions(japanese));
    }

    [Fact]
    public void Every_form_is_there_twice_and_no_issue_goes_around_them()
    {
        Assert.Equal(["answers", "bug", "wish"], s_forms);
        Assert.Equal(2 * s_forms.Length + 1, Directory.EnumerateFiles(s_folder).Count());
        var config = Form("config.yml");
        Assert.False(config.GetProperty("blank_issues_enabled").GetBoolean());
        Assert.Contains(
            config.GetProperty("contact_links").EnumerateArray(),
            static link => link.GetProperty("url").GetString()!.EndsWith("/security/advisories/new", StringComparison.Ordinal));
    }

    static JsonElement Form(string file) => JsonDocument.Parse(Repository.YamlAsJson(File.ReadAllText(Path.Combine(s_folder, file)))).RootElement;

    /// <summary>What each part is, whether it must be answered, and among how many answers one chooses.</summary>
    static IEnumerable<string> Questions(JsonElement form) =>
        from part in form.GetProperty("body").EnumerateArray()
        let id = part.TryGetProperty("id", out var named) ? named.GetString() : null
        let required = part.TryGetProperty("validations", out var validations) ? validations.GetRawText() : null
        let options = part.GetProperty("attributes").TryGetProperty("options", out var choices) ? choices.GetArrayLength() : 0
        select $"{part.GetProperty("type").GetString()} {id} {required} {options}";
}
