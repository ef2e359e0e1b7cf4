using System.Runtime.CompilerServices;
using KintoneSource.Catalog;
using static KintoneSource.Reading.Transcoding.PrintedJson;

namespace KintoneSource.Reading.Transcoding;

/// <summary>Where a value stands in the page, by what the kind of its column needs to know.</summary>
/// <param name="Start">0 for a field that is not there, <see cref="Null"/> for one that is null. For a table, the first row's place.</param>
/// <param name="Length">For a table or a list of files, how many there are.</param>
readonly record struct Slot(int Start, int Length)
{
    public const int Null = -1;
}

/// <summary>
/// Finds the values of a record that is printed as Kintone prints it: no white space, <c>"type"</c> before
/// <c>"value"</c>, values that fit their columns. Every byte it passes is checked; whatever looks otherwise
/// is left to <see cref="ModelTranscoder"/>, be it unusual or wrong. Positions are taken and returned as in
/// <see cref="PrintedJson"/>.
/// </summary>
sealed class PrintedRecordScanner(FieldPlan plan)
{
    Slot[] _slots = new Slot[256];
    int _top;

    public ReadOnlySpan<Slot> Slots => _slots;

    /// <summary>The id of the record that <see cref="Record"/> read last.</summary>
    public long Id { get; private set; }

