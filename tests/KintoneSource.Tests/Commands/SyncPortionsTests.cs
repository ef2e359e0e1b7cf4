using System.Text;
using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Commands;
using KintoneSource.Configuration;
using KintoneSource.Reading.States;

namespace KintoneSource.Tests.Commands;

/// <summary>What percent and time left are made of.</summary>
public class SyncPortionsTests
{
    [Theory]
    [InlineData("app 1", "app_1_records")]
    [InlineData("app_1_files", "app_1_files")]
    [InlineData("app_1_comments", "app_1_comments")]
    [InlineData("app 1, app_1_files", "app_1_records", "app_1_attachments", "app_1_files")]
    public void An_app_is_a_portion_where_something_of_it_is_read_together(string portions, params string[] streams)
    {
        var catalog = ConfiguredCatalog.Parse(JsonSerializer.SerializeToUtf8Bytes(new
        {
            streams = streams.Select(static name => new { stream = new { name, json_schema = new { } }, sync_mode = "incremental", include_files = true }),
        }), "catalog");
        var config = SourceConfig.Parse(Encoding.UTF8.GetBytes(
            """{"subdomain": "example", "credentials": {"auth_type": "password", "username": "sync", "password": "open sesame"}, "app_selection": {"mode": "single_app", "app": 1}}"""));
        var parts = new SyncPortions(catalog, SyncOutlook.Of(catalog, InputState.Parse("[]"u8.ToArray(), "state"), config, DateTimeOffset.UnixEpoch));

        Assert.Equal(portions, string.Join(", ", parts.All.Select(static p => p.Name)));
        Assert.All(parts.All, static p => Assert.Equal(p.Name == "app 1", p.IsCounted));
    }
}
