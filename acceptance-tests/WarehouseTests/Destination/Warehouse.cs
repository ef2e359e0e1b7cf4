using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;

namespace WarehouseTests;

enum DestinationMode
{
    /// <summary>Every delivered record is a row.</summary>
    Append,

    /// <summary>One row per key: the newest by cursor, then by emission; none where the newest says that it was deleted.</summary>
    AppendDedup,

    /// <summary>The rows of generations before the wanted one go when the sync is complete.</summary>
    Overwrite,
}

/// <summary>Which of a key's rows a reader takes for the newest.</summary>
enum Newest
{
    /// <summary>The greatest cursor, then the last emitted.</summary>
    ByCursor,

    /// <summary>The last to arrive.</summary>
    ByArrival,

    /// <summary>The greatest revision that arrived behind the last tombstone without one, then the last to arrive.</summary>
    ByRevision,
}

/// <summary>How a table's readers find the rows that are there.</summary>
/// <param name="AnyOfEqual">Which of equally new rows wins is the destination's whim: the first (false) or the last (true).</param>
readonly record struct Reading(Newest Newest, bool AnyOfEqual = false);

/// <summary>
/// A destination: puts a stream's records into a typed DuckDB table as the warehouses' destinations do. The rules are
/// theirs, also where they are harsh: of rows with equal cursor and emission any one is kept, see <see cref="Reading"/>.
/// </summary>
sealed partial class Warehouse : IDisposable
{
    readonly DuckDBConnection _connection = new("DataSource=:memory:");
    readonly Dictionary<string, Table> _tables = [];
    readonly IReadOnlyList<Reading> _readings;
    long _sequence;

    /// <param name="readings">All of them are compared; rows are merged by the first.</param>
    public Warehouse(params IReadOnlyList<Reading> readings)
    {
        _readings = readings;
        _connection.Open();
        Execute("SET threads = 1; SET TimeZone = 'UTC'");
    }

    /// <summary>Makes the stream's table, or changes its columns to those of a new catalog.</summary>
    /// <param name="key">The columns of its primary key; the record's id unless told otherwise.</param>
    public void Prepare(string stream, JsonObject schema, string? cursor, DestinationMode mode, IReadOnlyList<string>? key = null)
    {
        var columns = ColumnType.Properties(schema).ToDictionary(static p => p.Key, static p => (Type: ColumnType.Of(p.Value), Schema: p.Value));
        if (!_tables.TryGetValue(stream, out var table))
        {
            var own = string.Concat(columns.Select(static c => $"{ColumnType.Name(c.Key)} {c.Value.Type.Sql}, "));
            Execute($"CREATE TABLE {stream} ({own}_emitted BIGINT, _generation BIGINT, _sequence BIGINT)");
        }
        else
        {
            foreach (var (name, (type, _)) in table.Columns)
                if (!columns.TryGetValue(name, out var now) || now.Type != type) Execute($"ALTER TABLE {stream} DROP COLUMN {ColumnType.Name(name)}");
            foreach (var (name, (type, _)) in columns)
                if (!table.Columns.TryGetValue(name, out var before)
                    || before.Type != type) Execute($"ALTER TABLE {stream} ADD COLUMN {ColumnType.Name(name)} {type.Sql}");
        }
        _tables[stream] = new(columns, cursor, mode,
            string.Join(", ", (key ?? ["_kintone_id"]).Select(ColumnType.Name)))
        { Oldest = table?.Oldest ?? long.MaxValue };
    }

