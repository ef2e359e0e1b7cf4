using System.Reflection;
using KintoneSource.Catalog;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Http;
using KintoneSource.Kintone.Memory;
using KintoneSource.Protocol;

namespace KintoneSource.Commands;

/// <summary>What every command but spec works with: the configuration and the connection made from it.</summary>
sealed class Source : IDisposable
{
    readonly HttpClient _http;
    readonly DomainGate _gate;
    readonly Authentication _authentication;

    Source(SourceConfig config, HttpClient http, DomainGate gate, Authentication authentication, KintoneHttp kintone, MessageWriter writer, TimeProvider time,
        TextWriter? terminal)
    {
        (Config, _http, _gate, _authentication, Kintone, Writer, Time, Terminal) = (config, http, gate, authentication, kintone, writer, time, terminal);
        Apps = new(config.Apps, new(kintone));
    }

    /// <summary>This program's.</summary>
    public static string Version { get; } = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3);

    public SourceConfig Config { get; }
    public KintoneHttp Kintone { get; }
    public MessageWriter Writer { get; }
    public TimeProvider Time { get; }

    /// <summary>Where a person watches; null when nobody does.</summary>
    public TextWriter? Terminal { get; }

    public SelectedApps Apps { get; }

    /// <summary>What the environment says.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>Records per request.</summary>
    public required int PageSize { get; init; }

    public ColumnNames Names => Config.ColumnNames switch
    {
        ColumnNaming.Ascii => ColumnNames.Ascii,
        ColumnNaming.Label => ColumnNames.Label,
        ColumnNaming.LabelAscii => ColumnNames.LabelAscii,
        _ => ColumnNames.FieldCode,
    };

    public static async Task<Source> OpenAsync(
        Invocation call, SecretMask mask, MessageWriter writer, TimeProvider time, TextWriter? terminal, CancellationToken ct)
    {
        var json = await InputFile.ReadAsync(call.Config!, "configuration", ct);
        mask.Add(ConfigSecrets.In(json)); // what is wrong with the configuration is told by messages, too
        var config = SourceConfig.Parse(json, call.Config!);
        mask.Add(config.SecretValues);
        var patience = call.Command switch { "check" => Patience.ForCheck, "discover" => Patience.ForDiscover, _ => Patience.ForSync };
        var proxy = ProxyChoice.For(config.BaseAddress, System.Environment.GetEnvironmentVariable);
        mask.Add(proxy.SecretValues);
        var handler = HttpTransport.CreateHandler(config.MaxConcurrentRequests, config.ClientCertificate?.Certificate, patience.Connect, proxy.Proxy);
        var source = Over(handler, config, patience, writer, time, terminal, proxy: proxy.Name);
        foreach (var warning in config.Warnings.Concat(proxy.Warnings)) await source.LogAsync(LogLevel.Warn, warning, ct);
        return source;
    }

    /// <param name="handler">The way to Kintone; disposed with the source.</param>
    /// <param name="patience">How long one request may be tried again.</param>
    /// <param name="environment">What the environment says of a name; the process's own where nothing is given.</param>
    /// <param name="proxy">Host and port of the proxy that the handler uses; null for none.</param>
    /// <param name="memory">What answers may take; by the memory at hand where nothing is given.</param>
    public static Source Over(
        HttpMessageHandler handler, SourceConfig config, Patience patience, MessageWriter writer, TimeProvider time, TextWriter? terminal,
        int pageSize = KintoneApp.LargestPage, AnswerMemory? memory = null, Func<string, string?>? environment = null, string? proxy = null)
    {
        var http = HttpTransport.CreateClient(handler, Version, Authentications.Basic(config));
        var gate = new DomainGate(time, patience, config.MaxConcurrentRequests);
        var connection = new DomainConnection(
            http, config.BaseAddress, gate, new(memory ?? AnswerMemory.OfProcess(), new(writer.Mask)),
            new(config.BaseAddress, config.ClientCertificate is not null, proxy));
        var authentication = Authentications.Of(config, connection, writer, time);
        var kintone = new KintoneHttp(connection, authentication, Authentications.OfDirectory(config));
        return new(config, http, gate, authentication, kintone, writer, time,
            terminal)
        { PageSize = pageSize, Environment = environment ?? System.Environment.GetEnvironmentVariable };
    }

    public ValueTask LogAsync(LogLevel level, string message, CancellationToken ct) =>
        Writer.WriteAsync(AirbyteMessage.Log(level, message), ct);

    public void Dispose()
    {
        _authentication.Dispose();
        _http.Dispose();
        _gate.Dispose();
        Config.ClientCertificate?.Certificate.Dispose();
    }
}
