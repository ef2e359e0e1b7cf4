using System.Collections.Immutable;
using System.Text.Json;
using KintoneSource.Protocol;

namespace KintoneSource.Catalog;

/// <summary>What one request of a stream's resources is for.</summary>
enum ResourceScope
{
    /// <summary>The whole domain.</summary>
    Domain,

    /// <summary>One selected app; parameter <c>app</c>.</summary>
    App,

    /// <summary>One space that holds a selected app; parameter <c>id</c>.</summary>
    Space,

    /// <summary>Nothing that is asked for: the sync itself.</summary>
    Sync,
}

/// <summary>How rows stand in an answer.</summary>
enum RowShape
{
    /// <summary>The answer is the row.</summary>
    Answer,

    /// <summary>A list of rows below the root key.</summary>
    Items,

    /// <summary>A map of rows by name below the root key.</summary>
    Entries,
}

/// <summary>Where a column's value comes from.</summary>
enum ValueFrom
{
    /// <summary>The row's member of the column's name.</summary>
    Row,

    /// <summary>The answer's member of the column's name, the same in each of its rows.</summary>
    Answer,

    /// <summary>The row's key in the map.</summary>
    EntryKey,

    /// <summary>The app that was asked about.</summary>
    App,

    /// <summary>The space that was asked about.</summary>
    Space,

    /// <summary>The member of the column's name in the row's <c>entity</c>: who it is about.</summary>
    Entity,

    /// <summary><see cref="Resource.Kind"/>.</summary>
    Kind,

    /// <summary>Requests of its own: see <see cref="Membership"/>.</summary>
    Members,
}

/// <summary>What a column holds; free-form parts are handed on as they are.</summary>
enum ResourceType
{
    /// <summary>Ids, counts and revisions too: Kintone sends them as strings.</summary>
    Text,

    /// <summary>What this program counts itself.</summary>
    Integer,
    Boolean,
    Date,
    Timestamp,
    TextList,
    Entity,
    Object,
    List,
}

/// <param name="Path">Without <c>/k/v1/</c> and <c>.json</c>; the whole path where it begins with a slash.</param>
/// <param name="Root">The member that holds the rows; null for <see cref="RowShape.Answer"/>.</param>
/// <param name="Kind">Tells the rows apart where one stream is made of several resources.</param>
sealed record Resource(string Path, RowShape Shape, string? Root = null, string? Kind = null);

sealed record ResourceColumn(string Name, ResourceType Type, ValueFrom From = ValueFrom.Row);

/// <summary>The limit of a page and the parameter that asks for it; <c>offset</c> goes on from there.</summary>
sealed record Paging(string SizeParameter, int Size);

/// <summary>People who belong to a row, from a resource asked once per row with its <c>code</c>, in pages.</summary>
/// <param name="Column">The list's column.</param>
/// <param name="Root">The list in the answer.</param>
/// <param name="Person">The member of an item that is the person, beside their <c>title</c>; null when the item is.</param>
sealed record Membership(string Column, string Path, string Root, string? Person = null);

/// <summary>A stream that is one or a few plain GET requests, or none; a line of <see cref="ResourceStreams"/>.</summary>
/// <param name="Key">The columns that identify a row.</param>
sealed record ResourceStream(
    string Name, ResourceScope Scope, ImmutableArray<Resource> Resources, ImmutableArray<string> Key, ImmutableArray<ResourceColumn> Columns)
{
    public Paging? Paging { get; init; }
    public Membership? Membership { get; init; }

    /// <summary>Neither app tokens nor OAuth may read it (official docs: the Authentication row of each resource).</summary>
    public bool PasswordOnly { get; init; }

    /// <summary>OAuth has no scope for it (official docs: the Authentication row of each resource).</summary>
    public bool NotByOAuth { get; init; }

    /// <summary>App tokens may not read it (official docs: the Authentication row of each resource).</summary>
    public bool NotByToken { get; init; }

    /// <summary>It is the User API's, which all services of the domain share and which takes tokens of its own.</summary>
    public bool IsOfDirectory => Resources is [{ Path: var path }, ..] && path.StartsWith("/v1/", StringComparison.Ordinal);

    /// <summary>Kintone shows it to those who may manage the app; viewing is not enough.</summary>
    public bool ForManagers { get; init; }

    /// <summary>Domains of other courses do not have it, and those that have it show it to those who manage the app or Kintone.</summary>
    public bool OfWideCourse { get; init; }

    /// <summary>The column that an incremental sync goes by; null where there is only full refresh.</summary>
    public string? CursorField { get; init; }

    /// <summary>For whoever looks at the schema.</summary>
    public string Description { get; init; } = "Members that Kintone sends beyond these columns are left out.";

    public StreamDefinition Definition => new(Name, RawJson.From(WriteSchema), Key, CursorField) { Columns = Columns.Length };

    void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("$schema"u8, "http://json-schema.org/draft-07/schema#"u8);
        json.WriteString("description"u8, Description);
        json.WriteString("type"u8, "object"u8);
        json.WriteBoolean("additionalProperties"u8, true);
        json.WriteStartObject("properties"u8);
        foreach (var column in Columns)
        {
            json.WritePropertyName(column.Name);
            WriteSchema(json, column);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void WriteSchema(Utf8JsonWriter json, ResourceColumn column)
    {
        switch (column.Type)
        {
            case ResourceType.Text: Like(ColumnKind.Text); break;
            case ResourceType.Integer: Like(ColumnKind.Integer); break;
            case ResourceType.Date: Like(ColumnKind.Date); break;
            case ResourceType.Timestamp: Like(ColumnKind.Timestamp); break;
            case ResourceType.TextList: Like(ColumnKind.TextList); break;
            case ResourceType.Entity: Like(ColumnKind.Entity); break;
            case ResourceType.Boolean: Nullable("boolean"u8); break;
            case ResourceType.Object: Nullable("object"u8); break;
            case ResourceType.List: Nullable("array"u8); break;
            default: throw new ArgumentOutOfRangeException(nameof(column), column, null);
        }

        void Like(ColumnKind kind) => ColumnSchema.Write(json, new(column.Name, null, kind), static _ => null);

        void Nullable(ReadOnlySpan<byte> type)
        {
            json.WriteStartObject();
            json.WriteStartArray("type"u8);
            json.WriteStringValue("null"u8);
            json.WriteStringValue(type);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }
}
