using System.Text.Json;
using KintoneSimulator;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Commands;

/// <summary>The option <c>column_names</c>, on the sample company.</summary>
public class ColumnNamingTests
{
    static readonly string[] s_modes = ["field_code", "ascii", "label", "label_ascii"];

    [Fact]
    public async Task The_sample_company_in_all_four_modes_side_by_side()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var modes = new List<Dictionary<(string Stream, string Field), string>>();
        foreach (var mode in s_modes)
            modes.Add(Columns(await simulator.DiscoverAsync(TestConfig.Of(TestConfig.Administrator, TestConfig.AllApps([3]), mode))));

        var rows = modes[0].Keys.Select(key => $"| {key.Stream} | {key.Field} | {string.Join(" | ", modes.Select(m => m[key]))} |");
        var head = $"| stream | field | {string.Join(" | ", s_modes)} |\n|---|---|---|---|---|---|\n";
        await KintoneSource.Testing.Verifier.Verify(head + string.Join('\n', rows), "md");
    }

    [Theory]
    [InlineData("field_code", "ascii")]
    [InlineData("ascii", null)]
    [InlineData("label", "label_ascii")]
    [InlineData("label_ascii", null)]
    public async Task Names_that_some_destinations_would_mix_up_are_told_with_the_mode_that_helps(string mode, string? better)
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var run = await simulator.DiscoverAsync(TestConfig.Of(TestConfig.Administrator, TestConfig.Listed(SampleCompany.CustomersApp), mode));
        var notices = run.Of("LOG", "log").Select(static l => l.GetProperty("message").GetString()!)
            .Where(static m => m.Contains("fall together", StringComparison.Ordinal));
        Assert.Equal(better is null ? [] : [$"(column_names) to {better}."], notices.Select(static n => n[n.LastIndexOf('(')..]));
    }

    /// <summary>The columns of fields, by the type and code that their texts say.</summary>
    static Dictionary<(string Stream, string Field), string> Columns(Run run)
    {
        var columns = new Dictionary<(string, string), string>();
        foreach (var stream in run.Catalog.GetProperty("streams").EnumerateArray())
            Visit(stream.GetProperty("name").GetString()!, stream.GetProperty("json_schema"));
        return columns;

        void Visit(string stream, JsonElement schema)
        {
            if (!schema.TryGetProperty("properties", out var properties)) return;
            foreach (var column in properties.EnumerateObject())
            {
                var type = column.Value.TryGetProperty("description", out var text) ? text.GetString()! : "";
                if (type.Length < 2 || !char.IsAsciiLetterUpper(type[1])) continue; // our own columns are described in sentences
                columns.Add((stream, $"{type} {column.Value.GetProperty("title").GetString()}"), column.Name);
                if (column.Value.TryGetProperty("items", out var items)) Visit($"{stream}, rows", items);
            }
        }
    }
}
