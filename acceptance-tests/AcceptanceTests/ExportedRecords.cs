using System.Text.Json;
using System.Text.Json.Nodes;

namespace AcceptanceTests;

/// <summary>
/// The CSV of the command line client: a column per field, those of tables beside them; a record with rows takes a line for
/// each, and the first of them carries an asterisk.
/// </summary>
/// <param name="properties">The form.</param>
sealed class ExportedRecords(JsonObject properties)
{
    const string FirstLine = "*";

    readonly Dictionary<string, string> _tableOf = new(
        from field in properties
        where (string?)field.Value!["type"] == "SUBTABLE"
        from inner in (JsonObject)field.Value!["fields"]!
        select KeyValuePair.Create(inner.Key, field.Key));

    /// <summary>The lines of each record.</summary>
    public IEnumerable<IReadOnlyList<IReadOnlyList<string>>> Group(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var mark = rows[0].ToList().IndexOf(FirstLine);
        var record = new List<IReadOnlyList<string>>();
        foreach (var row in rows.Skip(1))
        {
            if (record.Count > 0 && (mark < 0 || row[mark] == FirstLine))
            {
                yield return record;
                record = [];
            }
            record.Add(row);
        }
        if (record.Count > 0) yield return record;
    }

    public string NumberOf(IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> lines) =>
        lines[0][header.ToList().IndexOf(properties.Single(static field => (string?)field.Value!["type"] == "RECORD_NUMBER").Key)];

    /// <summary>Fails where a cell is not what the record holds.</summary>
    /// <returns>How many cells were compared.</returns>
    public int Compare(IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> lines, JsonElement record)
    {
        var compared = 0;
        for (var column = 0; column < header.Count; column++)
        {
            var code = header[column];
            if (code == FirstLine) continue;
            var field = properties[code];
            if (field is not null && (string?)field["type"] == "SUBTABLE")
            {
                var ids = record.GetProperty(code).EnumerateArray().Select(static row => row.GetProperty("_kintone_row_id").GetRawText()).ToArray();
                Same(code, string.Join(' ', ids), string.Join(' ', lines.Select(line => line[column]).Where(static id => id.Length > 0)));
                continue;
            }
            if (field is not null)
            {
                Same(code, Cell(record.GetProperty(code)), lines[0][column]);
                continue;
            }
            var rows = record.GetProperty(_tableOf[code]).EnumerateArray().ToArray();
            // A record with two tables has the lines of one after those of the other.
            var idColumn = header.ToList().IndexOf(_tableOf[code]);
            foreach (var (row, line) in rows.Zip(lines.Where(line => line[idColumn].Length > 0)))
                Same($"{_tableOf[code]}[].{code}", Cell(row.GetProperty(code)), line[column]);
        }
        return compared;

        void Same(string at, string ours, string theirs)
        {
            Assert.True(ours == theirs, $"{at} of record {record.GetProperty("_kintone_id")}: the client exports {theirs}, we have {ours}");
            compared++;
        }
    }

    /// <summary>A value as it stands in a cell: lists by line, people by code, files by name, times without seconds.</summary>
    static string Cell(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.Array => string.Join('\n', value.EnumerateArray().Select(Cell)),
        JsonValueKind.Object => value.TryGetProperty("code", out var code) ? code.GetString()! : value.GetProperty("name").GetString()!,
        JsonValueKind.String when TimeOnly.TryParseExact(value.GetString(), "HH:mm:ss", out _) => value.GetString()![..5],
        JsonValueKind.String => value.GetString()!,
        _ => value.GetRawText(),
    };
}
