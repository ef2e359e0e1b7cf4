using System.Collections.Immutable;
using static KintoneSource.Catalog.ResourceType;
using static KintoneSource.Catalog.ValueFrom;

namespace KintoneSource.Catalog;

/// <summary>
/// Every stream that is not the records of an app: one entry each, and nothing else to add for one more. Shapes are
/// those of the official OpenAPI description, but with ids and revisions as strings, as the wire has them; those of
/// the directory are from the User API's documentation, and which of its members a domain fills is unverified.
/// </summary>
static class ResourceStreams
{
    static readonly ResourceColumn s_appId = new("appId", Text, App);
    static readonly ResourceColumn s_kind = new("kind", Text, Kind);
    static readonly ResourceColumn s_revision = new("revision", Text, Answer);

    public static ResourceStream Apps { get; } = new("apps", ResourceScope.Domain, [new("apps", RowShape.Items, "apps")], ["appId"],
    [
        new("appId", Text), new("code", Text), new("name", Text), new("description", Text), new("spaceId", Text), new("threadId", Text),
        new("createdAt", Timestamp), new("creator", ResourceType.Entity), new("modifiedAt", Timestamp), new("modifier", ResourceType.Entity),
    ])
    { Paging = new("limit", 100) };

    /// <summary>A row of <see cref="Apps"/> by itself, parameter <c>id</c>: app tokens may not list apps.</summary>
    public static Resource OneApp { get; } = new("app", RowShape.Answer);

    /// <summary>Its rows come from <see cref="DataDictionary"/>, which has the form and the column names.</summary>
    public static ResourceStream AppFields { get; } = new("app_fields", ResourceScope.App, [], ["appId", "path"],
    [
        s_appId, new(DataDictionary.AppName, Text), new("path", Text), new("stream", Text), new("tableStream", Text), new("column", Text), new("table", Text),
        new("code", Text),
        new("label", Text), new(DataDictionary.Labels, ResourceType.Object), new(DataDictionary.Position, ResourceType.Integer), new("type", Text),
        new("required", ResourceType.Boolean), new("unique", ResourceType.Boolean), new("enabled", ResourceType.Boolean), new("options", TextList),
        new("format", Text), new("expression", Text), new("unit", Text), new("lookup", ResourceType.Object), new("keyField", Text), new("relatedApp", Text),
        new("relatedKeyField", Text), new("revision", Text),
    ]);