    /// <summary>Takes records in the order of their lines, and merges them.</summary>
    public void Load(string stream, IReadOnlyCollection<RecordMessage> records, long generation)
    {
        if (records.Count == 0) return;
        var table = _tables[stream];
        Execute($"CREATE OR REPLACE TABLE staging ({string.Concat(table.Columns.Keys.Select(static c => $"{ColumnType.Name(c)} VARCHAR, "))}_emitted "
            + $"BIGINT, _sequence BIGINT)");
        using (var appender = _connection.CreateAppender("staging"))
        {
            foreach (var record in records)
            {
                if (record.Changed.FirstOrDefault(name => record.Data.TryGetProperty(name, out var value)
                    && value.ValueKind != JsonValueKind.Null) is { } kept)
                    throw new InvalidOperationException($"{stream}: meta.changes says that {kept} was nulled, and it is not null.");
                foreach (var member in record.Data.EnumerateObject())
                    if (!table.Columns.ContainsKey(member.Name)) throw new InvalidOperationException(
                        $"{stream}: the record has a column {member.Name} that the schema does not declare.");
                var row = appender.CreateRow();
                foreach (var (name, (_, schema)) in table.Columns)
                    row = record.Data.TryGetProperty(name, out var value) && ColumnType.Text(value, schema) is { } text ? row.AppendValue(text)
                        : row.AppendNullValue();
                row.AppendValue(record.EmittedAt).AppendValue(++_sequence).EndRow();
            }
        }
        Execute($"INSERT INTO {stream} BY NAME SELECT {Casts(table.Columns.Select(static c => (c.Key, c.Value.Type)))}, _emitted, {generation} AS "
            + $"_generation, _sequence FROM staging");
        if (table.Mode == DestinationMode.AppendDedup) Execute($"DELETE FROM {stream} WHERE rowid NOT IN ({Current(stream, _readings[0])})");
        table.Oldest = Math.Min(table.Oldest, generation);
    }

    /// <summary>The stream is complete: what is older than the wanted generation goes.</summary>
    public void Complete(string stream, long minimumGeneration)
    {
        var table = _tables[stream];
        if (table.Oldest >= minimumGeneration) return;
        Execute($"DELETE FROM {stream} WHERE _generation < {minimumGeneration}");
        table.Oldest = minimumGeneration;
    }

    /// <param name="keys">The numbers of each key, with commas between them.</param>
    public void Remove(string stream, IReadOnlyCollection<string> keys)
    {
        if (keys.Count > 0) Execute($"DELETE FROM {stream} WHERE ({_tables[stream].Key}) IN ({string.Join(", ", keys.Select(static k => $"({k})"))})");
    }

    /// <summary>Rows, tombstones and all.</summary>
    public long Rows(string stream) => Scalar($"SELECT count(*) FROM {stream}");

    /// <summary>What differs between the stream's table, as a reader sees it, and what it should be; empty where nothing does.</summary>
    /// <param name="without">Columns that are not compared.</param>
    public IReadOnlyList<string> Differences(string stream, ExpectedTable expected, IReadOnlySet<string> without)
    {
        var table = _tables[stream];
        List<string> differences = [.. table.Columns.Where(c => !without.Contains(c.Key))
            .Select(c => $"{c.Key} {c.Value.Type.Sql}")
            .Except(expected.Columns.Where(c => !without.Contains(c.Name)).Select(static c => $"{c.Name} {c.Type.Sql}"))
            .Select(static c => $"unexpected column {c}")];
        differences.AddRange(expected.Columns.Where(c => !without.Contains(c.Name)).Select(static c => $"{c.Name} {c.Type.Sql}")
            .Except(table.Columns.Select(static c => $"{c.Key} {c.Value.Type.Sql}")).Select(static c => $"missing column {c}"));
        if (differences.Count > 0) return differences;

        (string Name, ColumnType Type)[] compared = [.. expected.Columns.Where(c => !without.Contains(c.Name))];
        Execute($"CREATE OR REPLACE TABLE staging ({string.Join(", ", compared.Select(static c => $"{ColumnType.Name(c.Name)} VARCHAR"))})");
        using (var appender = _connection.CreateAppender("staging"))
        {
            foreach (var cells in expected.Rows)
            {
                var row = appender.CreateRow();
                foreach (var (name, _) in compared)
                    row = cells[name] is { } text ? row.AppendValue(text) : row.AppendNullValue();
                row.EndRow();
            }
        }
        var names = string.Join(", ", compared.Select(static c => ColumnType.Name(c.Name)));
        var right = Comparable($"SELECT {Casts(compared)} FROM staging");
        foreach (var reading in _readings)
        {
            var actual = Comparable($"SELECT {names} FROM "
                + $"{stream}{(table.Mode == DestinationMode.Append ? $" WHERE rowid IN ({Current(stream, reading)})" : "")}");
            string[] rows = [.. Without(actual, right).Select(static row => $"in the table:     {row}"),
                .. Without(right, actual).Select(static row => $"should be there:  {row}")];
            differences.AddRange(rows.Order(StringComparer.Ordinal).Take(12)
                .Select(row => $"{reading.Newest}, {(table.Mode == DestinationMode.Append ? "everything kept" : "merged")}: {row}"));
            if (table.Mode != DestinationMode.Append) break; // only what is there is left: all read the same
        }
        return differences;
    }

