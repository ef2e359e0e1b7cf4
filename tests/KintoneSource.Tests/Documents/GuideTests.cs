using System.Text.Json;
using System.Text.RegularExpressions;
using KintoneSource.Catalog;
using KintoneSource.Tests.Packaging;

namespace KintoneSource.Tests.Documents;

/// <summary>The guide says what the program does, in both languages.</summary>
public partial class GuideTests
{
    public static TheoryData<string> Languages { get; } = ["docs/kintone.md", "docs/kintone.ja.md"];

    static readonly string[] s_sectionsOfOptions = ["domain", "apps", "content", "form-related", "form-changes", "form-names", "access"];

    static readonly JsonElement s_spec = JsonDocument.Parse(Repository.Text("spec.json")).RootElement.GetProperty("connectionSpecification");

    [GeneratedRegex("`([^`]+)`")]
    static partial Regex Code { get; }

    [GeneratedRegex("\"\\s*\\+\\s*\\$?\"")]
    static partial Regex JoinOfLiterals { get; }

    [GeneratedRegex(@"(?m)^\s*///.*$")]
    static partial Regex DocComment { get; }

    /// <summary>What is thrown at a person, warned of, or stands in the table of errors: the first text of each, and behind the kind of a notice that
    /// may come a thousand times, the second.</summary>
    [GeneratedRegex(@"(?:new (?:Configuration|Transient|Kintone)Exception\(|\b(?:User|Retry|Doubt)\(|LogLevel\.Warn,(?:\s*\$?""[^""]*"",)?|WarnAsync\(|WithAdvice\(|WithMoreAdvice\(|Remedy\.\w+,)\s*\$?""((?:[^""\\]|\\.)*)""(?!,\s*\w+,)")]
    static partial Regex Said { get; }

    [GeneratedRegex(@"\{[^{}]*\}?| \{")]
    static partial Regex Placeholder { get; }

    [GeneratedRegex(@"(?:source-kintone[:-]|tag: |refs/tags/v)(\d+\.\d+\.\d+)")]
    static partial Regex Tag { get; }

    [Fact]
    public void Both_languages_have_the_same_sections_in_the_same_order() =>
        Assert.Equal(Page.English.Headings.Select(static h => (h.Id, h.Level)), Page.Japanese.Headings.Select(static h => (h.Id, h.Level)));

    [Theory]
    [MemberData(nameof(Languages))]
    public void The_contents_are_the_sections(string file)
    {
        var page = new Page(file);
        var contents = page.Text.Split('\n').SkipWhile(static l => l is not ("**Contents**" or "**目次**")).Skip(2)
            .TakeWhile(static l => l.StartsWith("- ", StringComparison.Ordinal));
        Assert.Equal(page.Headings.Where(static h => h.Level == 2).Select(static h => $"- [{h.Title}](#{h.Id})"), contents);
    }

    [Fact]
    public void Both_languages_have_the_same_commands() =>
        Assert.Equal(Page.English.Examples.Where(static e => e.Language != "json"), Page.Japanese.Examples.Where(static e => e.Language != "json"));

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_option_is_in_the_guide_by_the_title_of_the_form_and_no_other(string file)
    {
        var page = new Page(file);
        var options = Options(s_spec).Distinct().Order().ToArray();

        var described = from section in s_sectionsOfOptions
                        from row in page.Rows(section)
                        select (Title: row[0], Name: row[1].Trim('`'));

        Assert.True(options.Length > 30);
        Assert.Equal(options, described.Distinct().Order());
    }

    [Theory]
    [InlineData("docs/kintone.md", "yes", "no")]
    [InlineData("docs/kintone.ja.md", "必須", "任意")]
    public void Every_option_says_whether_it_is_required_and_what_it_is_otherwise(string file, string required, string optional)
    {
        var page = new Page(file);
        var wanted = Required(s_spec).GroupBy(static o => (o.Title, o.Name)).ToDictionary(static g => g.Key, g =>
            (Required: g.Any(static o => o.IsRequired is null) ? "–" : g.Any(static o => o.IsRequired == true) ? required : optional,
                Default: g.Select(static o => o.Default).FirstOrDefault(static d => d != "–") ?? "–"));

        Assert.All(
            from section in s_sectionsOfOptions from row in page.Rows(section) select row,
            row => Assert.Equal(wanted[(row[0], row[1].Trim('`'))], (row[2], row[3])));
    }

    /// <summary>As <see cref="Options"/>; a choice of a oneOf is neither required nor optional.</summary>
    static IEnumerable<(string Title, string Name, bool? IsRequired, string Default)> Required(JsonElement schema)
    {
        if (schema.TryGetProperty("properties", out var properties))
        {
            var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(static n => n.GetString()).ToHashSet() : [];
            foreach (var property in properties.EnumerateObject())
            {
                var isConstant = property.Value.TryGetProperty("const", out _);
                yield return (property.Value.GetProperty("title").GetString()!, property.Name, required.Contains(property.Name), isConstant ? "–"
                    : DefaultOf(property.Value));
                foreach (var option in Required(property.Value)) yield return option;
            }
        }
        if (schema.TryGetProperty("oneOf", out var choices))
        {
            foreach (var choice in choices.EnumerateArray())
            {
                var constant = choice.GetProperty("properties").EnumerateObject().First(static p => p.Value.TryGetProperty("const", out _))
                    .Value.GetProperty("const");
                yield return (choice.GetProperty("title").GetString()!, constant.GetString()!, null, "–");
                foreach (var option in Required(choice)) yield return option;
            }
        }
        if (schema.TryGetProperty("items", out var items))
            foreach (var option in Required(items)) yield return option;
    }