    /// <summary>How each selected app is set up; what the credentials may not read is left out.</summary>
    public static ImmutableArray<ResourceStream> AppSettings { get; } =
    [
        new("app_settings", ResourceScope.App, [new("app/settings", RowShape.Answer)], ["appId"],
        [
            s_appId, new("name", Text), new("description", Text), new("icon", ResourceType.Object), new("theme", Text), new("titleField", ResourceType.Object),
            new("enableThumbnails", ResourceType.Boolean), new("enableBulkDeletion", ResourceType.Boolean), new("enableComments", ResourceType.Boolean),
            new("enableDuplicateRecord", ResourceType.Boolean), new("enableInlineRecordEditing", ResourceType.Boolean),
            new("numberPrecision", ResourceType.Object), new("firstMonthOfFiscalYear", Text), s_revision,
        ]),
        new("app_layouts", ResourceScope.App, [new("app/form/layout", RowShape.Answer)], ["appId"], [s_appId, new("layout", List), s_revision]),
        new("app_views", ResourceScope.App, [new("app/views", RowShape.Entries, "views")], ["appId", "id"],
        [
            s_appId, new("id", Text), new("name", Text, EntryKey), new("index", Text), new("type", Text), new("builtinType", Text), new("fields", TextList),
            new("filterCond", Text), new("sort", Text), new("date", Text), new("title", Text), new("html", Text), new("pager", ResourceType.Boolean),
            new("device", Text), s_revision,
        ]),
        new("app_processes", ResourceScope.App, [new("app/status", RowShape.Answer)], ["appId"],
            [s_appId, new("enable", ResourceType.Boolean), new("states", ResourceType.Object), new("actions", List), s_revision]),
        new("app_reports", ResourceScope.App, [new("app/reports", RowShape.Entries, "reports")], ["appId", "id"],
        [
            s_appId, new("id", Text), new("name", Text, EntryKey), new("index", Text), new("chartType", Text), new("chartMode", Text), new("groups", List),
            new("aggregations", List), new("filterCond", Text), new("sorts", List), new("periodicReport", ResourceType.Object), s_revision,
        ]),
        new("app_actions", ResourceScope.App, [new("app/actions", RowShape.Entries, "actions")], ["appId", "id"],
        [
            s_appId, new("id", Text), new("name", Text, EntryKey), new("index", Text), new("destApp", ResourceType.Object), new("mappings", List),
            new("entities", List), new("filterCond", Text), s_revision,
        ]),
        new("app_notifications", ResourceScope.App,
        [
            new("app/notifications/general", RowShape.Answer, Kind: "general"),
            new("app/notifications/perRecord", RowShape.Answer, Kind: "per_record"),
            new("app/notifications/reminder", RowShape.Answer, Kind: "reminder"),
        ], ["appId", "kind"],
        [
            s_appId, s_kind, new("notifications", List), new("notifyToCommenter", ResourceType.Boolean), new("timezone", Text), s_revision,
        ])
        { ForManagers = true },
        new("app_permissions", ResourceScope.App,
        [
            new("app/acl", RowShape.Answer, Kind: "app"),
            new("record/acl", RowShape.Answer, Kind: "record"),
            new("field/acl", RowShape.Answer, Kind: "field"),
        ], ["appId", "kind"], [s_appId, s_kind, new("rights", List), s_revision])
        { ForManagers = true },
        new("app_customizations", ResourceScope.App, [new("app/customize", RowShape.Answer)], ["appId"],
            [s_appId, new("scope", Text), new("desktop", ResourceType.Object), new("mobile", ResourceType.Object), s_revision])
        { ForManagers = true, NotByToken = true },
        new("app_plugins", ResourceScope.App, [new("app/plugins", RowShape.Items, "plugins")], ["appId", "id"],
            [s_appId, new("id", Text), new("name", Text), new("enabled", ResourceType.Boolean), s_revision])
        { ForManagers = true, NotByOAuth = true },
        new("app_admin_notes", ResourceScope.App, [new("app/adminNotes", RowShape.Answer)], ["appId"],
            [s_appId, new("content", Text), new("includeInTemplateAndDuplicates", ResourceType.Boolean), s_revision])
        { ForManagers = true, NotByOAuth = true },
    ];

    /// <summary>
    /// How much is used, as Kintone last looked: of the apps that the user may manage, and of all spaces. How old the figures may be is unverified: they
    /// prove nothing about records.
    /// </summary>
    public static ImmutableArray<ResourceStream> Statistics { get; } =
    [
        new("app_statistics", ResourceScope.Domain, [new("/k/v1/apps/statistics.json", RowShape.Items, "apps")], ["id"],
        [
            new("id", Text), new("name", Text), new("space", ResourceType.Object), new("appGroup", Text), new("status", Text),
            new("recordUpdatedAt", Timestamp), new("recordCount", Text),
            new("fieldCount", Text), new("dailyRequestCount", Text), new("storageUsage", Text), new("apiTokenCount", Text), new("webhookCount", Text),
            new("customized", ResourceType.Boolean),
            new("creator", ResourceType.Entity), new("createdAt", Timestamp), new("modifier", ResourceType.Entity), new("modifiedAt", Timestamp),
        ])
        { Paging = new("limit", 100), PasswordOnly = true, OfWideCourse = true },
        new("space_statistics", ResourceScope.Domain, [new("/k/v1/spaces/statistics.json", RowShape.Items, "spaces")], ["id"],
        [
            new("id", Text), new("name", Text), new("isGuest", ResourceType.Boolean), new("isPrivate", ResourceType.Boolean), new("memberCount", Text),
            new("administratorCount", Text),
            new("creator", ResourceType.Entity), new("createdAt", Timestamp), new("modifier", ResourceType.Entity), new("modifiedAt", Timestamp),
        ])
        { Paging = new("limit", 100), PasswordOnly = true, OfWideCourse = true },
    ];

