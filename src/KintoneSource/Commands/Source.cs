using System.Reflection;
using KintoneSource.Catalog;
using KintoneSource.Configuration;
using KintoneSource.Kintone;
using KintoneSource.Protocol;

namespace KintoneSource.Commands;

/// <summary>What every command but spec works with: the configuration and the connection made from it.</summary>
sealed class Source : IDisposable
{
    readonly HttpClient _http;

    Source(SourceConfig config, HttpClient http, KintoneHttp kintone, MessageWriter writer, TimeProvider time, TextWriter? terminal)
    {
        (Config, _http, Kintone, Writer, Time, Terminal) = (config, http, kintone, writer, time, terminal);
        Apps = new(config.Apps, new(kintone));
    }

    public SourceConfig Config { get; }
    public KintoneHttp Kintone { get; }
    public MessageWriter Writer { get; }
    public TimeProvider Time { get; }

    /// <summary>Where a person watches; null when nobody does.</summary>
    public TextWriter? Terminal { get; }

    public SelectedApps Apps { get; }

    /// <summary>Records per request.</summary>
    public required int PageSize { get; init; }

    public ColumnNames Names => Config.ColumnNames == ColumnNaming.Ascii ? ColumnNames.Ascii : ColumnNames.FieldCode;

    public static async Task<Source> OpenAsync(
        Invocation call, SecretMask mask, MessageWriter writer, TimeProvider time, TextWriter? terminal, CancellationToken ct)
    {
        var config = SourceConfig.Parse(await InputFile.ReadAsync(call.Config!, "configuration", ct), call.Config!);
        mask.Add(config.SecretValues);
        var handler = HttpTransport.CreateHandler(config.MaxConcurrentRequests, config.ClientCertificate?.Certificate);
        var patience = call.Command == "read" ? RetryPolicy.ForSync : RetryPolicy.ForCheck;
        return Over(handler, config, patience, writer, time, terminal);
    }

    /// <param name="handler">The way to Kintone; disposed with the source.</param>
    /// <param name="patience">How long one request may be tried again.</param>
    public static Source Over(
        HttpMessageHandler handler, SourceConfig config, TimeSpan patience, MessageWriter writer, TimeProvider time, TextWriter? terminal,
        int pageSize = KintoneApp.LargestPage)
    {
        var version = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3);
        var http = HttpTransport.CreateClient(handler, version);
        var kintone = new KintoneHttp(http, config.BaseAddress, AuthenticationOf(config), new(config.MaxConcurrentRequests), new(time, patience));
        return new(config, http, kintone, writer, time, terminal) { PageSize = pageSize };
    }

    static Authentication AuthenticationOf(SourceConfig config) => config.Credentials switch
    {
        PasswordCredentials password => new PasswordAuthentication(password.LoginName, password.Password.Reveal()),
        ApiTokenCredentials tokens => new ApiTokenAuthentication([.. tokens.Tokens.Select(static t => t.Reveal())]),
        _ => throw new ConfigurationException("OAuth is not supported yet: use a password or API tokens."),
    };

    public ValueTask LogAsync(LogLevel level, string message, CancellationToken ct) =>
        Writer.WriteAsync(AirbyteMessage.Log(level, message), ct);

    public void Dispose() => _http.Dispose();
}
