using System.Text.Json;
using KintoneSimulator;

namespace KintoneSource.Tests.Simulation;

/// <summary>Configurations for a simulated domain.</summary>
static class TestConfig
{
    public static object Administrator { get; } = Password(SampleCompany.Administrator, SampleCompany.AdministratorPassword);

    public static object Demo { get; } = Password(SampleCompany.DemoUser, SampleCompany.DemoPassword);

    public static object Password(string username, string password) => new { auth_type = "password", username, password };

    public static object Tokens(params IEnumerable<string> tokens) => new { auth_type = "api_token", api_tokens = string.Join(' ', tokens) };

    /// <param name="apps">Ids; or objects as the configuration has them, for guest spaces and filters.</param>
    public static object Listed(params IEnumerable<object> apps) =>
        new { mode = "listed_apps", apps = apps.Select(static a => a is long or int ? new { app = a } : a) };

    public static object AllApps(IEnumerable<long>? guestSpaces = null, string? nameContains = null, IEnumerable<long>? exclude = null,
        (int Part, int Of)? part = null) => new
        {
            mode = "all_apps",
            guest_space_ids = guestSpaces ?? [],
            name_contains = nameContains ?? "",
            exclude_apps = exclude ?? [],
            part = part?.Part,
            parts = part?.Of,
        };

    public static string Of(object credentials, object? selection = null, string columnNames = "field_code", int maxConcurrentRequests = 8,
        string[]? relatedStreams = null, string? streamNames = null, bool? emitDeletedRecords = null) =>
        JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["subdomain"] = "example",
            ["base_url"] = "http://localhost:8080",
            ["credentials"] = credentials,
            ["column_names"] = columnNames,
            ["max_concurrent_requests"] = maxConcurrentRequests,
            ["app_selection"] = selection,
            ["related_streams"] = relatedStreams,
            ["stream_names"] = streamNames,
            ["emit_deleted_records"] = emitDeletedRecords,
        }.Where(static p => p.Value is not null).ToDictionary());
}