    /// <summary>The domain's people and spaces.</summary>
    public static ImmutableArray<ResourceStream> Directory { get; } =
    [
        new("users", ResourceScope.Domain, [new("/v1/users.json", RowShape.Items, "users")], ["id"],
        [
            new("id", Text), new("code", Text), new("name", Text), new("valid", ResourceType.Boolean), new("ctime", Timestamp), new("mtime", Timestamp),
            new("surName", Text), new("surNameReading", Text), new("givenName", Text), new("givenNameReading", Text), new("localName", Text),
            new("localNameLocale", Text),
            new("timezone", Text), new("locale", Text), new("description", Text), new("email", Text), new("phone", Text), new("mobilePhone", Text),
            new("extensionNumber", Text),
            new("callto", Text), new("url", Text), new("employeeNumber", Text), new("birthDate", Date), new("joinDate", Date),
            new("primaryOrganization", Text),
            new("sortOrder", Text), new("customItemValues", List),
        ])
        { Paging = new("size", 100), PasswordOnly = true },
        new("organizations", ResourceScope.Domain, [new("/v1/organizations.json", RowShape.Items, "organizations")], ["id"],
        [
            new("id", Text), new("code", Text), new("name", Text), new("localName", Text), new("localNameLocale", Text), new("parentCode", Text),
            new("description", Text),
            new("users", List, Members),
        ])
        { Paging = new("size", 100), PasswordOnly = true, Membership = new("users", "/v1/organization/users.json", "userTitles", "user") },
        new("groups", ResourceScope.Domain, [new("/v1/groups.json", RowShape.Items, "groups")], ["id"],
            [new("id", Text), new("code", Text), new("name", Text), new("description", Text), new("users", List, Members)])
        { Paging = new("size", 100), PasswordOnly = true, Membership = new("users", "/v1/group/users.json", "users") },
        new("spaces", ResourceScope.Space, [new("space", RowShape.Answer)], ["id"],
        [
            new("id", Text), new("name", Text), new("defaultThread", Text), new("isPrivate", ResourceType.Boolean), new("isGuest", ResourceType.Boolean),
            new("creator", ResourceType.Entity), new("modifier", ResourceType.Entity), new("memberCount", Text), new("body", Text), new("coverType", Text),
            new("coverKey", Text), new("coverUrl", Text),
            new("useMultiThread", ResourceType.Boolean), new("fixedMember", ResourceType.Boolean), new("showAnnouncement", ResourceType.Boolean),
            new("showThreadList", ResourceType.Boolean), new("showAppList", ResourceType.Boolean), new("showMemberList", ResourceType.Boolean),
            new("showRelatedLinkList", ResourceType.Boolean), new("permissions", ResourceType.Object), new("attachedApps", List),
        ])
        { PasswordOnly = true },
        new("space_members", ResourceScope.Space, [new("space/members", RowShape.Items, "members")], ["spaceId", "type", "code"],
        [
            new("spaceId", Text, Space), new("type", Text, ValueFrom.Entity), new("code", Text, ValueFrom.Entity), new("isAdmin", ResourceType.Boolean),
            new("isImplicit", ResourceType.Boolean), new("includeSubs", ResourceType.Boolean),
        ])
        { PasswordOnly = true },
    ];

    /// <summary>What each sync has done, and what must be in the destination now: its rows are made from what the other streams' reading knows.</summary>
    public static ResourceStream SyncAudit { get; } = new("sync_audit", ResourceScope.Sync, [], ["sync_id", "stream"],
    [
        new("sync_id", Text), new("stream", Text), new("appId", Text), new("app_name", Text), new("connector_version", Text),
        new("started_at", Timestamp), new("finished_at", Timestamp), new("outcome", Text), new("message", Text), new("kind", Text), new("reason", Text),
        new("rows_sent", ResourceType.Integer), new("deletions_sent", ResourceType.Integer), new("values_nulled", ResourceType.Integer),
        new("files_sent", ResourceType.Integer), new("bytes_sent", ResourceType.Integer),
        new("rows_expected", ResourceType.Integer), new("ids_sum", ResourceType.Integer), new("ids_max", ResourceType.Integer),
        new("kintone_count", ResourceType.Integer), new("kintone_counted_at", Timestamp), new("count_difference", ResourceType.Integer),
        new("count_difference_reason", Text), new("cursor_before", Timestamp), new("cursor", Timestamp), new("newest_update", Timestamp),
        new("requests", ResourceType.Integer), new("requests_today", ResourceType.Integer), new("warnings", ResourceType.Integer),
    ])
    {
        CursorField = "finished_at",
        Description = "One row for each stream of an app that a sync has read: how it ended, what was sent, and how many rows must be in the destination "
            + "now. Read at no request.",
    };

    /// <summary>All of them in the order that discover lists them.</summary>
    public static ImmutableArray<ResourceStream> All { get; } = [Apps, AppFields, .. AppSettings, .. Directory, .. Statistics, SyncAudit];

    /// <summary>Null when no such stream exists in this version.</summary>
    public static ResourceStream? Find(string name) => All.FirstOrDefault(s => s.Name == name);
}
