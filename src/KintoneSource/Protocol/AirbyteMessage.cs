using System.Text.Json;
using System.Text.Json.Serialization;

namespace KintoneSource.Protocol;

/// <summary>
/// Every message of the Airbyte protocol that this source sends, but RECORD: records never become
/// objects on the hot path, see <see cref="RecordEnvelope"/>. Source: airbyte_protocol.yaml 0.18.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(SpecMessage), "SPEC")]
[JsonDerivedType(typeof(ConnectionStatusMessage), "CONNECTION_STATUS")]
[JsonDerivedType(typeof(CatalogMessage), "CATALOG")]
[JsonDerivedType(typeof(StateMessage), "STATE")]
[JsonDerivedType(typeof(LogMessage), "LOG")]
[JsonDerivedType(typeof(TraceMessage), "TRACE")]
[JsonDerivedType(typeof(ControlMessage), "CONTROL")]
abstract record AirbyteMessage
{
    private protected AirbyteMessage() { } // closed: all cases live in this file

    public static AirbyteMessage Log(LogLevel level, string message) => new LogMessage(new(level, message));

    /// <param name="recordCount">Records of this stream since its previous STATE.</param>
    public static AirbyteMessage StreamState(StreamDescriptor stream, RawJson state, long recordCount) =>
        new StateMessage(new("STREAM", new(stream, state), new(recordCount)));

    public static AirbyteMessage Error(TraceError error, DateTimeOffset at) =>
        new TraceMessage(new("ERROR", at.ToUnixTimeMilliseconds()) { Error = error });

    public static AirbyteMessage Status(StreamDescriptor stream, StreamStatus status, DateTimeOffset at) =>
        new TraceMessage(new("STREAM_STATUS", at.ToUnixTimeMilliseconds()) { StreamStatus = new(stream, status) });

    /// <summary>The stream waits because Kintone limits it, until <paramref name="reset"/> at the earliest.</summary>
    public static AirbyteMessage RateLimited(StreamDescriptor stream, DateTimeOffset reset, DateTimeOffset at) =>
        new TraceMessage(new("STREAM_STATUS", at.ToUnixTimeMilliseconds())
        {
            StreamStatus = new(stream, Protocol.StreamStatus.Running)
            {
                Reasons = [new("RATE_LIMITED", new(reset.ToUnixTimeMilliseconds()))],
            },
        });

    public static AirbyteMessage Estimate(StreamDescriptor stream, long rows, DateTimeOffset at) =>
        new TraceMessage(new("ESTIMATE", at.ToUnixTimeMilliseconds()) { Estimate = new(stream.Name, "STREAM", rows, stream.Namespace) });

    public static AirbyteMessage Check(CheckStatus status, string? message) => new ConnectionStatusMessage(new(status, message));

    /// <summary>The platform persists <paramref name="config"/> in place of the one it passed.</summary>
    public static AirbyteMessage ConnectorConfig(RawJson config, DateTimeOffset at) =>
        new ControlMessage(new("CONNECTOR_CONFIG", at.ToUnixTimeMilliseconds(), new(config)));
}

sealed record SpecMessage(RawJson Spec) : AirbyteMessage;
sealed record ConnectionStatusMessage([property: JsonPropertyName("connectionStatus")] ConnectionStatus ConnectionStatus) : AirbyteMessage;
sealed record CatalogMessage(AirbyteCatalog Catalog) : AirbyteMessage;
sealed record StateMessage(State State) : AirbyteMessage;
sealed record LogMessage([property: JsonPropertyName("log")] Log Body) : AirbyteMessage;
sealed record TraceMessage(Trace Trace) : AirbyteMessage;
sealed record ControlMessage(Control Control) : AirbyteMessage;

sealed record ConnectionStatus(CheckStatus Status, string? Message);
sealed record AirbyteCatalog(IReadOnlyList<AirbyteStream> Streams);

/// <param name="JsonSchema">Draft-07 schema of the record's data.</param>
/// <param name="SourceDefinedPrimaryKey">Paths of the key's columns.</param>
/// <param name="IsResumable">A full refresh of it can go on from its STATE.</param>
/// <param name="IsFileBased">Its records may refer to files, where the catalog asks for them.</param>
sealed record AirbyteStream(
    string Name,
    RawJson JsonSchema,
    IReadOnlyList<SyncMode> SupportedSyncModes,
    IReadOnlyList<IReadOnlyList<string>> SourceDefinedPrimaryKey,
    bool IsResumable,
    bool? SourceDefinedCursor = null,
    IReadOnlyList<string>? DefaultCursorField = null,
    bool? IsFileBased = null);

sealed record State(string Type, StreamState Stream, [property: JsonPropertyName("sourceStats")] StateStats SourceStats);
sealed record StreamState(StreamDescriptor StreamDescriptor, [property: JsonPropertyName("stream_state")] RawJson Value);
sealed record StreamDescriptor(string Name, string? Namespace = null);
sealed record StateStats([property: JsonPropertyName("recordCount"), JsonConverter(typeof(DecimalPointConverter))] long RecordCount);
sealed record Log(LogLevel Level, string Message);

sealed record Trace(string Type, long EmittedAt)
{
    public TraceError? Error { get; init; }
    public Estimate? Estimate { get; init; }
    public TraceStreamStatus? StreamStatus { get; init; }
}

/// <param name="Message">For the person who must act: what was attempted, what came back, what to do.</param>
/// <param name="InternalMessage">For whoever debugs it.</param>
sealed record TraceError(string Message, string? InternalMessage, string? StackTrace, FailureType FailureType, StreamDescriptor? StreamDescriptor = null);

sealed record Estimate(string Name, string Type, long RowEstimate, string? Namespace = null);

sealed record TraceStreamStatus(StreamDescriptor StreamDescriptor, StreamStatus Status)
{
    public IReadOnlyList<StreamStatusReason>? Reasons { get; init; }
}

sealed record StreamStatusReason(string Type, RateLimited RateLimited);

/// <param name="QuotaReset">Unix time in milliseconds.</param>
sealed record RateLimited(long QuotaReset);

sealed record Control(string Type, long EmittedAt, [property: JsonPropertyName("connectorConfig")] ConnectorConfig ConnectorConfig);
sealed record ConnectorConfig(RawJson Config);

enum LogLevel { Fatal, Error, Warn, Info, Debug, Trace }
enum CheckStatus { Succeeded, Failed }
enum FailureType { SystemError, ConfigError, TransientError }
enum StreamStatus { Started, Running, Complete, Incomplete }
enum SyncMode { FullRefresh, Incremental }

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters =
    [
        typeof(UpperCaseEnum<LogLevel>), typeof(UpperCaseEnum<CheckStatus>), typeof(UpperCaseEnum<StreamStatus>),
        typeof(LowerSnakeEnum<FailureType>), typeof(LowerSnakeEnum<SyncMode>),
    ])]
[JsonSerializable(typeof(AirbyteMessage))]
sealed partial class ProtocolJson : JsonSerializerContext;

sealed class UpperCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseUpper) where T : struct, Enum;
sealed class LowerSnakeEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower) where T : struct, Enum;

/// <summary>The platform reads a count only when it is written with a decimal point: <c>3.0</c>.</summary>
sealed class DecimalPointConverter : JsonConverter<long>
{
    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => (long)reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[24];
        value.TryFormat(text, out var length, default, System.Globalization.CultureInfo.InvariantCulture);
        ".0"u8.CopyTo(text[length..]);
        writer.WriteRawValue(text[..(length + 2)], skipInputValidation: true);
    }
}
