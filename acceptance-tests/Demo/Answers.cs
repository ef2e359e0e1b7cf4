using System.Text.Json;

namespace KintoneSource.Demo;

/// <summary>A stream as <c>discover</c> offers it.</summary>
sealed record OfferedStream(JsonElement Json)
{
    public string Name => Json.GetProperty("name").GetString()!;

    /// <summary>The name that people know, such as the app's.</summary>
    public string Title => Json.GetProperty("json_schema").TryGetProperty("title", out var title) ? title.GetString()! : "";

    public IReadOnlyList<string> Columns => [.. Json.GetProperty("json_schema").GetProperty("properties").EnumerateObject().Select(static p => p.Name)];
}

/// <summary>What <c>read</c> brought of one stream.</summary>
/// <param name="Rows">The first few records' data.</param>
sealed record StreamResult(string Name, int Records, IReadOnlyList<JsonElement> Rows, bool Complete);

/// <summary>Reads the files of messages that the connector left.</summary>
static class Answers
{
    const int KeptRows = 4;

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

    /// <summary>A catalog that asks for every stream in full, as a platform configures a first sync.</summary>
    public static string ConfiguredCatalog(IEnumerable<OfferedStream> streams) => JsonSerializer.Serialize(new
    {
        streams = streams.Select(static stream => new
        {
            stream = stream.Json,
            sync_mode = "full_refresh",
            destination_sync_mode = "overwrite",
            generation_id = 1,
            minimum_generation_id = 1,
            sync_id = 1,
        }),
    });

    /// <exception cref="InvalidDataException">An ERROR trace, or a stream that is not complete.</exception>
    public static IReadOnlyList<StreamResult> Read(ConnectorRun run, IEnumerable<OfferedStream> streams)
    {
        var counts = streams.ToDictionary(static s => s.Name, static _ => 0);
        var rows = counts.Keys.ToDictionary(static name => name, static _ => new List<JsonElement>());
        var complete = new HashSet<string>();
        foreach (var message in Lines(run))
        {
            if (Type(message) == "RECORD")
            {
                var record = message.GetProperty("record");
                var stream = record.GetProperty("stream").GetString()!;
                if (counts[stream]++ < KeptRows) rows[stream].Add(record.GetProperty("data").Clone());
            }
            else if (CompletedStream(message) is { } stream) complete.Add(stream);
        }
        if (Errors(Lines(run)).FirstOrDefault() is { } error) throw new InvalidDataException(error);
        if (counts.Keys.Except(complete).FirstOrDefault() is { } cut) throw new InvalidDataException($"{cut} did not become COMPLETE.{Tail(run.Errors)}");
        return [.. counts.Select(c => new StreamResult(c.Key, c.Value, rows[c.Key], complete.Contains(c.Key)))];
    }

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
