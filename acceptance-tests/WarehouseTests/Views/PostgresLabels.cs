using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace WarehouseTests.Views;

/// <summary>A PostgreSQL database, its tables as the platform's destination makes them: lists and objects are jsonb.</summary>
sealed class PostgresLabels(PostgresServer server) : LabelDatabase(server.Open())
{
    public override void Load(string stream, JsonObject schema, IReadOnlyList<JsonObject> rows)
    {
        var columns = ColumnType.Properties(schema).Select(static p => $"{Quoted(p.Key)} {TypeOf(p.Value!)}").Append("_airbyte_extracted_at timestamptz");
        Execute($"DROP TABLE IF EXISTS {Quoted(stream)} CASCADE; CREATE TABLE {Quoted(stream)} ({string.Join(", ", columns)})");
        using var command = new NpgsqlCommand($"INSERT INTO {Quoted(stream)} SELECT * FROM jsonb_populate_recordset(NULL::{Quoted(stream)}, $1)",
            (NpgsqlConnection)Connection);
        command.Parameters.Add(new() { Value = $"[{string.Join(',', rows.Select(static r => r.ToJsonString()))}]", NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.ExecuteNonQuery();
    }

    static string TypeOf(JsonNode schema) => (((JsonArray)schema["type"]!).Select(static t => (string)t!).Single(static t => t != "null"),
        (string?)schema["format"]) switch
    {
        ("string", "date") => "date",
        ("string", "time") => "time",
        ("string", "date-time") => "timestamptz",
        ("string", _) => "text",
        ("integer", _) => "bigint",
        ("number", _) => "numeric",
        ("boolean", _) => "boolean",
        _ => "jsonb",
    };

    public override void MakeViews() => Execute(Script("postgresql.sql", @"\b{0} \w+ := "));

    public override string? Comment(string view, string column) => Rows(
        $"SELECT col_description(attrelid, attnum) FROM pg_attribute WHERE attrelid = '{Name(view).Replace("'", "''", StringComparison.Ordinal)}'::regclass "
            + $"AND attname = '{column.Replace("'", "''", StringComparison.Ordinal)}'")[0][0];
}
