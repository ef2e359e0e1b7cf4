using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Commands;

/// <summary>People change labels and codes while a connection runs on. No column ever shows another field than before.</summary>
public sealed class RelabelledTests
{
    const string Records = RelabelledConnection.Records;

    [Theory]
    [InlineData(Platform.KeepsEverything)]
    [InlineData(Platform.PassesNamesAndTypes)]
    [InlineData(Platform.PassesNoColumns)]
    [Trait("Duration", "long")]
    public async Task Through_any_history_of_its_form_a_column_shows_the_field_that_it_was_made_from(Platform platform)
    {
        for (var seed = 0; seed < 12; seed++)
        {
            using var connection = new RelabelledConnection(seed);
            var catalog = connection.Passed(platform, await connection.DiscoverAsync());
            var shown = new Dictionary<string, string>();
            for (var sync = 0; sync < 5; sync++)
            {
                var run = await connection.ReadAsync(catalog);
                var now = Shown(run);
                foreach (var (column, token) in now)
                    Assert.True(shown.TryAdd(column, token) || shown[column] == token, $"{seed}, sync {sync}: {column} showed {shown[column]}, now {token}");
                var expected = platform == Platform.PassesNoColumns ? connection.Form.Live : shown.Values.Where(connection.Form.HasItsFirstCode);
                Assert.True(
                    expected.Order(StringComparer.Ordinal).SequenceEqual(now.Values.Order(StringComparer.Ordinal)), $"seed {seed}, sync {sync}: {run.Output}");
                Assert.Equal(Dictionary(run, connection.Form, now), now);
                Assert.True(Relabelled(run).Count() <= 2, run.Output); // one line for each stream
                connection.Form.Change();
            }

            // A connection that is made anew has the names of today.
            connection.Clear();
            var fresh = await connection.ReadAsync(connection.Passed(platform, await connection.DiscoverAsync()));
            Assert.Equal(connection.Form.Live.Order(StringComparer.Ordinal), Shown(fresh).Values.Order(StringComparer.Ordinal));
            Assert.Empty(Relabelled(fresh));
        }
    }

    [Theory]
    [InlineData(Platform.KeepsEverything)]
    [InlineData(Platform.PassesNamesAndTypes)]
    [InlineData(Platform.PassesNoColumns)]
    public async Task Another_field_that_takes_over_a_label_does_not_take_over_the_column(Platform platform)
    {
        using var connection = new RelabelledConnection(seed: 0);
        var catalog = connection.Passed(platform, await connection.DiscoverAsync());
        await connection.ReadAsync(catalog);
        connection.Form.Relabel("a", "旧会社名");
        connection.Form.Add("z", "会社名");

        var run = await connection.ReadAsync(catalog);
        Assert.Equal("field a", Shown(run)["会社名"]);
        Assert.Equal(
            $"{Records}: columns keep the names that this connection has, though they would have others in a new one. "
            + "After a refresh of the schema 会社名 would be 旧会社名"
            + (platform == Platform.PassesNoColumns ? $", {NameSuffix.Append("会社名", "z")} would be 会社名." : "."),
            Assert.Single(Relabelled(run)));
        if (platform == Platform.PassesNoColumns) Assert.Equal("field z", Shown(run)[NameSuffix.Append("会社名", "z")]);

        // The refreshed catalog has both.
        if (platform == Platform.PassesNoColumns) return;
        run = await connection.ReadAsync(connection.Passed(platform, await connection.DiscoverAsync()));
        Assert.Equal(("field a", "field z"), (Shown(run)["旧会社名"], Shown(run)["会社名"]));
        Assert.Empty(Relabelled(run));
    }

    [Fact] // nothing in such a catalog tells that it was refreshed: the columns go on as they were
    public async Task Two_labels_that_were_exchanged_are_not_exchanged_in_a_catalog_of_names()
    {
        using var connection = new RelabelledConnection(seed: 0);
        await connection.ReadAsync(connection.Passed(Platform.PassesNamesAndTypes, await connection.DiscoverAsync()));
        connection.Form.Relabel("a", "備考");
        connection.Form.Relabel("b", "会社名");
        var run = await connection.ReadAsync(connection.Passed(Platform.PassesNamesAndTypes, await connection.DiscoverAsync()));
        Assert.Equal(("field a", "field b"), (Shown(run)["会社名"], Shown(run)["備考"]));
    }

    [Theory]
    [InlineData(Platform.KeepsEverything)]
    [InlineData(Platform.PassesNamesAndTypes)]
    public async Task A_code_that_changed_under_its_label_is_told_and_not_followed(Platform platform)
    {
        using var connection = new RelabelledConnection(seed: 0);
        var catalog = connection.Passed(platform, await connection.DiscoverAsync());
        await connection.ReadAsync(catalog);
        connection.Form.Recode("a", "company");

        var run = await connection.ReadAsync(catalog);
        Assert.DoesNotContain("会社名", Shown(run).Keys);
        Assert.StartsWith(
            $"{Records}: these columns are probably of fields that have another code now, and are null until the stream is cleared: 会社名.",
            Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Fact] // the option changes what discover offers, not what a connection has
    public async Task A_connection_of_codes_goes_on_with_them_when_the_option_says_labels()
    {
        using var connection = new RelabelledConnection(seed: 0);
        var catalog = await connection.DiscoverAsync("field_code");
        Assert.Equal("field a", Shown(await connection.ReadAsync(catalog))["a"]);
    }

    static IEnumerable<string> Relabelled(Run run) => run.Of("LOG", "log")
        .Where(static l => l.GetProperty("level").GetString() == "INFO").Select(static l => l.GetProperty("message").GetString()!)
        .Where(static m => m.Contains("columns keep the names", StringComparison.Ordinal));

    /// <summary>Which field each column shows, those of the table's rows too: every value is its field's token.</summary>
    static Dictionary<string, string> Shown(Run run)
    {
        var shown = new Dictionary<string, string>();
        Visit(Assert.Single(run.Records(Records)), "");
        Visit(Assert.Single(run.Records(RelabelledConnection.Rows), static r => r.GetProperty(Column.DeletedAt).ValueKind == JsonValueKind.Null), "row ");
        return shown;

        void Visit(JsonElement row, string prefix)
        {
            foreach (var column in row.EnumerateObject())
            {
                if (column.Value.ValueKind == JsonValueKind.Array) foreach (var inner in column.Value.EnumerateArray()) Visit(inner, "nested ");
                else if (column.Value.ToString() is var text && text.StartsWith("field ", StringComparison.Ordinal))
                    shown.Add(prefix + column.Name, prefix + text);
            }
        }
    }

    /// <summary>The same as app_fields says it, of the fields that are shown.</summary>
    static Dictionary<string, string> Dictionary(Run run, RelabelledForm form, Dictionary<string, string> shown)
    {
        var columns = run.Records("app_fields").Where(static r => r.GetProperty("column").ValueKind == JsonValueKind.String)
            .ToDictionary(static r => r.GetProperty("code").GetString()!, static r => r.GetProperty("column").GetString()!);
        return shown.Values.ToDictionary(token => token[..token.IndexOf("field ", StringComparison.Ordinal)] + columns[form.CodeOf(token)]);
    }
}
