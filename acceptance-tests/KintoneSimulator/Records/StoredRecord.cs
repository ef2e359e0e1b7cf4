using System.Text.Json;

namespace KintoneSimulator;

/// <summary>The value of one field: JSON, or the rows of a table.</summary>
public readonly record struct Cell(JsonElement Value, IReadOnlyList<TableRow>? Rows = null);

/// <param name="Cells">By the identity of the table's field.</param>
public sealed record TableRow(long Id, IReadOnlyDictionary<int, Cell> Cells);

/// <summary>A record as it was saved; immutable, an edit makes another. Times have whole minutes.</summary>
/// <param name="Cells">By the identity of the field; system fields are not among them.</param>
public sealed record StoredRecord(
    long Id, long Revision, Entity Creator, Entity Modifier, DateTimeOffset Created, DateTimeOffset Updated, IReadOnlyDictionary<int, Cell> Cells)
{
    /// <summary>The record as it was last rendered whole; an answer for many requests.</summary>
    internal RenderedRecord? Rendered { get; set; }
}

sealed record RenderedRecord(Form Form, IdPlaces Places, byte[] Json);

/// <summary>
/// Records that are a function of their id, so that ten million of them need no memory and no time to make. The functions must always give the
/// same answer.
/// </summary>
public interface IRecordSource
{
    /// <summary>The fields that it has values for; the app's form starts with them.</summary>
    IReadOnlyList<Field> Fields { get; }

    /// <summary>No id is above it.</summary>
    long MaxId { get; }

    bool Holds(long id);

    Entity Creator(long id);

    DateTimeOffset Created(long id);

    /// <summary>In whole minutes.</summary>
    DateTimeOffset Updated(long id);

    /// <summary>Writes the value of a top-level field that is not a system field, as JSON; false when it has none.</summary>
    bool WriteValue(long id, Field field, ByteBuffer to);
}
