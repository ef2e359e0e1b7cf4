using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace KintoneSource.Catalog;

/// <summary>
/// What ties the columns that a connection has to fields, whatever those are called today. The catalog's own word comes first: a column's
/// title and description, which are the field's code and type. Runners that pass names alone drop them; for them the stream's state remembers what the columns
/// held (docs/decisions/0021).
/// </summary>
static partial class KeptColumns
{
    [GeneratedRegex("^[A-Z][A-Z_]+$", RegexOptions.CultureInvariant)]
    static partial Regex TypeName { get; }

    /// <summary>Names by the codes of their fields.</summary>
    /// <param name="remembered">The same from the stream's state; null where it says nothing.</param>
    /// <param name="fresh">What a new connection would call them.</param>
    public static ImmutableDictionary<string, string> Of(ConfiguredStream stream, RememberedColumns? remembered, FormNames fresh)
    {
        var declared = Columns(stream).ToArray();
        var kept = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, column) in declared)
            if (CodeOf(column) is { } code) kept.TryAdd(code, name);
        if (remembered is null) return kept.ToImmutable();

        var listed = declared.Select(static c => c.Name).ToHashSet(StringComparer.Ordinal);
        var (described, before) = (kept.Values.ToHashSet(StringComparer.Ordinal), remembered.Names.Values.ToHashSet(StringComparer.Ordinal));
        foreach (var (code, name) in remembered.Names)
        {
            // The catalog has got a column since that the field is called by today: it was refreshed, and the old name is free.
            var isRefreshed = fresh.Has(code) && fresh.Of(code) is var now && now != name && listed.Contains(now) && !before.Contains(now);
            if (!isRefreshed && !described.Contains(name)) kept.TryAdd(code, name);
        }
        return kept.ToImmutable();
    }

    /// <summary>
    /// What the state is to remember: every column of which the catalog's own word does not say what it holds, with those whose fields are
    /// gone, which nothing else may fill. Names from codes need not be remembered.
    /// </summary>
    public static RememberedColumns? ToRemember(
        ConfiguredStream stream, ImmutableArray<Column> columns, IReadOnlyDictionary<string, string> kept, FormNames fresh, bool areLabels)
    {
        var described = Columns(stream).Select(static c => CodeOf(c.Declared)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var delivered = Flat(columns).ToArray();
        var (all, gone) = (delivered.Select(static c => c.Name).ToHashSet(StringComparer.Ordinal), kept.Where(k => !fresh.Has(k.Key)));
        return RememberedColumns.Of(
            delivered.Where(static c => c.Source is not null).Select(static c => KeyValuePair.Create(c.Source!, c.Name))
                .Where(c => areLabels || fresh.Of(c.Key) != c.Value)
                .Concat(gone.Where(k => stream.SelectedColumns is null || all.Contains(k.Value)))
                .Where(c => !described.Contains(c.Key)).DistinctBy(static c => c.Key));
    }

    /// <summary>What is to be said of columns that labels would call otherwise today; null for nothing.</summary>
    public static string? Relabelled(ConfiguredStream stream, ImmutableArray<Column> columns, FormNames fresh)
    {
        string[] renamed =
        [
            .. from column in Flat(columns)
               where column.Source is { } code && fresh.Of(code) != column.Name
               select $"{column.Name} would be {fresh.Of(column.Source!)}",
        ];
        return renamed.Length == 0 ? null
            : $"{stream.Name}: columns keep the names that this connection has, though they would have others in a new one. "
              + $"After a refresh of the schema {string.Join(", ", renamed)}.";
    }

    /// <summary>Columns of fields, those of tables' rows too, but for ours.</summary>
    static IEnumerable<Column> Flat(ImmutableArray<Column> columns) =>
        columns.SelectMany(static c => c.Columns.Prepend(c))
            .Where(static c => c.Origin is ColumnOrigin.Field or ColumnOrigin.RowField && !ColumnNames.IsReserved(c.Name));

    /// <summary>The code that a column's title is; null where it is missing, or the description is no type of a field.</summary>
    static string? CodeOf(JsonElement column) => Text(column, "description") is { } type && TypeName.IsMatch(type) ? Text(column, "title") : null;

    static string? Text(JsonElement column, string name) =>
        column.ValueKind == JsonValueKind.Object && column.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()
            : null;

    /// <summary>The columns that the catalog lists, those of tables' rows too, but for ours.</summary>
    static IEnumerable<(string Name, JsonElement Declared)> Columns(ConfiguredStream stream) =>
        from column in stream.SelectedColumns ?? ImmutableDictionary<string, JsonElement>.Empty
        from each in Rows(column.Value).Prepend((column.Key, column.Value))
        where !ColumnNames.IsReserved(each.Item1)
        select each;

    // What people and files consist of has no fields behind it, and is no name of a column.
    static IEnumerable<(string, JsonElement)> Rows(JsonElement table) =>
        DeclaredKind.RowProperties(table) is { ValueKind: JsonValueKind.Object } rows && rows.TryGetProperty(Column.RowId, out _)
            ? rows.EnumerateObject().Select(static p => (p.Name, p.Value)) : [];
}
