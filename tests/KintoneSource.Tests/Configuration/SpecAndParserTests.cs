using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CsCheck;
using KintoneSource.Configuration;
using KintoneSource.Testing;
using KintoneSource.Tests.Configuration.Form;

namespace KintoneSource.Tests.Configuration;

/// <summary>spec.json and the parser say the same, in both directions.</summary>
public class SpecAndParserTests
{
    public static TheoryData<string> Properties => [.. SpecSchema.NamedProperties.Select(static schema => schema.Path)];

    [Theory, MemberData(nameof(Properties))]
    public void Every_property_of_the_spec_is_parsed(string path)
    {
        // A value that nothing can be made of must come back as a problem, under the title that the form shows.
        var schema = SpecSchema.Every.Single(schema => schema.Path == path);
        var config = Configs.OfEveryKind.Select(Configs.Object).First(config => Place(config, schema) is not null);
        Place(config, schema)![schema.Name!] = schema.Text("type") switch
        {
            "object" => 5,
            "array" => new JsonArray(new JsonArray()),
            _ => new JsonObject { ["nothing"] = "of this kind" },
        };

        Assert.Contains($"{Titles(schema)}: ", Configs.Problems(config.ToJsonString()), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_name_that_is_parsed_stands_in_the_spec_with_its_title()
    {
        var parsed = typeof(Option).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static field => (Option)field.GetValue(null)!);
        var properties = SpecSchema.NamedProperties.Select(static schema => new Option(schema.Name!, schema.Text("title")!));
        var variants = SpecSchema.Every.Where(static schema => schema.Parent?.Has("oneOf") ?? false)
            .Select(static schema => new Option(schema.Path.Split('|')[1], schema.Text("title")!));

        Assert.Equal(
            properties.Concat(variants).Distinct().OrderBy(static option => option.Name).ThenBy(static option => option.Title),
            parsed.OrderBy(static option => option.Name).ThenBy(static option => option.Title));
    }

    [Fact]
    public void What_the_spec_allows_the_parser_takes()
    {
        var schema = new SchemaCheck(SpecSchema.Root.Json);
        Assert.Equal(8, Configs.OfEveryKind.Count());
        Assert.All(Configs.OfEveryKind.Append(Configs.With()), json =>
        {
            Assert.Empty(schema.Problems(json));
            Assert.Empty(Configs.Parse(json).Warnings); // no name of the spec's is unknown
        });
    }

    [Fact]
    public void Defaults_are_the_same()
    {
        var config = Configs.Parse(Configs.With());
        var defaults = SpecSchema.Root.Properties.Where(static property => property.Has("default") && !property.Has("oneOf"))
            .ToDictionary(static property => property.Name!, static property => property.Json.GetProperty("default").ToString());

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["domain"] = config.BaseAddress.Host["mycompany.".Length..],
                ["emit_deleted_records"] = config.EmitDeletedRecords.ToString(),
                ["deletion_guard_percent"] = $"{config.DeletionGuardPercent}",
                ["full_reread_days"] = $"{config.FullRereadDays}",
                ["related_streams"] = config.RelatedStreams == new RelatedStreams(Tables: true, Attachments: true, Files: false, Comments: false) ? """["tables", "attachments"]""" : "",
                ["comment_window_days"] = $"{config.CommentWindowDays}",
                ["max_attachment_mb"] = $"{config.MaxAttachmentMegabytes}",
                ["stream_names"] = config.StreamNames is StreamNaming.Id ? "id" : "id_and_name",
                ["column_names"] = config.ColumnNames is ColumnNaming.FieldCode ? "field_code" : "ascii",
                ["max_concurrent_requests"] = $"{config.MaxConcurrentRequests}",
            },
            defaults);
    }

    public static TheoryData<string> Numbers =>
    [
        .. SpecSchema.NamedProperties.Where(static property => property.Text("type") is "integer" && property.Has("maximum"))
            .Select(static property => property.Path),
    ];

    [Theory, MemberData(nameof(Numbers))]
    public void Limits_are_the_forms(string path)
    {
        var schema = SpecSchema.Every.Single(schema => schema.Path == path);
        var (least, most) = (schema.Json.GetProperty("minimum").GetInt64(), schema.Json.GetProperty("maximum").GetInt64());
        var config = Configs.OfEveryKind.Select(Configs.Object).First(config => Place(config, schema)?.ContainsKey(schema.Name!) == true);
        if (schema.Name is "part" or "parts") (Place(config, schema)!["part"], Place(config, schema)!["parts"]) = (1, most);

        foreach (var (number, isTaken) in ((long, bool)[])[(least, true), (most, true), (least - 1, false), (most + 1, false)])
        {
            if (schema.Name is "parts" && number == least) continue; // fewer than the part
            Place(config, schema)![schema.Name!] = number;
            if (isTaken) _ = Configs.Parse(config.ToJsonString());
            else
                Assert.Contains(
                    $"{Titles(schema)}: must be a whole number from {least} to {most}, and this number is not.", Configs.Problems(config.ToJsonString()),
                    StringComparison.Ordinal);
        }
    }

    public static TheoryData<string> Choices =>
        [.. SpecSchema.Root.Properties.Where(static property => property.Has("enum")).Select(static property => property.Name!)];

    [Theory, MemberData(nameof(Choices))]
    public void Every_choice_is_one_of_the_programs(string name)
    {
        foreach (var choice in SpecSchema.Root.Properties.Single(property => property.Name == name).Texts("enum"))
            _ = Configs.Parse(Configs.With($$""" "{{name}}": "{{choice.ToUpperInvariant()}}" """));
        Assert.Contains("must be one of", Configs.Problems(Configs.With($$""" "{{name}}": "another" """)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_form_takes_as_a_date_the_program_takes()
    {
        var pattern = new Regex(SpecSchema.Root.Properties.Single(static property => property.Name == "start_date").Text("pattern")!);
        var taken = 0;
        FormRules.Dates.Sample(text =>
        {
            if (!pattern.IsMatch(text)) return;
            Interlocked.Increment(ref taken);
            Assert.NotNull(Configs.Parse(Configs.With($$""" "start_date": "{{text}}" """)).StartDate);
        }, iter: 5000);
        Assert.True(taken > 10);
    }

    [Fact]
    public void Examples_are_taken()
    {
        foreach (var example in Examples("subdomain"))
            Assert.StartsWith("mycompany.", Configs.Parse(Configs.With(subdomain: example)).BaseAddress.Host, StringComparison.Ordinal);
        foreach (var example in Examples("start_date"))
            Assert.NotNull(Configs.Parse(Configs.With($$""" "start_date": "{{example}}" """)).StartDate);
        foreach (var example in Examples("base_url"))
            Assert.Equal(new Uri(example), Configs.Parse(Configs.With($$""" "base_url": "{{example}}" """)).BaseAddress);

        static string[] Examples(string name) => SpecSchema.Root.Properties.Single(property => property.Name == name).Texts("examples");
    }

    /// <summary>The object that holds the property, if this configuration chooses the variant in which it occurs.</summary>
    internal static JsonObject? Place(JsonNode? config, SpecSchema schema)
    {
        var steps = new Stack<SpecSchema>();
        for (var step = schema.Parent; step is not null; step = step.Parent) steps.Push(step);
        foreach (var step in steps)
            config = step switch
            {
                { Name: { } name } => config?[name],
                { Parent: null } => config,
                { Path: [.., ']'] } => config?[0],
                _ when config is JsonObject chosen && chosen.Any(property => property.Value?.ToString() == step.Path.Split('|')[^1]) => config,
                _ => null,
            };
        return config as JsonObject;
    }

    internal static string Titles(SpecSchema schema)
    {
        var titles = new List<string> { schema.Text("title")! };
        for (var step = schema.Parent; step?.Parent is not null; step = step.Parent)
            if (step.Path.EndsWith(']')) titles.Add("entry 1");
            else if (step.Name is not null) titles.Add(step.Text("title")!);
        titles.Reverse();
        return string.Join(" > ", titles);
    }
}