    /// <summary>Kintone may give another key for a file in every answer: what the simulator then puts behind it does not count.</summary>
    List<string> Comparable(string sql) => [.. Texts(sql).Select(static row => FileKey().Replace(row, "$1"))];

    [GeneratedRegex(@"(key-\d+)\.\d+")]
    private static partial Regex FileKey();

    /// <summary>Two equal rows are two.</summary>
    static List<string> Without(List<string> rows, List<string> others)
    {
        var left = others.CountBy(static row => row).ToDictionary();
        return [.. rows.Where(row => left.TryGetValue(row, out var count) && count > 0 ? (left[row] = count - 1) < 0 : true)];
    }

    /// <summary>One column of the rows that are there, by key.</summary>
    public IReadOnlyList<string> Column(string stream, string column) =>
        Texts($"SELECT {ColumnType.Name(column)} FROM {stream} WHERE rowid IN ({Current(stream, _readings[0])}) ORDER BY {_tables[stream].Key}");

    /// <summary>The rows that are there. A generation is replaced as a whole, so the newest of a key is sought in each by itself:
    /// a row of the old one, whatever time it carries, must not hide that of the one that is being loaded.</summary>
    string Current(string stream, Reading reading)
    {
        var table = _tables[stream];
        var cursor = table.Cursor is { } name ? $"{ColumnType.Name(name)} DESC NULLS LAST, " : "";
        var isThere = table.Columns.ContainsKey("_ab_cdc_deleted_at") ? "_ab_cdc_deleted_at IS NULL" : "true";
        var ofKey = $"PARTITION BY _generation, {table.Key}";
        var ranked = reading.Newest switch
        {
            Newest.ByArrival => $"SELECT rowid AS _row, *, row_number() OVER ({ofKey} ORDER BY _sequence DESC) AS _rank FROM {stream}",
            // A record's tombstone has no revision: it ends whatever arrived before it. That of a row which went with an edit has the edit's.
            Newest.ByRevision => $"SELECT *, row_number() OVER ({ofKey} ORDER BY _ended DESC, _kintone_revision DESC NULLS LAST, _sequence DESC) AS _rank "
                + $"FROM (SELECT rowid AS _row, *, count(*) FILTER (NOT ({isThere}) AND _kintone_revision IS NULL) OVER ({ofKey} ORDER BY _sequence) AS "
                + $"_ended FROM {stream})",
            _ => $"SELECT rowid AS _row, *, row_number() OVER ({ofKey} ORDER BY {cursor}_emitted DESC, _sequence {(reading.AnyOfEqual ? "DESC" : "ASC")}) "
                + $"AS _rank FROM {stream}",
        };
        return $"SELECT _row FROM ({ranked}) WHERE _rank = 1 AND {isThere}";
    }

    static string Casts(IEnumerable<(string Name, ColumnType Type)> columns) => string.Join(", ", columns.Select(static c =>
        $"{ColumnType.Name(c.Name)}{(c.Type.IsNested ? "::JSON" : "")}::{c.Type.Sql} AS {ColumnType.Name(c.Name)}"));

    void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    long Scalar(string sql) => long.Parse(Texts(sql).Single(), CultureInfo.InvariantCulture);

    List<string> Texts(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = $"SELECT COLUMNS(*)::VARCHAR FROM ({sql})";
        using var reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
            rows.Add(string.Join(" | ", Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "∅" : reader.GetString(i))));
        return rows;
    }

    public void Dispose() { _connection.Dispose(); }

    /// <param name="Key">The columns of the primary key, as SQL.</param>
    sealed record Table(IReadOnlyDictionary<string, (ColumnType Type, JsonNode? Schema)> Columns, string? Cursor, DestinationMode Mode, string Key)
    {
        /// <summary>No row is of an older generation.</summary>
        public long Oldest { get; set; }
    }
}
