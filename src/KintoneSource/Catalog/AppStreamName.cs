using System.Globalization;
using KintoneSource.Kintone.Forms;

namespace KintoneSource.Catalog;

/// <summary>What a stream of an app holds.</summary>
enum AppStreamKind
{
    /// <summary>The app's records.</summary>
    Records,

    /// <summary>The rows of one sub-table of all records.</summary>
    Table,

    /// <summary>The files attached to records, one row each.</summary>
    Attachments,

    /// <summary>The contents of attached files, a row for each that is brought: they have requests of their own.</summary>
    Files,

    /// <summary>The comments on records, one row each: they have requests of their own.</summary>
    Comments,
}

/// <summary>
/// The name of one of an app's streams: <c>app_12_records</c>, <c>app_12_table_meisai</c>, <c>app_12_attachments</c>, <c>app_12_files</c>, <c>app_12_comments</c>. It holds the app's id and
/// not its name, and a table's code as <see cref="AsciiName"/> writes it whatever the columns are called, so that an app that is renamed keeps
/// its streams, two tables never meet, and every destination takes the name as it is.
/// </summary>
/// <param name="Table">The last part of a table's stream; null for every other kind.</param>
readonly record struct AppStreamName(long App, AppStreamKind Kind, string? Table = null)
{
    /// <summary>What the strictest destination takes as a table's name.</summary>
    const int MaxLength = 63;

    public static AppStreamName Records(long app) => new(app, AppStreamKind.Records);

    public static AppStreamName Attachments(long app) => new(app, AppStreamKind.Attachments);

    public static AppStreamName Files(long app) => new(app, AppStreamKind.Files);

    public static AppStreamName Comments(long app) => new(app, AppStreamKind.Comments);

    /// <param name="code">The sub-table's field code.</param>
    public static AppStreamName OfTable(long app, string code) => new(app, AppStreamKind.Table, AsciiName.Of(code, MaxLength - TablePrefix(app).Length));

    /// <summary>The stream's name; null for every name that is none of an app's streams.</summary>
    public static AppStreamName? Parse(string stream)
    {
        const string Start = "app_";
        if (!stream.StartsWith(Start, StringComparison.Ordinal) || stream.IndexOf('_', Start.Length) is not (> 0 and var end)
            || !long.TryParse(stream.AsSpan(Start.Length..end), NumberStyles.None, CultureInfo.InvariantCulture, out var app)) return null;
        AppStreamName? name = stream[(end + 1)..] switch
        {
            "records" => Records(app),
            "attachments" => Attachments(app),
            "files" => Files(app),
            "comments" => Comments(app),
            ['t', 'a', 'b', 'l', 'e', '_', _, ..] => new(app, AppStreamKind.Table, stream[TablePrefix(app).Length..]),
            _ => null,
        };
        return name?.ToString() == stream ? name : null;
    }

    /// <summary>The table that the stream is made of; null where the form has none of this name any more.</summary>
    public static FormField? TableOf(AppStreamName stream, Form form) =>
        form.Fields.FirstOrDefault(f => f.Type == FieldType.Subtable && OfTable(stream.App, f.Code) == stream);

    public override string ToString() => Kind switch
    {
        AppStreamKind.Records => string.Create(CultureInfo.InvariantCulture, $"app_{App}_records"),
        AppStreamKind.Attachments => string.Create(CultureInfo.InvariantCulture, $"app_{App}_attachments"),
        AppStreamKind.Files => string.Create(CultureInfo.InvariantCulture, $"app_{App}_files"),
        AppStreamKind.Comments => string.Create(CultureInfo.InvariantCulture, $"app_{App}_comments"),
        _ => TablePrefix(App) + Table,
    };

    static string TablePrefix(long app) => string.Create(CultureInfo.InvariantCulture, $"app_{app}_table_");
}
