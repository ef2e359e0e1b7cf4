using System.Collections.Immutable;
using System.Text.Json;
using KintoneSource.Kintone.Forms;
using KintoneSource.Protocol;

namespace KintoneSource.Catalog;

/// <summary>
/// What a sync writes for each record: the columns that the catalog selects, with the kinds that it declares (the
/// destination's tables were made from them), filled from the fields that the form has today.
/// </summary>
/// <param name="Columns">In the catalog's order.</param>
/// <param name="UpdatedTime">The code of the update time's field; null when an incremental sync is not possible.</param>
/// <param name="Warnings">What a person should know about the differences; one sentence for each of the few causes.</param>
sealed record StreamColumns(ImmutableArray<Column> Columns, string? UpdatedTime, ImmutableArray<string> Warnings)
{
    /// <summary>What the stream's state is to remember of them, for a runner that passes names alone; null where nothing need be.</summary>
    public RememberedColumns? Remembered { get; init; }

    /// <summary>What a refresh of the schema would rename; null for nothing.</summary>
    public string? Relabelled { get; init; }

    /// <param name="remembered">As the last sync left it.</param>
    /// <exception cref="ConfigurationException">The stream was incremental, and its update time is gone.</exception>
    public static StreamColumns Of(ConfiguredStream stream, Form form, ColumnNames names, bool emitDeletedRecords, RememberedColumns? remembered = null)
    {
        var fresh = names.For(form);
        var kept = KeptColumns.Of(stream, remembered, fresh);
        var columns = Of(stream, form, names.For(form, kept, fresh), names.AreLabels ? fresh : null, emitDeletedRecords);
        return columns with
        {
            Remembered = KeptColumns.ToRemember(stream, columns.Columns, kept, fresh, names.AreLabels),
            Relabelled = KeptColumns.Relabelled(stream, columns.Columns, fresh),
        };
    }

    /// <param name="names">What columns are called in this connection.</param>
    /// <param name="fresh">What a refresh of the schema would call them, where labels do; null where codes do.</param>
    static StreamColumns Of(ConfiguredStream stream, Form form, FormNames names, FormNames? fresh, bool emitDeletedRecords)
    {
        var today = AppColumns.Of(AppStreamName.Parse(stream.Name) ?? AppStreamName.Records(0), form, names, emitDeletedRecords)
            ?? throw new ConfigurationException(
                $"The stream {stream.Name} cannot be read: its sub-table no longer exists in the app, or is no longer visible. Refresh the schema and "
                    + "deselect the stream, or let the credentials see the table again.");
        // A catalog that offers a full refresh alone gets one, whatever its runner asks for; nothing else becomes one unasked.
        if (stream.SyncMode == SyncMode.Incremental && form.UpdatedTime is null && !stream.OffersOnlyFullRefresh)
        {
            throw new ConfigurationException(
                $"The stream {stream.Name} cannot be synced incrementally: Kintone no longer shows a field of the type UPDATED_TIME in the app's form. Let "
                    + "the credentials see that field again, or refresh the schema and sync the stream as a full refresh.");
        }
        if (stream.SelectedColumns is not { } selected) return new(today, form.UpdatedTime?.Code, Unknown(stream, form, today));

        var (gone, retyped, renamed) = (new List<string>(), new List<string>(), new List<Renaming>());
        var fields = form.Fields.SelectMany(static f => f.Fields.Prepend(f)).ToDictionary(static f => f.Code);
        var columns = Join(selected, today, "", fields, fresh, gone, retyped, renamed);
        // A label that stayed while the code changed: the column's name would be the same again.
        var recoded = renamed.Where(static r => r.From == r.To).Select(static r => r.From).ToList();
        return new(columns, form.UpdatedTime?.Code,
        [
            .. Renamings(stream, [.. renamed.Where(static r => r.From != r.To)]),
            .. Differences(stream, recoded, "are probably of fields that have another code now, and are null until the stream is cleared"),
            .. Differences(stream, gone.Except(renamed.Select(static r => r.From)).ToList(),
                "no longer exist in the app or are no longer visible, and are null in every record"),
            .. Differences(stream, retyped, "have another type in the app than in the catalog, and values that do not fit are null"),
            .. Unknown(stream, form, columns),
        ]);
    }

