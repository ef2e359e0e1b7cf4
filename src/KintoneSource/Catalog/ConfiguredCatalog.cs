using System.Collections.Immutable;
using System.Text.Json;
using KintoneSource.Protocol;

namespace KintoneSource.Catalog;

/// <summary>
/// What the <c>--catalog</c> file asks for. Every runner writes it a little differently: members may be null, missing or
/// unknown, and only a stream's name is needed.
/// </summary>
/// <param name="Streams">In the file's order, each name once.</param>
sealed record ConfiguredCatalog(ImmutableArray<ConfiguredStream> Streams)
{
    const string FullRefresh = "full_refresh", Incremental = "incremental";

    /// <param name="file">The path, for messages.</param>
    /// <exception cref="ConfigurationException">The file is not JSON, or not a catalog; the message names file and place.</exception>
    public static ConfiguredCatalog Parse(ReadOnlyMemory<byte> utf8, string file)
    {
        if (utf8.Span.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
        try
        {
            using var document = JsonDocument.Parse(utf8);
            if (JsonText.IncompleteEscape(utf8.Span) is { } at)
                throw new ConfigurationException($"The catalog file {file} holds a text with an incomplete \\u escape, at byte {at + 1}. "
                    + "Write the file again from the discover command's CATALOG message.");
            return new(
            [
                .. StreamsOf(document.RootElement, file).EnumerateArray()
                    .Select((stream, index) => Read(stream, $"streams[{index}]", file))
                    .DistinctBy(static s => (s.Name, s.Namespace)),
            ]);
        }
        catch (JsonException e)
        {
            throw new ConfigurationException(
                $"The catalog file {file} is not valid JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}. Write the file again from the "
                    + "discover command's CATALOG message.", e);
        }
    }

    static JsonElement StreamsOf(JsonElement root, string file)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw Wrong(file, "the whole file", "a JSON object with \"streams\"", root);
        if (!root.TryGetProperty("streams", out var streams) || streams.ValueKind != JsonValueKind.Array)
            throw Wrong(file, "streams", "a list", streams);
        return streams;
    }

    static ConfiguredStream Read(JsonElement configured, string at, string file)
    {
        if (configured.ValueKind != JsonValueKind.Object) throw Wrong(file, at, "a JSON object", configured);
        if (!configured.TryGetProperty("stream", out var stream) || stream.ValueKind != JsonValueKind.Object)
            throw Wrong(file, $"{at}.stream", "a JSON object", stream);
        if (!stream.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String)
            throw Wrong(file, $"{at}.stream.name", "a string", name);
        return new(
            name.GetString()!,
            Text(stream, "namespace") is { Length: > 0 } space ? space : null,
            Text(configured, "sync_mode") == Incremental ? SyncMode.Incremental : SyncMode.FullRefresh,
            stream.TryGetProperty("json_schema", out var schema) ? schema.Clone() : default)
        {
            GenerationId = Number(configured, "generation_id"),
            MinimumGenerationId = Number(configured, "minimum_generation_id"),
            SyncId = Number(configured, "sync_id"),
            OffersOnlyFullRefresh = stream.TryGetProperty("supported_sync_modes", out var modes) && modes.ValueKind == JsonValueKind.Array
                && modes.GetArrayLength() > 0 && !modes.EnumerateArray()
                .Any(static mode => mode.ValueKind == JsonValueKind.String && mode.ValueEquals("incremental")),
            StartsEmpty = Text(configured, "destination_sync_mode") == "overwrite"
                || (Number(configured, "minimum_generation_id") is > 0 and var least && least == Number(configured, "generation_id")),
            IncludeFiles = configured.TryGetProperty("include_files", out var files) && files.ValueKind == JsonValueKind.True,
            Problem = SyncModeProblem(configured, name.GetString()!, $"{at}.sync_mode", file),
        };
    }

    /// <summary>A mode that the protocol does not have: the stream would be read in another way than somebody wants, for ever and without a word.</summary>
    static string? SyncModeProblem(JsonElement configured, string stream, string at, string file)
    {
        if (Text(configured, "sync_mode") is FullRefresh or Incremental) return null;
        var found = !configured.TryGetProperty("sync_mode", out var mode) || mode.ValueKind == JsonValueKind.Null ? "missing" : mode.GetRawText();
        var meant = mode.ValueKind == JsonValueKind.String && Misspelling.Nearest(mode.GetString()!, [FullRefresh, Incremental]) is { } nearest
            ? $" (probably {nearest})" : "";
        return $"{stream} is not read: in the catalog file {file}, {at} should be \"{FullRefresh}\" or \"{Incremental}\", but is {found}{meant}. Write the "
            + "mode there, or configure the stream again.";
    }

    static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static long? Number(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    static ConfigurationException Wrong(string file, string at, string wanted, JsonElement got) => new(
        $"The catalog file {file} cannot be used: {at} should be {wanted}, but is {(got.ValueKind == JsonValueKind.Undefined ? "missing" : got.ValueKind)}. "
            + "Pass a configured catalog, made from the discover command's CATALOG message.");
}

/// <param name="SyncMode">As asked for; whether the stream can do it is not known here.</param>
/// <param name="JsonSchema">As the runner passed it; undefined, null and <c>{}</c> are common.</param>
sealed record ConfiguredStream(string Name, string? Namespace, SyncMode SyncMode, JsonElement JsonSchema)
{
    /// <summary>Grows when the destination starts the stream anew; null where the runner has no generations.</summary>
    public long? GenerationId { get; init; }

    public long? MinimumGenerationId { get; init; }
    public long? SyncId { get; init; }

    /// <summary>The source said so when the catalog was made; false where the runner does not hand on what it said.</summary>
    public bool OffersOnlyFullRefresh { get; init; }

    /// <summary>The destination keeps no row of an earlier sync, once this one is done.</summary>
    public bool StartsEmpty { get; init; }

    /// <summary>The destination takes the files that rows tell of.</summary>
    public bool IncludeFiles { get; init; }

    /// <summary>Why it can't be read as the catalog has it; null where it can. The other streams can.</summary>
    public string? Problem { get; init; }

    /// <summary>Its rows have requests of their own, each comment's record or each file, and so it shares no scan with its app's other streams.</summary>
    public bool HasOwnScan => AppStreamName.Parse(Name)?.Kind is AppStreamKind.Comments or AppStreamKind.Files;

    /// <summary>Of a records stream, the app's name when the schema was last refreshed; null where the runner does not hand it on.</summary>
    public string? Title =>
        JsonSchema.ValueKind == JsonValueKind.Object && JsonSchema.TryGetProperty("title", out var title) && title.ValueKind == JsonValueKind.String
            && title.GetString() is { Length: > 0 } name ? name : null;

    public StreamDescriptor Descriptor => new(Name, Namespace);

    /// <summary>The top-level columns that the user selected; null when the catalog lists none, which selects all.</summary>
    public IReadOnlyDictionary<string, JsonElement>? SelectedColumns =>
        DeclaredKind.Properties(JsonSchema) is { ValueKind: JsonValueKind.Object } properties && properties.EnumerateObject().Any()
            ? properties.EnumerateObject().DistinctBy(static p => p.Name).ToDictionary(static p => p.Name, static p => p.Value)
            : null;
}
