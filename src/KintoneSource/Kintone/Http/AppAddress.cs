namespace KintoneSource.Kintone.Http;

/// <summary>Where an app lives: apps of a guest space answer only below that space's own path.</summary>
/// <param name="App">The number after <c>/k/</c> in the app's URL.</param>
/// <param name="GuestSpace">Null for apps outside guest spaces.</param>
readonly record struct AppAddress(long App, long? GuestSpace = null)
{
    /// <summary>The path of a resource of this app, as <c>/k/v1/records.json</c> or <c>/k/guest/3/v1/records.json</c>.</summary>
    public string Path(string resource) =>
        GuestSpace is { } space ? $"/k/guest/{space}/v1/{resource}.json" : $"/k/v1/{resource}.json";

    /// <summary>As messages call it.</summary>
    public string Name => GuestSpace is { } space ? $"app {App} in guest space {space}" : $"app {App}";
}
