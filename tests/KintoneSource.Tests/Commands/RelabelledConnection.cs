using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Tests.Simulation;
using Microsoft.Extensions.Time.Testing;

namespace KintoneSource.Tests.Commands;

/// <summary>What a platform leaves of the catalog that discover wrote.</summary>
public enum Platform
{
    KeepsEverything,
    PassesNamesAndTypes,
    PassesNoColumns,
}

/// <summary>An app whose fields hold texts that say which field it is.</summary>
sealed class RelabelledForm(App app, int seed)
{
    static readonly string[] s_labels = ["会社名", "備考", "金額", " 金額", "ＮＡＭＥ", "name", "", "_kintone_id", "担当者"];

    readonly Random _dice = new(seed);
    readonly Dictionary<string, (string Code, bool IsRecoded, bool IsInTable)> _fields = [];
    int _added;

    /// <summary>The texts that a sync should bring: once for a field of the record, twice for one of the table.</summary>
    public IEnumerable<string> Live => _fields.SelectMany(static f => f.Value.IsInTable ? (string[])[$"row {f.Key}", $"nested {f.Key}"] : [f.Key]);

    public string CodeOf(string token) => _fields[Bare(token)].Code;

    public bool HasItsFirstCode(string token) => _fields.TryGetValue(Bare(token), out var field) && !field.IsRecoded;

    static string Bare(string token) => token[token.IndexOf("field ", StringComparison.Ordinal)..];

    public void Add(string code, string label, bool inTable = false)
    {
        var field = Field.Create(code, "SINGLE_LINE_TEXT", new() { ["label"] = label });
        if (!inTable) app.AddField(field);
        else if (app.Form.Field("items") is { } table) app.AddField(table with { Fields = [.. table.Fields, field] });
        else app.AddTable("items", field);
        _fields.Add($"field {code}", (code, false, inTable));
        Fill();
    }

    public void Relabel(string code, string label)
    {
        app.ChangeField(code, new() { ["label"] = label });
        Fill();
    }

    public void Recode(string code, string newCode)
    {
        app.RenameField(code, newCode);
        var (token, field) = _fields.Single(f => f.Value.Code == code);
        _fields[token] = field with { Code = newCode, IsRecoded = true };
        Fill();
    }

    public void Change()
    {
        for (var i = _dice.Next(4); i >= 0; i--)
        {
            var (token, field) = _fields.ElementAt(_dice.Next(_fields.Count));
            switch (_dice.Next(8))
            {
                case 0 or 1: Add($"文字列__1行__{++_added}", Label(), inTable: _dice.Next(2) == 0); break;
                case 2: Recode(field.Code, $"code{++_added}"); break;
                case 3 when _fields.Count(f => f.Value.IsInTable == field.IsInTable) > 1:
                    app.RemoveField(field.Code);
                    _fields.Remove(token);
                    break;
                case 4: app.ChangeField("items", new() { ["label"] = Label() }); break;
                default: Relabel(field.Code, Label()); break;
            }
        }
        Fill();
    }

    string Label() => s_labels[_dice.Next(s_labels.Length)];

    /// <summary>The record is edited, with what each field should show.</summary>
    public void Fill()
    {
        var values = new JsonObject();
        foreach (var (token, field) in _fields.Where(static f => !f.Value.IsInTable)) values[field.Code] = token;
        var row = new JsonObject(_fields.Where(static f => f.Value.IsInTable).Select(static f => KeyValuePair.Create(f.Value.Code, (JsonNode?)f.Key)));
        values["items"] = new JsonArray(new JsonObject { ["value"] = row });
        if (app.Records.Find(1) is null) app.Add(values, app.Domain.Now, app.Domain.Now);
        else app.Edit(1, values);
    }
}

/// <summary>An app, and what a platform keeps of its connection.</summary>
sealed class RelabelledConnection : IDisposable
{
    public const string Records = "app_12_records", Rows = "app_12_table_items";

    readonly Simulator _simulator = new(new() { Time = InProcess.Clock() });
    readonly Dictionary<string, string> _states = [];
    readonly string _config;

    public RelabelledConnection(int seed)
    {
        _simulator.Domain.AddUser("admin", "secret");
        _config = Config(seed % 2 == 0 ? "label" : "label_ascii");
        Form = new(_simulator.Domain.AddApp("注文", id: 12), seed);
        Form.Add("r", "会社名", inTable: true);
        Form.Add("a", "会社名");
        Form.Add("b", "備考");
    }

    public RelabelledForm Form { get; }

    static string Config(string columnNames) => TestConfig.Of(TestConfig.Password("admin", "secret"), TestConfig.Listed(12), columnNames);

    public async Task<string> DiscoverAsync(string? columnNames = null) =>
        (await _simulator.DiscoverAsync(columnNames is null ? _config : Config(columnNames)))
            .Configure(static s => s is Records or Rows or "app_fields", incremental: true);

    public async Task<Run> ReadAsync(string catalog)
    {
        ((FakeTimeProvider)_simulator.Options.Time).Advance(TimeSpan.FromMinutes(20));
        Form.Fill();
        var run = await _simulator.ReadAsync(_config, catalog, $"[{string.Join(',', _states.Values)}]");
        Assert.True(run.ExitCode == 0, run.Output);
        foreach (var state in run.Of("STATE", "state"))
            _states[state.GetProperty("stream").GetProperty("stream_descriptor").GetProperty("name").GetString()!] = state.GetRawText();
        return run;
    }

    public void Clear() => _states.Clear();

    /// <summary>The catalog as the connector gets it back.</summary>
    public string Passed(Platform platform, string catalog)
    {
        if (platform == Platform.KeepsEverything) return catalog;
        var json = JsonNode.Parse(catalog)!;
        foreach (var stream in json["streams"]!.AsArray())
        {
            if (platform == Platform.PassesNoColumns) stream!["stream"]!["json_schema"] = new JsonObject();
            else Strip(stream!["stream"]!["json_schema"]!["properties"]!.AsObject());
        }
        return json.ToJsonString();

        static void Strip(JsonObject properties)
        {
            foreach (var (_, column) in properties)
            {
                column!.AsObject().Remove("title");
                column.AsObject().Remove("description");
                if (column["items"] is JsonObject items && items["properties"] is JsonObject inner) Strip(inner);
            }
        }
    }

    public void Dispose() => _simulator.Dispose();
}
