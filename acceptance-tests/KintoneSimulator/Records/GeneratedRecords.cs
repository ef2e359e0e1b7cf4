using System.Text;

namespace KintoneSimulator;

/// <summary>Which ids of a generated app hold a record; a function of the id alone.</summary>
public sealed record IdPattern(string Name, Func<long, bool> Holds)
{
    public static IdPattern Dense { get; } = new("dense", _ => true);

    /// <summary>Only every n-th id.</summary>
    public static IdPattern Every(int n) => new($"every {n}", id => id % n == 0);

    /// <summary>Each id is missing with this probability, drawn from the id and the seed.</summary>
    public static IdPattern Gaps(double share, int seed = 1) => new($"{share:P0} gaps", id => Scatter.Unit(id, seed) >= share);

    /// <summary>Runs of ids that are there and runs that are not, as after mass deletions.</summary>
    public static IdPattern Blocks(int present, int missing) => new($"{present} of {present + missing}", id => (id - 1) % (present + missing) < present);
}

/// <summary>
/// Records of about 1.5 kB of Japanese text with a sub-table of one or two rows, each a function of its id and served from fragments that are
/// encoded once. Times run from 2020 on, a minute per ten ids.
/// </summary>
public sealed class GeneratedRecords : IRecordSource
{
    static readonly DateTimeOffset s_start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    readonly IdPattern _pattern;
    readonly Dictionary<int, Action<long, ByteBuffer>> _writers = [];

    /// <summary>As many records as asked, whatever the gaps between their ids.</summary>
    /// <param name="related">Two more tables and attached files.</param>
    public static GeneratedRecords Of(long count, IdPattern? pattern = null, bool related = false)
    {
        var (last, found) = (0L, 0L);
        var holds = (pattern ??= IdPattern.Dense).Holds;
        while (found < count)
            found += holds(++last) ? 1 : 0;
        return new(last, pattern, related);
    }

    public GeneratedRecords(long maxId, IdPattern? pattern = null, bool related = false)
    {
        (MaxId, _pattern) = (maxId, pattern ?? IdPattern.Dense);
        var fields = FieldDefaults.SystemFields().ToList();
        fields.Add(Text("顧客名", GeneratedText.Customers));
        fields.Add(Text("件名", GeneratedText.Subjects));
        fields.Add(Text("詳細", GeneratedText.Details, "MULTI_LINE_TEXT"));
        fields.Add(Choice("確度", "DROP_DOWN", GeneratedText.Ranks));
        fields.Add(Tags());
        fields.Add(With("金額", "NUMBER", (id, to) => to.Append("\""u8).Append(1000 + (Scatter.Bits(id, 7) % 9_000_000)).Append("\""u8)));
        fields.Add(With("受注日", "DATE", WriteDate));
        fields.Add(With("担当者", "USER_SELECT", WriteUser));
        fields.Add(Table("明細", related ? (6, 0) : (2, 0)));
        if (related)
        {
            fields.Add(Table("履歴", (6, 2), "_2"));
            fields.Add(Table("見積", (6, 4), "_3"));
            fields.Add(With("添付", "FILE", WriteFiles));
        }
        Fields = fields;
    }

    public IReadOnlyList<Field> Fields { get; }

    public long MaxId { get; }

    public bool Holds(long id) => id <= MaxId && _pattern.Holds(id);

    public Entity Creator(long id) => GeneratedText.People[(int)(Scatter.Bits(id, 3) % (uint)GeneratedText.People.Count)];

    public DateTimeOffset Created(long id) => s_start.AddMinutes(id / 10);

    /// <summary>Some were edited later, as records are.</summary>
    public DateTimeOffset Updated(long id) => s_start.AddMinutes((id / 10) + (Scatter.Bits(id, 5) % 5 == 0 ? Scatter.Bits(id, 6) % 20_000 : 0));

    public bool WriteValue(long id, Field field, ByteBuffer to)
    {
        if (!_writers.TryGetValue(field.Uid, out var write))
            return false;
        write(id, to);
        return true;
    }

    Field With(string code, string type, Action<long, ByteBuffer> write, System.Text.Json.Nodes.JsonObject? properties = null)
    {
        var field = Field.Create(code, type, properties);
        _writers[field.Uid] = write;
        return field;
    }

