using KintoneSource.Protocol;

namespace KintoneSource.Configuration;

/// <summary>Builds a <see cref="SourceConfig"/> out of what the form or the file gave, or explains all that is wrong with it.</summary>
static class ConfigParser
{
    public static SourceConfig Parse(ReadOnlyMemory<byte> json, string file)
    {
        if (json.Span.StartsWith("\uFEFF"u8)) json = json[3..];
        using var document = ConfigDocument.Open(json, file);
        var problems = new List<string>();
        problems.AddRange(ConfigDocument.Repeated(document.RootElement));
        var form = ConfigSection.Of(document.RootElement, problems);

        var typed = Subdomain(form);
        var domain = typed?.Domain ?? form.Choice(Option.Domain);
        var credentials = CredentialsParser.Parse(form);
        var apps = AppSelectionParser.Parse(form, credentials, typed);
        var startDate = StartDate(form);
        var emitDeletedRecords = form.Flag(Option.EmitDeletedRecords);
        var deletionGuard = form.Number(Option.DeletionGuardPercent);
        var fullReread = form.Number(Option.FullRereadDays);
        var related = form.Choices(Option.RelatedStreams);
        var commentWindow = form.Number(Option.CommentWindowDays);
        var maxAttachment = form.Number(Option.MaxAttachmentMegabytes);
        var attachmentNames = form.Text(Option.AttachmentNames);
        var streamNames = form.Choice<StreamNaming>(Option.StreamNames);
        var columnNames = form.Choice<ColumnNaming>(Option.ColumnNames);
        var labelLanguages = form.Choices(Option.LabelLanguages);
        var maxConcurrentRequests = form.Number(Option.MaxConcurrentRequests);
        var basicAuth = CredentialsParser.ParseBasicAuth(form, credentials);
        var directoryToken = CredentialsParser.ParseDirectoryToken(form);
        var certificate = ClientCertificateParser.Parse(form);
        var baseAddress = BaseAddress(form, typed, domain);

        string[] unknown = [.. form.Unknown()];
        if (problems.Count > 0)
        {
            certificate?.Certificate.Dispose();
            // A mistyped name is probably what is missing.
            problems.AddRange(unknown.Select(static option => $"There is {option}"));
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
            EmitDeletedRecords = emitDeletedRecords,
            DeletionGuardPercent = deletionGuard,
            FullRereadDays = fullReread,
            RelatedStreams = new(related.Contains("tables"), related.Contains("attachments"), related.Contains("files"), related.Contains("comments")),
            CommentWindowDays = commentWindow,
            MaxAttachmentMegabytes = maxAttachment,
            AttachmentNames = attachmentNames,
            StreamNames = streamNames,
            ColumnNames = columnNames,
            LabelLanguages = [.. labelLanguages.Order(StringComparer.Ordinal)],
            MaxConcurrentRequests = maxConcurrentRequests,
            BasicAuth = basicAuth,
            DirectoryToken = directoryToken,
            ClientCertificate = certificate,
            Warnings = [.. unknown.Select(static option => $"The configuration has {option}"), .. SecretHints.Of(credentials!, basicAuth)],
        };
    }

    static TypedAddress? Subdomain(ConfigSection form)
    {
        if (form.RequiredText(Option.Subdomain, "Type the first part of your Kintone address, as in mycompany.") is not { } text) return null;
        var typed = TypedAddress.Parse(text, out var problem);
        if (problem is not null) form.Problem(Option.Subdomain, problem);
        return typed;
    }

    static DateTimeOffset? StartDate(ConfigSection form)
    {
        if (form.Text(Option.StartDate) is not { } text) return null;
        var date = Typed.Moment(text);
        if (date is null) form.Problem(Option.StartDate, "must be a date and time, and this text is not. Write it as 2025-01-01T00:00:00Z.");
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
            : url.UserInfo.Length > 0 ? "holds a login before the @. Remove it; a login belongs under Authentication, or under Basic authentication user "
            + "name and password."
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
