using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
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

    /// <summary>The greatest revision that arrived behind the last tombstone, then the last to arrive.</summary>
    ByRevision,
}

/// <summary>
/// A destination: puts a stream's records into a typed DuckDB table as the warehouses' destinations do. The rules are
/// theirs, also where they are harsh: of rows with equal cursor and emission <see cref="AnyOfEqual"/> one is kept.
/// </summary>
sealed class Warehouse : IDisposable
{
    readonly DuckDBConnection _connection = new("DataSource=:memory:");
    readonly Dictionary<string, Table> _tables = [];
    long _sequence;

    public Warehouse()
    {
        _connection.Open();
        Execute("SET threads = 1; SET TimeZone = 'UTC'");
    }

    /// <summary>Which of equally new rows wins is the destination's whim: the first (false) or the last (true).</summary>
    public bool AnyOfEqual { get; init; }

    public Newest Newest { get; init; }

    /// <summary>Makes the stream's table, or changes its columns to those of a new catalog.</summary>
    public void Prepare(string stream, JsonObject schema, string? cursor, DestinationMode mode)
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
                if (!table.Columns.TryGetValue(name, out var before) || before.Type != type) Execute($"ALTER TABLE {stream} ADD COLUMN {ColumnType.Name(name)} {type.Sql}");
        }
        _tables[stream] = new(columns, cursor, mode);
    }

    /// <summary>Takes records in the order of their lines, and merges them.</summary>
    public void Load(string stream, IReadOnlyCollection<RecordMessage> records, long generation)
    {
        if (records.Count == 0) return;
        var table = _tables[stream];
        Execute($"CREATE OR REPLACE TABLE staging ({string.Concat(table.Columns.Keys.Select(static c => $"{ColumnType.Name(c)} VARCHAR, "))}_emitted BIGINT, _sequence BIGINT)");
        using (var appender = _connection.CreateAppender("staging"))
        {
            foreach (var record in records)
            {
                if (record.Changed.FirstOrDefault(name => record.Data.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null) is { } kept)
                    throw new InvalidOperationException($"{stream}: meta.changes says that {kept} was nulled, and it is not null.");
                foreach (var member in record.Data.EnumerateObject())
                    if (!table.Columns.ContainsKey(member.Name)) throw new InvalidOperationException($"{stream}: the record has a column {member.Name} that the schema does not declare.");
                var row = appender.CreateRow();
                foreach (var (name, (_, schema)) in table.Columns)
                    row = record.Data.TryGetProperty(name, out var value) && ColumnType.Text(value, schema) is { } text ? row.AppendValue(text) : row.AppendNullValue();
                row.AppendValue(record.EmittedAt).AppendValue(++_sequence).EndRow();
            }
        }
        Execute($"INSERT INTO {stream} BY NAME SELECT {Casts(table.Columns.Select(static c => (c.Key, c.Value.Type)))}, _emitted, {generation} AS _generation, _sequence FROM staging");
        if (table.Mode == DestinationMode.AppendDedup) Execute($"DELETE FROM {stream} WHERE rowid NOT IN ({Current(stream)})");
    }

    /// <summary>The stream is complete: what is older than the wanted generation goes.</summary>
    public void Complete(string stream, long minimumGeneration) =>
        Execute($"DELETE FROM {stream} WHERE _generation < {minimumGeneration}");

    public void Remove(string stream, IEnumerable<long> ids) =>
        Execute($"DELETE FROM {stream} WHERE _kintone_id IN ({string.Join(", ", ids.Append(0))})");

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
        var isSeen = table.Mode == DestinationMode.Append ? $" WHERE rowid IN ({Current(stream)})" : "";
        var actual = Texts($"SELECT {names} FROM {stream}{isSeen}");
        var right = Texts($"SELECT {Casts(compared)} FROM staging");
        differences.AddRange(Without(actual, right).Select(static row => $"in the table:     {row}"));
        differences.AddRange(Without(right, actual).Select(static row => $"should be there:  {row}"));
        return [.. differences.Order(StringComparer.Ordinal).Take(12)];
    }

    /// <summary>Two equal rows are two.</summary>
    static List<string> Without(List<string> rows, List<string> others)
    {
        var left = others.CountBy(static row => row).ToDictionary();
        return [.. rows.Where(row => left.TryGetValue(row, out var count) && count > 0 ? (left[row] = count - 1) < 0 : true)];
    }

    /// <summary>One column of the rows that are there, by key.</summary>
    public IReadOnlyList<string> Column(string stream, string column) =>
        Texts($"SELECT {ColumnType.Name(column)} FROM {stream} WHERE rowid IN ({Current(stream)}) ORDER BY _kintone_id");

    /// <summary>The rows that are there. A generation is replaced as a whole, so the newest of a key is sought in each by itself:
    /// a row of the old one, whatever time it carries, must not hide that of the one that is being loaded.</summary>
    string Current(string stream)
    {
        var table = _tables[stream];
        var cursor = table.Cursor is { } name ? $"{ColumnType.Name(name)} DESC NULLS LAST, " : "";
        var isThere = table.Columns.ContainsKey("_ab_cdc_deleted_at") ? "_ab_cdc_deleted_at IS NULL" : "true";
        var ranked = Newest switch
        {
            Newest.ByArrival => $"SELECT rowid AS _row, *, row_number() OVER (PARTITION BY _generation, _kintone_id ORDER BY _sequence DESC) AS _rank FROM {stream}",
            // A tombstone has no revision: it ends whatever arrived before it.
            Newest.ByRevision => $"SELECT *, row_number() OVER (PARTITION BY _generation, _kintone_id ORDER BY _ended DESC, _kintone_revision DESC NULLS LAST, _sequence DESC) AS _rank "
                + $"FROM (SELECT rowid AS _row, *, count(*) FILTER (NOT ({isThere})) OVER (PARTITION BY _generation, _kintone_id ORDER BY _sequence) AS _ended FROM {stream})",
            _ => $"SELECT rowid AS _row, *, row_number() OVER (PARTITION BY _generation, _kintone_id ORDER BY {cursor}_emitted DESC, _sequence {(AnyOfEqual ? "DESC" : "ASC")}) AS _rank FROM {stream}",
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

    sealed record Table(IReadOnlyDictionary<string, (ColumnType Type, JsonNode? Schema)> Columns, string? Cursor, DestinationMode Mode);
}