    static string DefaultOf(JsonElement option) => !option.TryGetProperty("default", out var value) ? "–"
        : value.ValueKind == JsonValueKind.Array ? string.Join(", ", value.EnumerateArray().Select(static v => $"`{v}`"))
        : $"`{(value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText())}`";

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_stream_is_in_the_guide_with_its_key_and_its_permission(string file)
    {
        var page = new Page(file);
        var rows = page.Rows("streams")
            .ToDictionary(static r => r[0].Trim('`'), static r => Code.Matches(r[2]).Select(static m => m.Groups[1].Value).ToArray());
        var permissions = page.Rows("permissions").SelectMany(static r => Code.Matches(r[0]).Select(static m => m.Groups[1].Value));

        Assert.Equal(ResourceStreams.All.Select(static s => s.Name)
            .Concat(["app_{id}_records", "app_{id}_table_{code}", "app_{id}_attachments", "app_{id}_files", "app_{id}_comments"]).Order(), rows.Keys.Order());
        Assert.All(ResourceStreams.All, s => Assert.Equal(s.Key, rows[s.Name]));
        Assert.Equal([Column.Id], rows["app_{id}_records"]);
        Assert.Equal([Column.Id, Column.RowId], rows["app_{id}_table_{code}"]);
        Assert.Equal([Column.Id, Column.FileNumber], rows["app_{id}_attachments"]);
        Assert.Equal([Column.Id, Column.FileNumber], rows["app_{id}_files"]);
        Assert.Equal([Column.Id, Column.CommentId], rows["app_{id}_comments"]);
        Assert.Equal(rows.Keys.Order(), permissions.Order());
    }

    /// <summary>Messages change with the code that says them; what a person searches for must be what is printed.</summary>
    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_quoted_message_is_said_by_the_program(string file)
    {
        var source = string.Concat(Directory.EnumerateFiles(Repository.Path("src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        var said = JoinOfLiterals.Replace(source, "").Replace("\\\"", "\"", StringComparison.Ordinal);
        var quoted = Messages(new(file)).SelectMany(static m => m.Split('…', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .ToArray();

        Assert.True(quoted.Length > 40);
        Assert.All(quoted, part => Assert.True(said.Contains(part, StringComparison.Ordinal), $"Nothing says: {part}"));
    }

    /// <summary>The other way round: whoever reads a message finds its row. Problems of the configuration's options explain themselves, below one
    /// heading.</summary>
    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_message_of_the_program_has_its_row(string file)
    {
        var quoted = Messages(new(file)).SelectMany(static m => m.Split('…', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .ToArray();
        var said =
            from path in Directory.EnumerateFiles(Repository.Path("src"), "*.cs", SearchOption.AllDirectories)
            where !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/Configuration/", StringComparison.Ordinal)
            let source = JoinOfLiterals.Replace(DocComment.Replace(File.ReadAllText(path), ""), "")
            from Match message in Said.Matches(source)
            let text = message.Groups[1].Value.Replace("\\\"", "\"", StringComparison.Ordinal)
            where Placeholder.Replace(text, "").Contains(' ', StringComparison.Ordinal)
            select text;

        Assert.True(said.Count() > 70);
        Assert.All(said.Distinct(), text => Assert.True(quoted.Any(part => text.Contains(part, StringComparison.Ordinal)), $"No row for: {text}"));
    }

    [Fact]
    public void Both_languages_explain_the_same_messages_in_the_same_order() =>
        Assert.Equal(Messages(Page.English), Messages(Page.Japanese));

    [Theory]
    [InlineData("docs/kintone.md")]
    [InlineData("docs/kintone.ja.md")]
    [InlineData("README.md")]
    public void The_image_and_the_program_are_named_by_the_version_of_the_metadata(string file)
    {
        var versions = Tag.Matches(Repository.Text(file)).Select(static m => m.Groups[1].Value).ToArray();
        Assert.NotEmpty(versions);
        Assert.All(versions, static version => Assert.Equal(Repository.Metadata().GetProperty("dockerImageTag").GetString(), version));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void The_versions_are_those_of_the_changelog(string file)
    {
        var versions = new Page("CHANGELOG.md").Headings.Where(static h => h.Level == 2).Select(static h => h.Title.Split(' ')[0]);
        Assert.Equal(versions, new Page(file).Rows("changelog").Select(static r => r[0].Split(' ', '（')[0]));
    }

    static IEnumerable<string> Messages(Page page) =>
        from heading in page.Headings
        where heading.Id.StartsWith("trouble-", StringComparison.Ordinal)
        from row in page.Rows(heading.Id)
        from Match code in Code.Matches(row[0])
        select code.Groups[1].Value;

    /// <summary>Properties, and the choices of a oneOf by their constant, at any depth.</summary>
    static IEnumerable<(string Title, string Name)> Options(JsonElement schema)
    {
        if (schema.TryGetProperty("properties", out var properties))
        {
            foreach (var property in properties.EnumerateObject())
            {
                yield return (property.Value.GetProperty("title").GetString()!, property.Name);
                foreach (var option in Options(property.Value)) yield return option;
            }
        }
        if (schema.TryGetProperty("oneOf", out var choices))
        {
            foreach (var choice in choices.EnumerateArray())
            {
                var constant = choice.GetProperty("properties").EnumerateObject().First(static p => p.Value.TryGetProperty("const", out _))
                    .Value.GetProperty("const");
                yield return (choice.GetProperty("title").GetString()!, constant.GetString()!);
                foreach (var option in Options(choice)) yield return option;
            }
        }
        if (schema.TryGetProperty("items", out var items))
            foreach (var option in Options(items)) yield return option;
    }
}
