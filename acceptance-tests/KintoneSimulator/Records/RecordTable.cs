using System.Text.Json;
using KintoneSimulator.Query;

namespace KintoneSimulator;

/// <summary>The records of an app: those of a source, if there is one, under the records that were saved since. Not thread-safe by itself.</summary>
public sealed class RecordTable
{
    readonly RecordIndex _index;
    readonly Dictionary<long, StoredRecord> _stored = [];

    public RecordTable(IRecordSource? source = null)
    {
        Source = source;
        LastId = source?.MaxId ?? 0;
        _index = source is null ? new() : new(source.MaxId, source.Holds, id => WholeMinutes.Of(source.Updated(id)));
    }

    public IRecordSource? Source { get; }

    /// <summary>The records that a REFERENCE_TABLE of a record shows.</summary>
    public Func<Field, RecordView, IReadOnlyList<IFieldValues>>? Related { get; set; }

    /// <summary>Where to write how a change is taken back, while anybody may want that.</summary>
    internal Func<List<Action>?>? Undo { get; set; }

    public long Count => _index.Count;

    /// <summary>The highest id that was ever given; ids are not used again.</summary>
    public long LastId { get; private set; }

    public bool Holds(long id) => _index.Holds(id);

    /// <summary>The record if it was saved since the source was made.</summary>
    public StoredRecord? Stored(long id) => _stored.GetValueOrDefault(id);

    public DateTimeOffset Updated(long id) => Stored(id)?.Updated ?? Source!.Updated(id);

    /// <summary>The whole record; null when there is none.</summary>
    public StoredRecord? Find(long id)
    {
        if (!Holds(id))
            return null;
        if (Stored(id) is { } stored)
            return stored;
        var cells = new Dictionary<int, Cell>();
        foreach (var field in Source!.Fields)
            if (FromSource(id, field) is { } cell)
                cells[field.Uid] = cell;
        return new(id, 1, Source.Creator(id), Source.Creator(id), Source.Created(id), Source.Updated(id), cells);
    }

    public void Save(StoredRecord record)
    {
        RememberToUndo(record.Id);
        _stored[record.Id] = record;
        _index.Add(record.Id, WholeMinutes.Of(record.Updated));
        LastId = Math.Max(LastId, record.Id);
    }

    public bool Remove(long id)
    {
        RememberToUndo(id);
        _stored.Remove(id);
        return _index.Remove(id);
    }

    /// <summary>A field's value with its default when the record has none.</summary>
    public JsonElement Value(long id, Field field, Form form)
    {
        var value = Cell(id, field).Value;
        if (value.ValueKind != JsonValueKind.Undefined)
            return value;
        return field.Type == FieldType.Status && form.States.Count > 0
            ? Json.Element(form.States[0])
            : Json.Parse(field.EmptyValue);
    }

    public Cell Cell(long id, Field field) =>
        Stored(id) is { } stored ? stored.Cells.GetValueOrDefault(field.Uid)
        : Source is null ? default : FromSource(id, field) ?? default;

    public long CountWhere(Func<RecordRange, Verdict> judge, Func<long, bool> matches) => _index.CountWhere(judge, matches);

    public void Visit(Func<RecordRange, Verdict> judge, Func<long, bool> matches, bool descending, Func<long, bool> visit) =>
        _index.Visit(judge, matches, descending, visit);

    void RememberToUndo(long id)
    {
        if (Undo?.Invoke() is not { } undo)
            return;
        var before = Find(id);
        undo.Add(before is null ? () => Remove(id) : () => Save(before));
    }

    Cell? FromSource(long id, Field field)
    {
        using var bytes = new ByteBuffer(256);
        return Source!.WriteValue(id, field, bytes) ? CellReader.Read(field, Json.Parse(bytes.Span), id => id ?? 0) : null;
    }
}
