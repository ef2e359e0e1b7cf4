using System.Text.Json;
using KintoneSource.Protocol;

namespace KintoneSource.Configuration;

/// <summary>
/// What the user asked for, in a form that cannot contradict itself: whoever holds one need not check it again.
/// </summary>
/// <param name="original">The JSON object it was parsed from.</param>
sealed class SourceConfig(ReadOnlyMemory<byte> original)
{
    /// <summary>Scheme, host and port; the path is <c>/</c>. Plain http for loopback hosts only.</summary>
    public required Uri BaseAddress { get; init; }

    public required Credentials Credentials { get; init; }

    /// <summary>Null where only the domain's own streams are wanted.</summary>
    public required AppSelection? Apps { get; init; }

    /// <summary>In UTC; null for the beginning.</summary>
    public required DateTimeOffset? StartDate { get; init; }

    public required bool EmitDeletedRecords { get; init; }

    /// <summary>1 to 100: so much of an app may vanish at once without a question; 100 asks none.</summary>
    public required int DeletionGuardPercent { get; init; }

    /// <summary>An incremental stream reads all records once more after so many days; 0 for never.</summary>
    public required int FullRereadDays { get; init; }

    public required RelatedStreams RelatedStreams { get; init; }

    /// <summary>Comments of records that were changed or created within so many days are looked at in every sync; 0 to 365.</summary>
    public required int CommentWindowDays { get; init; }

    /// <summary>Files larger than so many MB do not come; 1 to 1500.</summary>
    public required int MaxAttachmentMegabytes { get; init; }

    /// <summary>Patterns of names, as <c>*.pdf, 見積*</c>: other files do not come; null for all.</summary>
    public required string? AttachmentNames { get; init; }

    public required StreamNaming StreamNames { get; init; }

    public required ColumnNaming ColumnNames { get; init; }

    /// <summary>Languages, as Kintone writes them, in which the data dictionary has labels beside those that everybody sees.</summary>
    public required IReadOnlyList<string> LabelLanguages { get; init; }

    /// <summary>1 to 50.</summary>
    public required int MaxConcurrentRequests { get; init; }

    /// <summary>A token of cybozu.com's for the streams of the directory; never together with <see cref="BasicAuth"/>.</summary>
    public required Secret? DirectoryToken { get; init; }

    public required BasicAuth? BasicAuth { get; init; }

    public required ClientCertificate? ClientCertificate { get; init; }

    /// <summary>What stands in it without effect, each as a sentence.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <param name="json">The file's bytes, in UTF-8, with or without a byte order mark.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="ConfigurationException">
    /// Names every problem at once, by the titles of the form. Never holds a value that is or may be a secret.
    /// </exception>
    public static SourceConfig Parse(ReadOnlyMemory<byte> json, string file = "config.json") => ConfigParser.Parse(json, file);

    /// <summary>
    /// Every text to be masked wherever it would be shown: passwords, tokens, certificates, the values of the headers
    /// made from them, and all of these as they look inside a URL or a JSON string.
    /// </summary>
    public IEnumerable<string> SecretValues => ConfigSecrets.AsShown(
        Credentials.SecretValues
            .Concat(BasicAuth?.SecretValues ?? [])
            .Concat(ClientCertificate?.SecretValues ?? [])
            .Concat(DirectoryToken is { } token ? [token.Reveal()] : []));

    /// <summary>
    /// The configuration as it was given, with another refresh token: what the platform is to store instead.
    /// Everything else stays, names this version does not know included.
    /// </summary>
    public RawJson WithRefreshToken(string refreshToken)
    {
        using var document = JsonDocument.Parse(original);
        return RawJson.From(json => Copy(document.RootElement, json));

        void Copy(JsonElement config, Utf8JsonWriter json)
        {
            json.WriteStartObject();
            foreach (var property in config.EnumerateObject())
                if (property.NameEquals(Option.Credentials.Name)) CopyCredentials(property.Value, json);
                else property.WriteTo(json);
            json.WriteEndObject();
        }

        void CopyCredentials(JsonElement credentials, Utf8JsonWriter json)
        {
            json.WriteStartObject(Option.Credentials.Name);
            foreach (var property in credentials.EnumerateObject())
                if (!property.NameEquals(Option.RefreshToken.Name)) property.WriteTo(json);
            json.WriteString(Option.RefreshToken.Name, refreshToken);
            json.WriteEndObject();
        }
    }
}

/// <summary>How streams are named after apps.</summary>
enum StreamNaming
{
    /// <summary>By the app's ID alone.</summary>
    Id,

    /// <summary>By the ID and, behind it, the app's name in ASCII: the ID alone says which app it is.</summary>
    IdAndName,
}

/// <summary>How columns are named after fields.</summary>
enum ColumnNaming
{
    /// <summary>By the field code as it is.</summary>
    FieldCode,

    /// <summary>By the field code in letters, digits and <c>_</c>, Japanese in romaji.</summary>
    Ascii,

    /// <summary>By the label as it is.</summary>
    Label,

    /// <summary>By the label in letters, digits and <c>_</c>, Japanese in romaji.</summary>
    LabelAscii,
}