    Field Text(string code, IReadOnlyList<string> texts, string type = "SINGLE_LINE_TEXT") => Fragments(code, type, texts.Select(Json.Encode));

    Field Choice(string code, string type, IReadOnlyList<string> options) =>
        Fragments(code, type, options.Select(Json.Encode), FieldDefaults.Options(options));

    Field Tags() => Fragments("区分", "CHECK_BOX", ["[]"u8.ToArray(), "[\"新規\"]"u8.ToArray(), "[\"新規\",\"重要\"]"u8.ToArray()], FieldDefaults.Options("新規", "重要"));

    Field Fragments(string code, string type, IEnumerable<byte[]> encoded, System.Text.Json.Nodes.JsonObject? properties = null)
    {
        var fragments = encoded.ToArray();
        var salt = code.Length + (type.Length * 31);
        return With(code, type, (id, to) => to.Append(fragments[Scatter.Bits(id, salt) % (uint)fragments.Length]), properties);
    }

    static void WriteDate(long id, ByteBuffer to)
    {
        Span<byte> text = stackalloc byte[12];
        DateOnly.FromDayNumber(738_000 + (int)(Scatter.Bits(id, 8) % 1500)).TryFormat(text[1..], out var length, "yyyy-MM-dd",
            System.Globalization.CultureInfo.InvariantCulture);
        text[0] = text[length + 1] = (byte)'"';
        to.Append(text);
    }

    static void WriteUser(long id, ByteBuffer to) => to.Append(GeneratedText.PeopleJson[(int)(Scatter.Bits(id, 9) % (uint)GeneratedText.PeopleJson.Count)]);

    /// <summary>One or two rows a record. Their ids follow each other, with room for those of the app's other tables in between.</summary>
    /// <param name="numbers">How many row ids a record may take in all tables, and how many of them come before this one's.</param>
    Field Table(string code, (int Stride, int Before) numbers, string suffix = "")
    {
        var table = Field.Create(code, "SUBTABLE", null,
            [Field.Create($"商品名{suffix}", "SINGLE_LINE_TEXT"), Field.Create($"数量{suffix}", "NUMBER"), Field.Create($"単価{suffix}", "NUMBER")]);
        byte[][] rows = [.. GeneratedText.Products.SelectMany(product => Enumerable.Range(1, 8).Select(quantity => Encoding.UTF8.GetBytes(
            $"\"value\":{{\"商品名{suffix}\":{{\"type\":\"SINGLE_LINE_TEXT\",\"value\":\"{product}\"}},\"数量{suffix}\":{{\"type\":\"NUMBER\",\"value\":\"{quantity}\"}},\"単価{suffix}\":{{\"type\":\"NUMBER\",\"value\":\"{quantity * 1280}\"}}}}}}")))];
        _writers[table.Uid] = (id, to) =>
        {
            var first = (id * numbers.Stride) + numbers.Before;
            to.Append("[{\"id\":\""u8).Append(first).Append("\","u8).Append(rows[Scatter.Bits(id, 10) % (uint)rows.Length]);
            if (id % 2 == 0)
                to.Append(",{\"id\":\""u8).Append(first + 1).Append("\","u8).Append(rows[Scatter.Bits(id, 11) % (uint)rows.Length]);
            to.Append("]"u8);
        };
        return table;
    }

    /// <summary>Every second record has a file.</summary>
    static void WriteFiles(long id, ByteBuffer to)
    {
        to.Append("["u8);
        if (id % 2 == 1)
            to.Append("{\"contentType\":\"application/pdf\",\"fileKey\":\"20260501-"u8).Append(id).Append("\",\"name\":\"見積書-"u8).Append(id)
                .Append(".pdf\",\"size\":\""u8).Append(10_000 + id).Append("\"}"u8);
        to.Append("]"u8);
    }
}

/// <summary>Numbers that look random and depend only on what they are drawn from.</summary>
public static class Scatter
{
    public static uint Bits(long id, int salt)
    {
        unchecked
        {
            var x = (ulong)id + ((ulong)salt * 0x9E3779B97F4A7C15);
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
            return (uint)((x ^ (x >> 31)) >> 16);
        }
    }

    /// <summary>At least 0 and less than 1.</summary>
    public static double Unit(long id, int salt) => Bits(id, salt) / 4294967296.0;
}
