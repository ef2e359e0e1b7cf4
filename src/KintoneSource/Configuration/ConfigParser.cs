using KintoneSource.Protocol;

namespace KintoneSource.Configuration;

/// <summary>Builds a <see cref="SourceConfig"/> out of what the form or the file gave, or explains all that is wrong with it.</summary>
static class ConfigParser
{
    const int DefaultConcurrentRequests = 8;
    const int MostConcurrentRequests = 50;
    const int DefaultDeletionGuardPercent = 50;
    const int DefaultFullRereadDays = 7;
    const int MostFullRereadDays = 365;
    const int DefaultCommentWindowDays = 30;
    const int MostCommentWindowDays = 365;
    const int MostAttachmentMegabytes = 1500;

    public static SourceConfig Parse(ReadOnlyMemory<byte> json, string file)
    {
        if (json.Span.StartsWith("\uFEFF"u8)) json = json[3..];
        using var document = ConfigDocument.Open(json, file);
        var problems = new List<string>();
        var form = new ConfigSection(document.RootElement, "", problems);

        var typed = Subdomain(form);
        _ = form.Has(Option.Domain); // known, though a pasted host goes first
        var domain = typed?.Domain ?? Domain(form);
        var credentials = CredentialsParser.Parse(form);
        var apps = AppSelectionParser.Parse(form, credentials, typed);
        var startDate = StartDate(form);
        var emitDeletedRecords = form.Flag(Option.EmitDeletedRecords);
        var deletionGuard = form.Between(Option.DeletionGuardPercent, 1, 100);
        var fullReread = form.Between(Option.FullRereadDays, 0, MostFullRereadDays);
        var related = form.Choices(Option.RelatedStreams, "tables", "attachments", "files", "comments");
        var commentWindow = form.Between(Option.CommentWindowDays, 0, MostCommentWindowDays);
        var maxAttachment = form.Between(Option.MaxAttachmentMegabytes, 1, MostAttachmentMegabytes);
        var attachmentNames = form.Text(Option.AttachmentNames);
        var streamNames = form.Choice(Option.StreamNames, ("id", StreamNaming.Id), ("id_and_name", StreamNaming.IdAndName));
        var columnNames = form.Choice(Option.ColumnNames, ("field_code", ColumnNaming.FieldCode), ("ascii", ColumnNaming.Ascii));
        var labelLanguages = form.Choices(Option.LabelLanguages, "ja", "en", "zh");
        var maxConcurrentRequests = form.Between(Option.MaxConcurrentRequests, 1, MostConcurrentRequests);
        var basicAuth = CredentialsParser.ParseBasicAuth(form, credentials);
        var directoryToken = CredentialsParser.ParseDirectoryToken(form);
        var certificate = ClientCertificateParser.Parse(form);
        var baseAddress = BaseAddress(form, typed, domain);

        if (problems.Count > 0)
        {
            certificate?.Certificate.Dispose();
            throw new ConfigurationException(problems is [var one]
                ? $"The configuration has a problem. {one}"
                : $"The configuration has {problems.Count} problems:\n{string.Join('\n', problems.Select(static problem => $"- {problem}"))}");
        }
        return new(json.ToArray())
        {
            BaseAddress = baseAddress!,
            Credentials = credentials!,
            Apps = apps,
            StartDate = startDate,
            EmitDeletedRecords = emitDeletedRecords ?? true,
            DeletionGuardPercent = deletionGuard ?? DefaultDeletionGuardPercent,
            FullRereadDays = fullReread ?? DefaultFullRereadDays,
            RelatedStreams = related is null ? RelatedStreams.Default : new(related.Contains("tables"), related.Contains("attachments"), related.Contains("files"), related.Contains("comments")),
            CommentWindowDays = commentWindow ?? DefaultCommentWindowDays,
            MaxAttachmentMegabytes = maxAttachment ?? MostAttachmentMegabytes,
            AttachmentNames = attachmentNames,
            StreamNames = streamNames ?? StreamNaming.Id,
            ColumnNames = columnNames ?? ColumnNaming.FieldCode,
            LabelLanguages = [.. (labelLanguages ?? []).Order(StringComparer.Ordinal)],
            MaxConcurrentRequests = maxConcurrentRequests ?? DefaultConcurrentRequests,
            BasicAuth = basicAuth,
            DirectoryToken = directoryToken,
            ClientCertificate = certificate,
            Warnings = [.. form.Unknown()],
        };
    }

    static TypedAddress? Subdomain(ConfigSection form)
    {
        if (form.RequiredText(Option.Subdomain, "Type the first part of your Kintone address, as in mycompany.") is not { } text) return null;
        var typed = TypedAddress.Parse(text, out var problem);
        if (problem is not null) form.Problem(Option.Subdomain, problem);
        return typed;
    }

    static string Domain(ConfigSection form) =>
        TypedAddress.Domains[form.Choice(Option.Domain, [.. TypedAddress.Domains.Index().Select(static domain => (domain.Item, domain.Index))]) ?? 0];

    static DateTimeOffset? StartDate(ConfigSection form)
    {
        if (form.Text(Option.StartDate) is not { } text) return null;
        var date = Typed.Moment(text);
        if (date is null) form.Problem(Option.StartDate, $"{Typed.Quote(text)} is not a date. Write it as 2025-01-01 or 2025-01-01T00:00:00Z.");
        return date;
    }

    static Uri? BaseAddress(ConfigSection form, TypedAddress? typed, string domain)
    {
        if (form.Text(Option.BaseUrl) is { } text) return BaseUrl(form, Typed.Fold(text));
        if (typed is null) return null;

        var host = typed.Host(domain, form.Has(Option.ClientCertificate));
        if (typed.SecureAccess && !form.Has(Option.ClientCertificate))
            form.Problem(Option.ClientCertificate, $"is missing. {host} is the address for secure access, which takes requests with a certificate only. "
                + $"Add the certificate, or type {typed.Subdomain} alone as the subdomain if secure access is not meant.");
        return new($"https://{host}/");
    }

    static Uri? BaseUrl(ConfigSection form, string text)
    {
        // Not quoted: a URL may hold a login.
        var problem =
            !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.Host.Length == 0
                ? "is not a web address. It looks like https://host or http://localhost:8080."
            : url.UserInfo.Length > 0 ? "holds a login before the @. Remove it; a login belongs under Authentication, or under Basic authentication user name and password."
            : url.PathAndQuery != "/" || url.Fragment.Length > 0 ? "must end after the host and port."
            : url.Scheme is "http" && !IsLoopback(url)
                ? "plain http is for this machine only (localhost): the login would travel unprotected. Use https."
            : null;
        if (problem is null) return url;
        form.Problem(Option.BaseUrl, problem);
        return null;
    }

    /// <summary>Names below localhost are this machine too (RFC 6761).</summary>
    static bool IsLoopback(Uri url) => url.IsLoopback || url.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
}
