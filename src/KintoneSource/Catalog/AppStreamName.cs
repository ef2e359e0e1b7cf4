using System.Globalization;
using System.Text;
using KintoneSource.Configuration;
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
/// The name of one of an app's streams: <c>app_12_records</c>, <c>app_12_table_meisai</c>, <c>app_12_files</c>, or with the app's name
/// <c>app_12_ankenkanri_records</c>, <c>app_12_ankenkanri_table_meisai</c>. The number alone says which app it is, so that a catalog goes on
/// working when the app is renamed. A table's code is written as <see cref="AsciiName"/> does whatever columns and app are called, so that two tables
/// never meet, and every destination takes the name as it is.
/// </summary>
/// <param name="Table">The last part of a table's stream; null for every other kind.</param>
/// <param name="AppName">As <see cref="AsciiAppName"/>; null where the name does without.</param>
readonly record struct AppStreamName(long App, AppStreamKind Kind, string? Table = null, string? AppName = null)
{
    /// <summary>What the strictest destination takes as a table's name.</summary>
    const int MaxLength = 63;

    /// <summary>More says no more to a reader of a list.</summary>
    const int LongestAppName = 24;

    /// <summary>What a table's code needs beside the app's name: half of it is what tells it from others.</summary>
    const int ShortestTable = 2 * NameSuffix.Length;

    const string TablePart = "table";

    static readonly (AppStreamKind Kind, string Text)[] s_kinds =
        [(AppStreamKind.Records, "records"), (AppStreamKind.Attachments, "attachments"), (AppStreamKind.Files, "files"), (AppStreamKind.Comments, "comments")];

    public static AppStreamName Records(long app) => new(app, AppStreamKind.Records);

    public static AppStreamName Attachments(long app) => new(app, AppStreamKind.Attachments);

    public static AppStreamName Files(long app) => new(app, AppStreamKind.Files);

    public static AppStreamName Comments(long app) => new(app, AppStreamKind.Comments);

    /// <param name="code">The sub-table's field code.</param>
    public static AppStreamName OfTable(long app, string code) =>
        new(app, AppStreamKind.Table, AsciiName.Of(code, MaxLength - Start(app).Length - TablePart.Length - 1));

    /// <summary>The same stream with the app's name in it, where that has a letter or digit to show.</summary>
    /// <param name="code">The sub-table's field code where it is a table's: its room depends on the number alone, so that it is found again under any
    /// name.</param>
    public AppStreamName Named(StreamNaming naming, string appName, string? code = null)
    {
        if (naming == StreamNaming.Id || AsciiAppName(appName, RoomOfName(App)) is not { Length: > 0 } name) return this;
        return this with { AppName = name, Table = code is null ? null : AsciiName.Of(code, RoomOfTable(App)) };
    }

    /// <summary>The stream's name; null for every name that is none of an app's streams.</summary>
    public static AppStreamName? Parse(string stream)
    {
        const string Prefix = "app_";
        if (!stream.StartsWith(Prefix, StringComparison.Ordinal) || stream.IndexOf('_', Prefix.Length) is not (> 0 and var end)
            || !long.TryParse(stream.AsSpan(Prefix.Length..end), NumberStyles.None, CultureInfo.InvariantCulture, out var app)) return null;
        var name = ParseRest(app, stream[(end + 1)..]);
        return name?.ToString() == stream ? name : null;
    }

    /// <summary>No app's name has a part that is called as a table's begins: the first one tells the two apart, and where there is none the last part
    /// is the kind.</summary>
    static AppStreamName? ParseRest(long app, string rest)
    {
        var table = rest.StartsWith($"{TablePart}_", StringComparison.Ordinal) ? 0 : rest.IndexOf($"_{TablePart}_", StringComparison.Ordinal) + 1;
        if (table > 0 || rest.StartsWith($"{TablePart}_", StringComparison.Ordinal))
        {
            var code = rest[(table + TablePart.Length + 1)..];
            return code.Length > 0 && NameIn(rest, table) is { IsGood: true } of ? new(app, AppStreamKind.Table, code, of.Name) : null;
        }
        var last = rest.LastIndexOf('_') + 1;
        foreach (var (kind, text) in s_kinds)
            if (rest[last..] == text) return NameIn(rest, last) is { IsGood: true } of ? new(app, kind, null, of.Name) : null;
        return null;
    }

    static (bool IsGood, string? Name) NameIn(string rest, int end) => end == 0 ? (true, null)
        : rest[..(end - 1)] is { Length: > 0 } name && name == AsciiAppName(name, MaxLength) ? (true, name) : (false, null);

    /// <summary>The table that the stream is made of; null where the form has none of this name any more.</summary>
    public static FormField? TableOf(AppStreamName stream, Form form) =>
        form.Fields.FirstOrDefault(f => f.Type == FieldType.Subtable
            && (stream.AppName is null ? OfTable(stream.App, f.Code).Table : AsciiName.Of(f.Code, RoomOfTable(stream.App))) == stream.Table);

    /// <summary>
    /// Letters, digits and single underscores between them, Japanese by its readings, other characters left out: for people, and so without
    /// what would make it unlike every other name. A part <c>table</c> would be read as the beginning of a sub-table's and is <c>tables</c>.
    /// </summary>
    static string AsciiAppName(string appName, int maxLength)
    {
        var name = new StringBuilder();
        foreach (var part in AsciiName.Words(appName))
        {
            var word = part == TablePart ? "tables" : part;
            var room = maxLength - name.Length - (name.Length > 0 ? 1 : 0);
            if (room <= 0) break;
            if (name.Length > 0) name.Append('_');
            word = word[..Math.Min(room, word.Length)];
            name.Append(word == TablePart ? "tab" : word);
        }
        return name.ToString();
    }

    static int RoomOfName(long app) => Math.Min(LongestAppName, MaxLength - Start(app).Length - 1 - TablePart.Length - 1 - ShortestTable);

    static int RoomOfTable(long app) => MaxLength - Start(app).Length - RoomOfName(app) - 1 - TablePart.Length - 1;

    public override string ToString()
    {
        var kind = Kind;
        var part = kind == AppStreamKind.Table ? $"{TablePart}_{Table}" : Array.Find(s_kinds, k => k.Kind == kind).Text;
        return $"{Start(App)}{(AppName is null ? "" : $"{AppName}_")}{part}";
    }

    static string Start(long app) => string.Create(CultureInfo.InvariantCulture, $"app_{app}_");
}
