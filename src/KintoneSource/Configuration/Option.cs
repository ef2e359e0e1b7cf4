namespace KintoneSource.Configuration;

/// <summary>A name of the configuration: what the JSON says, and what a person sees in the form.</summary>
/// <param name="Name">The property's name, or the value of a choice.</param>
/// <param name="Title">As in spec.json, which a test compares.</param>
readonly record struct Option(string Name, string Title)
{
    public static readonly Option Subdomain = new("subdomain", "Subdomain");
    public static readonly Option Domain = new("domain", "Domain");

    public static readonly Option Credentials = new("credentials", "Authentication");
    public static readonly Option AuthType = new("auth_type", "Authentication method");
    public static readonly Option OAuth = new("oauth2", "OAuth 2.0");
    public static readonly Option ClientId = new("client_id", "Client ID");
    public static readonly Option ClientSecret = new("client_secret", "Client secret");
    public static readonly Option RefreshToken = new("refresh_token", "Refresh token");
    public static readonly Option PasswordLogin = new("password", "Login name and password");
    public static readonly Option LoginName = new("username", "Login name");
    public static readonly Option Password = new("password", "Password");
    public static readonly Option TokenLogin = new("api_token", "API tokens");
    public static readonly Option ApiTokens = new("api_tokens", "API tokens");

    public static readonly Option AppSelection = new("app_selection", "Apps");
    public static readonly Option Mode = new("mode", "Which apps");
    public static readonly Option SingleApp = new("single_app", "One app");
    public static readonly Option ListedApps = new("listed_apps", "Listed apps");
    public static readonly Option AllApps = new("all_apps", "All apps");
    public static readonly Option App = new("app", "App ID");
    public static readonly Option GuestSpaceId = new("guest_space_id", "Guest space ID");
    public static readonly Option RecordNumber = new("record_number", "Record number");
    public static readonly Option Filter = new("filter", "Filter");
    public static readonly Option Apps = new("apps", "List of apps");
    public static readonly Option GuestSpaceIds = new("guest_space_ids", "Guest space IDs");
    public static readonly Option NameContains = new("name_contains", "App name contains");
    public static readonly Option ExcludeApps = new("exclude_apps", "Apps to leave out");
    public static readonly Option Part = new("part", "Part");
    public static readonly Option Parts = new("parts", "Number of parts");

    public static readonly Option StartDate = new("start_date", "Start date");
    public static readonly Option EmitDeletedRecords = new("emit_deleted_records", "Deleted records");
    public static readonly Option DeletionGuardPercent = new("deletion_guard_percent", "Guard against mass disappearance");
    public static readonly Option FullRereadDays = new("full_reread_days", "Days between full re-reads");
    public static readonly Option RelatedStreams = new("related_streams", "Related streams");
    public static readonly Option CommentWindowDays = new("comment_window_days", "Days in which comments are looked for");
    public static readonly Option MaxAttachmentMegabytes = new("max_attachment_mb", "Largest attached file in MB");
    public static readonly Option AttachmentNames = new("attachment_names", "Names of attached files");
    public static readonly Option StreamNames = new("stream_names", "Stream names");
    public static readonly Option ColumnNames = new("column_names", "Column names");
    public static readonly Option LabelLanguages = new("label_languages", "Languages of labels");
    public static readonly Option MaxConcurrentRequests = new("max_concurrent_requests", "Concurrent requests");

    public static readonly Option DirectoryApiToken = new("directory_api_token", "API token for the directory");
    public static readonly Option BasicAuthUserName = new("basic_auth_username", "Basic authentication user name");
    public static readonly Option BasicAuthPassword = new("basic_auth_password", "Basic authentication password");
    public static readonly Option ClientCertificate = new("client_certificate", "Client certificate");
    public static readonly Option ClientCertificatePassphrase = new("client_certificate_passphrase", "Client certificate passphrase");
    public static readonly Option BaseUrl = new("base_url", "Base URL");

    public override string ToString() => Title;
}
