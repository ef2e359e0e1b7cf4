using System.Text.Json;

namespace KintoneSource.Reading.Transcoding;

/// <summary>
/// Where the values of a record's wanted fields stand in its page, and above them those of the row in hand. A property we rely on that comes twice has
/// no one meaning: such a page is refused.
/// </summary>
/// <param name="absent">Is told what each record and row has; null where nobody asks.</param>
sealed class ModelFields(AbsentFields? absent)
{
    readonly Dictionary<int, ModelSpan> _renamed = []; // cells that only their type tells, by field
    ModelSpan[] _spans = new ModelSpan[64];

    public ModelSpan this[int place] => _spans[place];

    /// <summary>A place above all that was read.</summary>
    public int Free => _spans.Length;

    /// <summary>From the start of <c>{code: {type, value}, …}</c> to its end.</summary>
    /// <param name="origin">Where in the page the reader began.</param>
    /// <param name="bottom">The place of the first of the fields.</param>
    public void Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> page, int origin, WantedFields fields, int bottom)
    {
        if (_spans.Length < bottom + fields.Count) Array.Resize(ref _spans, Math.Max(bottom + fields.Count, 2 * _spans.Length));
        _spans.AsSpan(bottom, fields.Count).Clear();
        _renamed.Clear(); // of a record before, which may have been refused halfway
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = JsonName.Find(fields, reader);
            if (field >= 0 && _spans[bottom + field] != default) throw Twice(reader, page, origin);
            reader.Read();
            if (field >= 0) _spans[bottom + field] = ValueOf(ref reader, page, origin);
            else if (!fields.MayBeRenamed) reader.Skip();
            else NoteRenamed(ref reader, page, origin, fields);
        }
        foreach (var (field, span) in _renamed)
            if (_spans[bottom + field] == default) _spans[bottom + field] = span; // its own code goes first
        absent?.Note<ModelSpan>(fields, _spans.AsSpan(bottom, fields.Count));
    }

    /// <summary>From the start of <c>{id, value: {code: {type, value}, …}}</c> to its end; false where it is something else.</summary>
    public bool TryReadRow(ref Utf8JsonReader reader, ReadOnlySpan<byte> page, int origin, WantedFields fields, int bottom, out ModelSpan id)
    {
        id = default;
        ModelSpan value = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isId, isValue) = (JsonName.Equals(reader, "id"u8), JsonName.Equals(reader, "value"u8));
            if ((isId && id != default) || (isValue && value != default)) throw Twice(reader, page, origin);
            reader.Read();
            var span = ModelSpan.Pass(ref reader, origin);
            if (isId) id = span;
            if (isValue) value = span;
        }

        var row = value.ReaderIn(page);
        if (row.TokenType != JsonTokenType.StartObject) return false;
        Read(ref row, page, value.Start, fields, bottom);
        return true;
    }

    /// <summary>A cell under a code that nobody wants: its type may say whose it is. Two of one type have no one meaning.</summary>
    void NoteRenamed(ref Utf8JsonReader reader, ReadOnlySpan<byte> page, int origin, WantedFields fields)
    {
        var cell = reader;
        reader.Skip();
        var field = JsonName.FindByType(fields, cell);
        if (field >= 0 && !_renamed.TryAdd(field, ValueOf(ref cell, page, origin))) _renamed[field] = ModelSpan.Odd;
    }

    /// <summary>From the start of <c>{type, value}</c> to its end.</summary>
    static ModelSpan ValueOf(ref Utf8JsonReader reader, ReadOnlySpan<byte> page, int origin)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return ModelSpan.Odd;
        }
        var value = ModelSpan.NoValue;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isValue = JsonName.Equals(reader, "value"u8);
            if (isValue && value != ModelSpan.NoValue) throw Twice(reader, page, origin);
            reader.Read();
            var span = ModelSpan.Pass(ref reader, origin);
            if (isValue) value = span;
        }
        return value;
    }

    static MalformedPageException Twice(in Utf8JsonReader reader, ReadOnlySpan<byte> page, int origin) =>
        new("a property comes twice", origin + reader.TokenStartIndex, page.Length);
}
