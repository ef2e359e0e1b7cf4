using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone.Http;

/// <summary>
/// Decides which text of a server's may stand in a message. A server, or what stands before it, may throw back what it heard, headers and
/// all, in an encoding of its own: quoted is only what looks like a message to a person and shares nothing with a secret however it
/// is decoded. Everything else is left out; the status and our own advice say enough.
/// </summary>
sealed partial class ServerText(SecretMask secrets)
{
    const int Longest = 400;

    /// <summary>An encoding of an encoding; beyond that nobody goes by accident.</summary>
    const int Layers = 3;

    /// <summary>The text on one line; null where it is not to be quoted.</summary>
    public string? Quote(string? text)
    {
        if (text is null || text.Length > Longest) return null;
        var line = WhiteSpace.Replace(text, " ").Trim();
        return line.Length > 0 && line.All(IsOfMessages) && !HoldsSecret(line) ? line : null;
    }

    /// <summary>An error's id, or a code that somebody knows.</summary>
    /// <param name="known">Words of which no secret is made up, whatever it shares with them.</param>
    public string? Code(string? text, IReadOnlySet<string>? known = null) =>
        text is not null && (known?.Contains(text) == true || KintoneCodes.IsMatch(text) || (Codes.IsMatch(text) && !HoldsSecret(text))) ? text : null;

    bool HoldsSecret(string text)
    {
        HashSet<string> seen = [text];
        var layer = new List<string> { text };
        for (var i = 0; ; i++)
        {
            if (layer.Exists(secrets.SharesRun)) return true;
            if (i == Layers) return false;
            layer = [.. layer.SelectMany(Decodings).Where(seen.Add)];
        }
    }

    static IEnumerable<string> Decodings(string text)
    {
        yield return Uri.UnescapeDataString(text);
        yield return text.Replace('+', ' ');
        yield return WebUtility.HtmlDecode(text);
        yield return Escape.Replace(text, static e => e.Groups["hex"] is { Success: true, Value: var hex }
            ? ((char)ushort.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString()
            : e.Value[1..] switch { "n" => "\n", "t" => "\t", "r" => "\r", "b" => "\b", "f" => "\f", var plain => plain });
        foreach (Match run in Base64Runs.Matches(text))
            for (var shift = 0; shift < 4; shift++)
                if (FromBase64(run.Value[shift..]) is { } plain) yield return plain;
        foreach (Match run in HexRuns.Matches(text))
            for (var shift = 0; shift < 2; shift++)
                yield return Encoding.UTF8.GetString(Convert.FromHexString(run.Value[shift..(run.Length - ((run.Length - shift) % 2))]));
    }

    static string? FromBase64(string run)
    {
        if (run.Length % 4 == 1) run = run[..^1]; // one letter is less than a byte
        run = run.Replace('-', '+').Replace('_', '/').PadRight((run.Length + 3) / 4 * 4, '=');
        var bytes = new byte[run.Length];
        return Convert.TryFromBase64String(run, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }

    static bool IsOfMessages(char c) =>
        c is >= ' ' and <= '~' || (c is > '\u00a0' and not '\ufffd' && char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator));

    /// <summary>As <c>GAIA_AP01</c> or <c>CB_NO02</c>.</summary>
    [GeneratedRegex(@"\A[A-Z]{2,4}_[A-Z]{2}[0-9]{2,3}\z")]
    static partial Regex KintoneCodes { get; }

    [GeneratedRegex(@"\A[A-Za-z0-9_.-]{1,64}\z")]
    static partial Regex Codes { get; }

    [GeneratedRegex(@"\s+")]
    static partial Regex WhiteSpace { get; }

    [GeneratedRegex(@"\\(?:u(?<hex>[0-9A-Fa-f]{4})|.)")]
    static partial Regex Escape { get; }

    [GeneratedRegex(@"[A-Za-z0-9+/_-]{8,}")]
    static partial Regex Base64Runs { get; }

    [GeneratedRegex(@"[0-9A-Fa-f]{8,}")]
    static partial Regex HexRuns { get; }
}