    /// <summary>From the brace that opens a record to behind the one that closes it.</summary>
    public int Record(ReadOnlySpan<byte> page, int at)
    {
        _top = 0;
        NewSlots(plan.FieldCount);
        at = Fields(page, at, plan, 0);
        return at < 0 || _slots[WantedFields.IdField].Start <= 0 || !TryReadId(page) ? Otherwise : at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    bool TryReadId(ReadOnlySpan<byte> page)
    {
        Id = Number(page, _slots[WantedFields.IdField]);
        return Id > 0;
    }

    /// <summary>The digits of a number above zero; 0 for everything else, which is left to the model.</summary>
    public static long Number(ReadOnlySpan<byte> page, Slot slot)
    {
        if (slot.Start <= 0 || slot.Length > 18) return 0;
        var number = 0L;
        foreach (var digit in page.Slice(slot.Start, slot.Length))
        {
            if ((uint)(digit - '0') > 9) return 0;
            number = (10 * number) + (digit - '0');
        }
        return number;
    }

    int NewSlots(int count)
    {
        var bottom = _top;
        _top += count;
        if (_top > _slots.Length) Array.Resize(ref _slots, Math.Max(_top, 2 * _slots.Length));
        _slots.AsSpan(bottom, count).Clear();
        return bottom;
    }

    /// <summary>From the brace that opens <c>{code: {type, value}, …}</c> to behind the one that closes it.</summary>
    int Fields(ReadOnlySpan<byte> page, int at, FieldPlan fields, int bottom)
    {
        if (At(page, at) != '{') return Otherwise;
        if (At(page, at + 1) == '}') return at + 2;
        Field? before = null;
        var expected = fields.First;
        while (true)
        {
            at++; // behind the brace or the comma
            var field = expected;
            if (field is not null && Matches(page, at, field.Header))
            {
                at += field.Header.Length;
            }
            else
            {
                var start = at;
                at = Header(page, at, out var codeEnd);
                if (at < 0) return Otherwise;
                field = fields.Learn(page[(start + 1)..codeEnd], page[start..at]);
                if (before is null) fields.First = field;
                else before.Next = field;
            }

            at = field.Index < 0 ? Any(page, at, 0) : Value(page, at, field, bottom + field.Index);
            if (at < 0 || At(page, at) != '}') return Otherwise;
            at++;
            if (At(page, at) != ',') return At(page, at) == '}' ? at + 1 : Otherwise;
            before = field;
            expected = field.Next;
        }
    }

    /// <summary>From the quote that opens a code to the first byte of its value: <c>"code":{"type":"T","value":</c>.</summary>
    static int Header(ReadOnlySpan<byte> page, int at, out int codeEnd)
    {
        codeEnd = 0;
        var end = PlainString(page, at);
        if (end < 0) return Otherwise;
        codeEnd = end - 1;
        if (!page[end..].StartsWith(":{\"type\":"u8)) return Otherwise;
        end = PlainString(page, end + ":{\"type\":".Length);
        return end >= 0 && page[end..].StartsWith(",\"value\":"u8) ? end + ",\"value\":".Length : Otherwise;
    }

    int Value(ReadOnlySpan<byte> page, int at, Field field, int slot)
    {
        if (_slots[slot].Start != 0) return Otherwise; // twice
        if (At(page, at) == 'n')
        {
            _slots[slot] = new(Slot.Null, 0);
            return page[at..].StartsWith("null"u8) ? at + 4 : Otherwise;
        }
        var end = field.Kind switch
        {
            ColumnKind.Text => String(page, at),
            ColumnKind.Number or ColumnKind.Integer or ColumnKind.Date or ColumnKind.Time or ColumnKind.Timestamp =>
                Scalar(page, at, field.Kind.GetValueOrDefault(), slot),
            ColumnKind.TextList => TextList(page, at),
            ColumnKind.Entity => Entity(page, at),
            ColumnKind.EntityList => EntityList(page, at),
            ColumnKind.FileList => FileList(page, at, slot),
            ColumnKind.Table => Table(page, at, field.Rows!, slot),
            ColumnKind.Any => Any(page, at, 0),
            _ => Otherwise,
        };
        if (_slots[slot].Start == 0) _slots[slot] = new(at, end - at); // as it stands there
        return end;
    }

    /// <summary>A number without its quotes, or a date or time with them.</summary>
    int Scalar(ReadOnlySpan<byte> page, int at, ColumnKind kind, int slot)
    {
        var end = String(page, at);
        if (end < 0) return Otherwise;
        var text = page[(at + 1)..(end - 1)];
        if (text.IsEmpty)
        {
            _slots[slot] = new(Slot.Null, 0);
            return end;
        }
        bool fits;
        switch (kind)
        {
            case ColumnKind.Number or ColumnKind.Integer:
                fits = kind == ColumnKind.Number ? TextShape.IsNumber(text) : TextShape.IsInteger(text);
                _slots[slot] = new(at + 1, text.Length);
                break;
            case ColumnKind.Date:
                fits = TextShape.IsDate(text);
                break;
            case ColumnKind.Time:
                fits = TextShape.IsTime(text);
                break;
            default:
                fits = TextShape.IsTimestamp(text);
                break;
        }
        return fits ? end : Otherwise;
    }

    /// <summary>How many slots a file takes: its properties in the order that Kintone sends.</summary>
    public const int SlotsPerFile = 4;

    int FileList(ReadOnlySpan<byte> page, int at, int slot)
    {
        if (At(page, at) != '[') return Otherwise;
        var (first, count) = (_top, 0);
        _slots[slot] = new(first, count);
        if (At(page, at + 1) == ']') return at + 2;
        do
        {
            var file = NewSlots(SlotsPerFile);
            count++;
            at = PropertyInto(file, page, at + 1, "{\"contentType\":"u8);
            if (at >= 0) at = PropertyInto(file + 1, page, at, ",\"fileKey\":"u8);
            if (at >= 0) at = PropertyInto(file + 2, page, at, ",\"name\":"u8);
            if (at < 0 || !page[at..].StartsWith(",\"size\":"u8)) return Otherwise;
            at = Scalar(page, at + ",\"size\":".Length, ColumnKind.Integer, file + 3);
            if (at < 0 || At(page, at) != '}') return Otherwise;
            at++;
        }
        while (At(page, at) == ',');
        _slots[slot] = new(first, count);
        return At(page, at) == ']' ? at + 1 : Otherwise;
    }

    int PropertyInto(int slot, ReadOnlySpan<byte> page, int at, ReadOnlySpan<byte> label)
    {
        var end = Property(page, at, label);
        _slots[slot] = new(at + label.Length, end - at - label.Length);
        return end;
    }

    /// <summary>What stands in front of a row's fields among its slots: where the next row begins, and the row's id.</summary>
    public const int RowHead = 2;

    int Table(ReadOnlySpan<byte> page, int at, FieldPlan rows, int slot)
    {
        if (At(page, at) != '[') return Otherwise;
        var (first, before, count) = (_top, Otherwise, 0);
        _slots[slot] = new(first, count);
        if (At(page, at + 1) == ']') return at + 2;
        do
        {
            var row = NewSlots(RowHead + rows.FieldCount);
            if (before >= 0) _slots[before] = new(row, 0);
            (before, count) = (row, count + 1);
            if (!page[(at + 1)..].StartsWith("{\"id\":"u8)) return Otherwise;
            at = Scalar(page, at + 1 + "{\"id\":".Length, ColumnKind.Integer, row + 1);
            if (at < 0 || !page[at..].StartsWith(",\"value\":"u8)) return Otherwise;
            at = Fields(page, at + ",\"value\":".Length, rows, row + RowHead);
            if (at < 0 || At(page, at) != '}') return Otherwise;
            at++;
        }
        while (At(page, at) == ',');
        _slots[slot] = new(first, count);
        return At(page, at) == ']' ? at + 1 : Otherwise;
    }
}
