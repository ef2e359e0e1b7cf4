using System.Text.Json.Nodes;
using DuckDB.NET.Data;

namespace WarehouseTests.Views;

/// <summary>DuckDB.</summary>
/// <param name="hasNestedTypes">Lists and structs are DuckDB's own, as some loaders make them; otherwise JSON, as others do.</param>
/// <param name="file">Where it is kept; in memory unless told otherwise.</param>
sealed class DuckDbLabels(bool hasNestedTypes, string file = ":memory:") : LabelDatabase(Open(file))
{
    static DuckDBConnection Open(string file)
    {
        var connection = new DuckDBConnection($"DataSource={file}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SET TimeZone = 'UTC'";
        command.ExecuteNonQuery();
        return connection;
    }

    public override void Load(string stream, JsonObject schema, IReadOnlyList<JsonObject> rows)
    {
        var columns = ColumnType.Properties(schema).ToDictionary(static p => p.Key, p => TypeOf(p.Value!));
        columns["_airbyte_extracted_at"] = "TIMESTAMPTZ";
        Execute($"CREATE OR REPLACE TABLE {Quoted(stream)} ({string.Join(", ", columns.Select(static c => $"{Quoted(c.Key)} {c.Value}"))})");
        Execute($"CREATE OR REPLACE TEMP TABLE staging ({string.Join(", ", columns.Select(static c => $"{Quoted(c.Key)} VARCHAR"))})");
        using (var appender = ((DuckDBConnection)Connection).CreateAppender("temp", "main", "staging"))
        {
            foreach (var record in rows)
            {
                var row = appender.CreateRow();
                foreach (var (name, _) in columns)
                    row = record[name] is { } value ? row.AppendValue(value is JsonValue scalar && scalar.TryGetValue<string>(out var text) ? text
                        : value.ToJsonString()) : row.AppendNullValue();
                row.EndRow();
            }
        }
        Execute($"INSERT INTO {Quoted(stream)} BY NAME SELECT {string.Join(", ", columns.Select(static c => $"{Quoted(c.Key)}{(c.Value is "VARCHAR" ? "" : c.Value[^1] is ']' or ')' && c.Value[0] != 'D' ? "::JSON" : "")}::{c.Value} AS {Quoted(c.Key)}"))} FROM staging");
    }

    string TypeOf(JsonNode schema)
    {
        if (schema["type"] is JsonArray types && types.Any(static t => (string)t! == "boolean")) return "BOOLEAN";
        var isPlain = schema["type"] is JsonArray plain && !plain.Any(static t => (string)t! is "array" or "object");
        return isPlain || (hasNestedTypes && (schema["items"] is not null || schema["properties"] is not null)) ? ColumnType.Of(schema).Sql : "JSON";
    }

    public override void MakeViews()
    {
        List<string> statements = [];
        using (var command = Connection.CreateCommand())
        {
            command.CommandText = Script("duckdb.sql", "SET VARIABLE {0} = ");
            using var reader = command.ExecuteReader();
            do
                while (reader.Read()) statements.Add(reader.GetString(0));
            while (reader.NextResult());
        }
        foreach (var statement in statements) Execute(statement);
    }

    public override string? Comment(string view, string column) =>
        Rows($"SELECT comment FROM duckdb_columns() WHERE schema_name = 'kintone' AND table_name = '{view.Replace("'", "''", StringComparison.Ordinal)}' "
            + $"AND column_name = '{column.Replace("'", "''", StringComparison.Ordinal)}'")[0][0];
}
