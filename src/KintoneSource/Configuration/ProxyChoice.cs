using System.Globalization;
using System.Net;

namespace KintoneSource.Configuration;

/// <summary>
/// Which proxy, if any, leads to the one host that this program talks to, by the usual variables of the environment. Their values stand in no
/// message: they may hold a password.
/// </summary>
/// <param name="Name">Host and port, as messages call the proxy; null without one.</param>
sealed record ProxyChoice(IWebProxy? Proxy, string? Name, IReadOnlyList<string> SecretValues, IReadOnlyList<string> Warnings)
{
    const string Forms = "http://host:port, http://name:password@host:port (special characters as %40), or the same with https, socks4, socks4a or socks5";
    const string ExceptionForms = "*, a host, .suffix or *.suffix, each with :port where only that is meant, an address, or a range of addresses as "
        + "10.0.0.0/8";

    static readonly string[] s_schemes = ["http", "https", "socks4", "socks4a", "socks5"];

    public static ProxyChoice For(Uri address, Func<string, string?> environment)
    {
        List<string> warnings = [];
        string[] names = [$"{address.Scheme}_proxy", $"{address.Scheme.ToUpperInvariant()}_PROXY", "all_proxy", "ALL_PROXY"];
        var used = names.FirstOrDefault(name => environment(name) is { Length: > 0 });
        if (used is null || address.IsLoopback || IsExcepted(address, environment, warnings)) return new(null, null, [], warnings);
        if (Parse(environment(used)!.Trim()) is not { } proxy)
            return new(null, null, [], [.. warnings, $"The variable {used} can't be used, and requests go out without a proxy. It should be {Forms}."]);
        var (user, password) = proxy.UserInfo.Split(':', 2) is [var u, var p] ? (Uri.UnescapeDataString(u), p) : (Uri.UnescapeDataString(proxy.UserInfo), "");
        var plain = Uri.UnescapeDataString(password);
        return new(
            new To(new(proxy.GetComponents(UriComponents.SchemeAndServer | UriComponents.StrongPort, UriFormat.UriEscaped)), user.Length > 0
                ? new NetworkCredential(user, plain) : null),
            string.Create(CultureInfo.InvariantCulture, $"{proxy.Host}:{proxy.Port}"), [password, plain], warnings);
    }

    static Uri? Parse(string value) =>
        Uri.TryCreate(value.Contains("://", StringComparison.Ordinal) ? value : $"http://{value}", UriKind.Absolute, out var proxy)
        && s_schemes.Contains(proxy.Scheme) && proxy.Host.Length > 0 && proxy.Port > 0 && !value.Any(char.IsWhiteSpace) ? proxy : null;

    static bool IsExcepted(Uri address, Func<string, string?> environment, List<string> warnings)
    {
        var name = environment("no_proxy") is { Length: > 0 } ? "no_proxy" : "NO_PROXY";
        var entries = (environment(name) ?? "").Split([',', ';', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var unknown = entries.Select(static (entry, index) => (entry, index)).Where(static e => !IsKnown(e.entry)).Select(static e => e.index + 1).ToArray();
        if (unknown.Length > 0)
            warnings.Add($"Of the variable {name}, {(unknown.Length == 1 ? "entry" : "entries")} {string.Join(", ", unknown)} can't be used. Each should be "
                + $"{ExceptionForms}.");
        return entries.Any(entry => Covers(entry, address));
    }

    static bool IsKnown(string entry) =>
        entry == "*" || IPNetwork.TryParse(entry, out _) || (HostOf(entry).Host is var host
            && (IPAddress.TryParse(host, out _) || (Uri.CheckHostName(host) == UriHostNameType.Dns && host.Any(char.IsAsciiLetter))));

    static bool Covers(string entry, Uri address)
    {
        if (entry == "*") return true;
        if (IPAddress.TryParse(address.DnsSafeHost, out var own))
            if (IPNetwork.TryParse(entry, out var range) ? range.Contains(own) : IPAddress.TryParse(entry, out var one) && one.Equals(own)) return true;
        var (host, port) = HostOf(entry);
        return host.Length > 0 && (port is null || port == address.Port)
            && (address.DnsSafeHost.Equals(host, StringComparison.OrdinalIgnoreCase)
            || address.DnsSafeHost.EndsWith($".{host}", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A name covers the hosts below it, as with other programs.</summary>
    static (string Host, int? Port) HostOf(string entry)
    {
        var host = entry.StartsWith("*.", StringComparison.Ordinal) ? entry[2..] : entry.TrimStart('.');
        return host.LastIndexOf(':') is > 0 and var colon && int.TryParse(host[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? (host[..colon].Trim('[', ']'), port) : (host.Trim('[', ']'), null);
    }

    /// <summary>Always the same one, since there is only one host to go to.</summary>
    sealed class To(Uri proxy, ICredentials? credentials) : IWebProxy
    {
        public ICredentials? Credentials { get; set; } = credentials;

        public Uri GetProxy(Uri destination) => proxy;

        public bool IsBypassed(Uri host) => false;
    }
}
