using System.Text.Json;

namespace KintoneSource.Demo;

/// <summary>A stream as <c>discover</c> offers it.</summary>
sealed record OfferedStream(JsonElement Json)
{
    public string Name => Json.GetProperty("name").GetString()!;

    /// <summary>The name that people know, such as the app's.</summary>
    public string Title => Json.GetProperty("json_schema").TryGetProperty("title", out var title) ? title.GetString()! : "";

    public IReadOnlyList<string> Columns => [.. Json.GetProperty("json_schema").GetProperty("properties").EnumerateObject().Select(static p => p.Name)];

    /// <summary>The column of each field, by the field's code, which is the column's title.</summary>
    public IReadOnlyDictionary<string, string> ColumnsByField => Json.GetProperty("json_schema").GetProperty("properties").EnumerateObject()
        .Where(static p => !p.Name.StartsWith('_')).ToDictionary(static p => p.Value.GetProperty("title").GetString()!, static p => p.Name);

    /// <summary>The columns of its primary key.</summary>
    public IReadOnlyList<string> Key { get; } =
        [.. Json.GetProperty("source_defined_primary_key").EnumerateArray().Select(static path => path[0].GetString()!)];

    /// <summary>For destinations that take files.</summary>
    public bool IsFileBased => Json.TryGetProperty("is_file_based", out var based) && based.GetBoolean();

    public bool IsIncremental => Json.GetProperty("supported_sync_modes").EnumerateArray().Any(static mode => mode.GetString() == "incremental");

    /// <summary>The app it hangs on; null for the domain's own streams and for settings.</summary>
    public string? App => Name.Split('_') is ["app", var app, _, ..] && app.All(char.IsAsciiDigit) ? app : null;

    /// <summary><c>records</c>, <c>table</c>, <c>attachments</c> or <c>files</c>, for a stream of an app.</summary>
    public string Kind => Name.Split('_')[2];
}

/// <summary>What <c>read</c> brought of one stream, in the order it came.</summary>
sealed record StreamResult(string Name, IReadOnlyList<JsonElement> Rows)
{
    public IEnumerable<JsonElement> Deleted => Rows.Where(IsDeleted);

    public static bool IsDeleted(JsonElement row) => row.TryGetProperty("_ab_cdc_deleted_at", out var at) && at.ValueKind == JsonValueKind.String;
}

/// <summary>Reads the files of messages that the connector left.</summary>
static class Answers
{
    /// <summary>The only message of its type.</summary>
    /// <exception cref="InvalidDataException">There is none; says what an ERROR trace said instead, if there is one.</exception>
    public static JsonElement Single(ConnectorRun run, string type, string payload)
    {
        var messages = Lines(run).ToArray();
        var found = messages.FirstOrDefault(m => Type(m) == type);
        return found.ValueKind == JsonValueKind.Object
            ? found.GetProperty(payload)
            : throw new InvalidDataException(Errors(messages).FirstOrDefault() ?? $"it wrote no {type} message.{Tail(run.Errors)}");
    }

    public static OfferedStream[] Streams(ConnectorRun discover) =>
        [.. Single(discover, "CATALOG", "catalog").GetProperty("streams").EnumerateArray().Select(static s => new OfferedStream(s))];

    /// <summary>A catalog that asks for what changed wherever a stream offers it, as a platform configures a connection.</summary>
    public static string ConfiguredCatalog(IEnumerable<OfferedStream> streams) => JsonSerializer.Serialize(new
    {
        streams = streams.Select(stream => new
        {
            stream = stream.Json,
            sync_mode = stream.IsIncremental ? "incremental" : "full_refresh",
            destination_sync_mode = stream.IsIncremental ? "append_dedup" : "overwrite",
            generation_id = 1,
            minimum_generation_id = stream.IsIncremental ? 0 : 1,
            sync_id = 1,
            include_files = stream.IsFileBased,
        }),
    });

    /// <summary>The rows of every stream.</summary>
    /// <exception cref="InvalidDataException">An ERROR trace, or, of a run that was not killed, a stream that is not complete.</exception>
    public static IReadOnlyList<StreamResult> Read(ConnectorRun run, IEnumerable<OfferedStream> streams)
    {
        var rows = streams.ToDictionary(static s => s.Name, static _ => new List<JsonElement>());
        var complete = new HashSet<string>();
        foreach (var message in Lines(run))
        {
            if (Type(message) == "RECORD")
                rows[message.GetProperty("record").GetProperty("stream").GetString()!].Add(message.GetProperty("record").GetProperty("data"));
            else if (CompletedStream(message) is { } stream) complete.Add(stream);
        }
        if (Errors(Lines(run)).FirstOrDefault() is { } error) throw new InvalidDataException(error);
        if (!run.Killed && rows.Keys.Except(complete).FirstOrDefault() is { } cut) throw new InvalidDataException(
            $"{cut} did not become COMPLETE.{Tail(run.Errors)}");
        return [.. rows.Select(static r => new StreamResult(r.Key, r.Value))];
    }

    /// <summary>The last STATE of each stream: what the next sync is given.</summary>
    public static Dictionary<string, JsonElement> States(ConnectorRun run)
    {
        var states = new Dictionary<string, JsonElement>();
        foreach (var message in Lines(run).Where(static m => Type(m) == "STATE")) states[StreamOf(message.GetProperty("state"))] = message.GetProperty(
            "state");
        return states;
    }

    public static string StreamOf(JsonElement state) => state.GetProperty("stream").GetProperty("stream_descriptor").GetProperty("name").GetString()!;

    static IEnumerable<JsonElement> Lines(ConnectorRun run) => File.ReadLines(run.Messages).Select(static line =>
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    });

    static string? Type(JsonElement message) => message.GetProperty("type").GetString();

    static IEnumerable<string> Errors(IEnumerable<JsonElement> messages) =>
        from message in messages
        where Type(message) == "TRACE"
        let trace = message.GetProperty("trace")
        where trace.GetProperty("type").GetString() == "ERROR"
        select trace.GetProperty("error").GetProperty("message").GetString()!;

    static string? CompletedStream(JsonElement message)
    {
        if (Type(message) != "TRACE" || !message.GetProperty("trace").TryGetProperty("stream_status", out var status)) return null;
        return status.GetProperty("status").GetString() == "COMPLETE"
            ? status.GetProperty("stream_descriptor").GetProperty("name").GetString()
            : null;
    }

    static string Tail(string errors) => errors.Length == 0 ? "" : $" On stderr: {errors.Trim()}";
}