    static ImmutableArray<Column> Join(
        IReadOnlyDictionary<string, JsonElement> selected, ImmutableArray<Column> today, string table,
        IReadOnlyDictionary<string, FormField> fields, FormNames? fresh,
        List<string> gone, List<string> retyped, List<Renaming> renamed)
    {
        var lost = new List<(string Name, ColumnKind Kind, JsonElement Declared)>();
        var now = new Dictionary<string, Column>(StringComparer.Ordinal);
        foreach (var column in today) now.TryAdd(column.Name, column);

        var columns = ImmutableArray.CreateBuilder<Column>(selected.Count);
        foreach (var (name, declared) in selected)
        {
            if (table.Length > 0 && name == Column.RowId) continue;
            var field = now.GetValueOrDefault(name);
            // Columns of our own never change their type, whatever a runner made of the schema.
            var kind = field is { Origin: not (ColumnOrigin.Field or ColumnOrigin.RowField) } ? field.Kind : DeclaredKind.Of(declared, field?.Kind);
            if (field is null && name is not (Column.UpdatedAt or Column.DeletedAt))
            {
                gone.Add(table + name);
                lost.Add((name, kind, declared));
            }
            else if (field is not null && field.Kind != kind) retyped.Add(table + name);
            columns.Add(new(name, field?.Source, kind, kind == ColumnKind.Table ? JoinRows(name, declared, field)
                : [])
            { Origin = field?.Origin ?? ColumnOrigin.Field, CellType = field?.CellType });
        }
        if (lost.Count > 0)
        {
            Column[] come = [.. today.Where(c => !selected.ContainsKey(c.Name) && c.Origin is ColumnOrigin.Field or ColumnOrigin.RowField)];
            foreach (var (from, to) in RenamedColumns.Pair(lost, come, fields, fresh))
                renamed.Add(new(table + from, to.Source!, table + (fresh?.Of(to.Source!) ?? to.Name)));
        }
        return columns.ToImmutable();

        ImmutableArray<Column> JoinRows(string name, JsonElement declared, Column? field)
        {
            var inner = field?.Columns ?? [];
            var rows = DeclaredKind.RowProperties(declared);
            return rows.ValueKind != JsonValueKind.Object ? inner : Join(
                rows.EnumerateObject().DistinctBy(static p => p.Name).ToDictionary(static p => p.Name, static p => p.Value),
                // Inside a table that is gone as a whole, each column would only say so again.
                inner, $"{table}{name}.", fields, fresh, field is { Kind: ColumnKind.Table } ? gone : [], retyped, renamed);
        }
    }

    /// <summary>A column whose field has another code now.</summary>
    /// <param name="Code">The code of today.</param>
    /// <param name="To">What a refresh of the schema would call the column.</param>
    readonly record struct Renaming(string From, string Code, string To);

    static IEnumerable<string> Renamings(ConfiguredStream stream, List<Renaming> fields)
    {
        var app = AppStreamName.Parse(stream.Name)?.App;
        if (fields is [var one])
        {
            yield return $"{stream.Name}: the code of the field {one.From} of app {app} was probably changed to {one.Code}. "
                + "Refresh the schema: the new code has a column of its own, and the old column stays and is null from now on.";
        }
        else if (fields.Count > 1)
        {
            yield return $"{stream.Name}: the codes of fields of app {app} were probably changed: "
                + $"{string.Join(", ", fields.Select(static f => $"that of {f.From} to {f.Code}"))}. "
                + "Refresh the schema: the new codes have columns of their own, and the old columns stay and are null from now on.";
        }
    }

    static IEnumerable<string> Differences(ConfiguredStream stream, List<string> columns, string what)
    {
        if (columns.Count > 0)
            yield return $"{stream.Name}: these columns {what}: {string.Join(", ", columns)}. Refresh the schema to bring the catalog up to date.";
    }

    static ImmutableArray<string> Unknown(ConfiguredStream stream, Form form, ImmutableArray<Column> columns)
    {
        var sources = columns.SelectMany(static c => c.Columns.Prepend(c)).Select(static c => c.Source).ToHashSet();
        var unknown = form.Fields.SelectMany(static f => f.Fields.Prepend(f))
            .Where(f => f.Type == FieldType.Unknown && sources.Contains(f.Code))
            .Select(static f => $"{f.Code} ({f.TypeName})")
            .ToArray();
        return unknown.Length == 0 ? [] :
            [$"{stream.Name}: this version does not know the type of these fields and passes their values on as they are: {string.Join(", ", unknown)}."];
    }
}
