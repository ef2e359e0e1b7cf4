using System.Globalization;
using System.Text.Json.Nodes;

namespace KintoneSource.Certification;

/// <summary>The suite's own app, and the one that its look-up looks in. All writing goes here.</summary>
public sealed class TestApp
{
    public const string Name = "source-kintone certification";
    public const string ProductsName = "source-kintone certification (products)";
    public const string FinishedName = "source-kintone certification, finished: please delete";

    static readonly string[] s_states = ["Open", "Doing", "Done"];

    readonly Surroundings _kintone;
    readonly Dictionary<string, string> _codes = [];

    TestApp(Surroundings kintone, long id, long products) => (_kintone, Id, Products) = (kintone, id, products);

    public long Id { get; }

    public long Products { get; }

    KintoneClient Main => _kintone.Main;

    /// <summary>The code of a system field in this domain's language, by its type.</summary>
    public string Code(string type) => _codes[type];

    public IReadOnlyDictionary<string, string> Codes => _codes;

    /// <summary>The state that records begin in, as it is called now.</summary>
    public IReadOnlyList<string> States { get; private set; } = s_states;

    /// <summary>Makes both apps.</summary>
    /// <exception cref="CertificationException">There are some of that name already, or Kintone refuses.</exception>
    public static async Task<TestApp> MakeAsync(Surroundings kintone)
    {
        ArgumentNullException.ThrowIfNull(kintone);
        var known = (await kintone.Main.GetAsync("/k/v1/apps.json", ("name", Name))).Must("Looking for apps of the suite's name")["apps"]!.AsArray();
        if (known.Any(static app => (string?)app!["name"] is Name or ProductsName))
            throw new CertificationException(
                $"The domain already has an app called \"{Name}\", perhaps of a run that was cut off. Delete it there (and \"{ProductsName}\"), or let the "
                    + $"other run end.");
        var products = await CreateAsync(kintone.Main, ProductsName);
        await AddFieldsAsync(kintone.Main, products, TestForm.Products);
        await DeployAsync(kintone, products);
        var app = new TestApp(kintone, await CreateAsync(kintone.Main, Name), products);
        await AddFieldsAsync(kintone.Main, app.Id, TestForm.Fields(products));
        await app.SetProcessAsync(s_states);
        await app.DeployAsync();
        await app.LearnCodesAsync();
        await app.FillProductsAsync();
        return app;
    }

    public Task DeployAsync() => DeployAsync(_kintone, Id);

    /// <summary>The process, each state leading to the next.</summary>
    /// <param name="names">As they are called from now on.</param>
    public async Task SetProcessAsync(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var states = new JsonObject(States.Zip(names, static (old, name) => (old, name))
            .Select(static (state, index) => KeyValuePair.Create(state.old, (JsonNode?)new JsonObject
            {
                ["name"] = state.name,
                ["index"] = $"{index}",
                ["assignee"] = new JsonObject { ["type"] = "ONE", ["entities"] = new JsonArray() },
            })));
        var actions = new JsonArray([.. names.Zip(names.Skip(1), static (from, to) => new JsonObject { ["name"] = $"to "
            + $"{to}", ["from"] = from, ["to"] = to, ["filterCond"] = "" })]);
        (await Main.PutAsync("/k/v1/preview/app/status.json", new() { ["app"] = Id, ["enable"] = true, ["states"] = states, ["actions"] = actions }))
            .Must("Setting the process");
        States = names;
    }

    /// <summary>Adds a record; without an update time the domain's clock gives it.</summary>
    public async Task<long> AddAsync(JsonObject values, DateTimeOffset? time = null)
    {
        var added = (await Main.PostAsync("/k/v1/record.json", new() { ["app"] = Id, ["record"] = Wrapped(WithTime(values, time)) })).Must("Adding a record");
        return long.Parse((string)added["id"]!, CultureInfo.InvariantCulture);
    }

    /// <summary>Adds records by the hundred.</summary>
    /// <param name="untilFound">Returns once a search finds them all: how long that takes is a fact of its own.</param>
    public async Task<IReadOnlyList<long>> AddAllAsync(IReadOnlyList<JsonObject> records, bool untilFound = true)
    {
        ArgumentNullException.ThrowIfNull(records);
        var ids = new List<long>();
        foreach (var part in records.Chunk(100))
        {
            var added = (await Main.PostAsync("/k/v1/records.json", new()
            {
                ["app"] = Id,
                ["records"] = new JsonArray([.. part.Select(static record => (JsonNode)Wrapped(record))]),
            })).Must("Adding records");
            ids.AddRange(added["ids"]!.AsArray().Select(static id => long.Parse((string)id!, CultureInfo.InvariantCulture)));
        }
        for (var asked = 0; untilFound && asked < 60 && !await AreFoundAsync(ids); asked++)
            await _kintone.Wait(TimeSpan.FromSeconds(5));
        return ids;
    }

    /// <summary>Whether a search finds records, at most 500 that were added one after the other. A count would be of no use: it may count more than is
    /// found.</summary>
    public async Task<bool> AreFoundAsync(IReadOnlyList<long> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return (await IdsAsync($"$id >= {ids[0]} and $id <= {ids[^1]} limit 500")).Count == ids.Count;
    }

    /// <summary>The values with the times of a record that was made and last changed then, as an import gives them.</summary>
    public JsonObject WithTime(JsonObject values, DateTimeOffset? time)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (time is not { } then)
            return values;
        var text = then.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var dated = (JsonObject)values.DeepClone();
        (dated[Code("CREATED_TIME")], dated[Code("UPDATED_TIME")]) = (text, text);
        return dated;
    }

    public async Task<long> EditAsync(long id, JsonObject values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var answer = (await Main.PutAsync("/k/v1/record.json", new() { ["app"] = Id, ["id"] = id, ["record"] = Wrapped(values) })).Must("Editing a record");
        return long.Parse((string)answer["revision"]!, CultureInfo.InvariantCulture);
    }

    public async Task DeleteAsync(IEnumerable<long> ids)
    {
        foreach (var part in ids.Chunk(100))
            (await Main.DeleteAsync("/k/v1/records.json", new() { ["app"] = Id, ["ids"] = new JsonArray([.. part.Select(static id => (JsonNode)id)]) }))
                .Must("Deleting records");
    }

    public async Task CommentAsync(long id, string text) =>
        (await Main.PostAsync("/k/v1/record/comment.json", new() { ["app"] = Id, ["record"] = id, ["comment"] = new JsonObject { ["text"] = text } }))
            .Must("Writing a comment");

    public async Task ActAsync(long id, string action) =>
        (await Main.PutAsync("/k/v1/record/status.json", new() { ["app"] = Id, ["id"] = id, ["action"] = action })).Must("Taking a status action");

    public async Task<string> UploadAsync(string name, byte[] content, string type = "text/plain") =>
        (string)(await Main.UploadAsync("/k/v1/file.json", name, content, type)).Must("Uploading a file")["fileKey"]!;

    public async Task<JsonObject> RecordAsync(long id, KintoneClient? reader = null) =>
        (JsonObject)(await (reader ?? Main).GetAsync("/k/v1/record.json", ("app", $"{Id}"), ("id", $"{id}"))).Must("Reading a record")["record"]!;

    public async Task<string> ValueAsync(long id, string code) => (await RecordAsync(id))[code]?["value"]?.ToString() ?? "";

    public Task<string> UpdatedAsync(long id) => ValueAsync(id, Code("UPDATED_TIME"));

    public Task<KintoneAnswer> QueryAsync(string query, params IEnumerable<(string Name, string Value)> more) =>
        Main.GetAsync("/k/v1/records.json", [("app", $"{Id}"), ("query", query), .. more]);

    /// <summary>The ids that a query finds.</summary>
    public async Task<IReadOnlyList<long>> IdsAsync(string query) =>
        [.. (await QueryAsync(query, ("fields[0]", "$id"))).Must("Searching")["records"]!.AsArray()
            .Select(static record => long.Parse((string)record!["$id"]!["value"]!, CultureInfo.InvariantCulture))];

    /// <summary>All records, as this user sees them.</summary>
    public async Task<IReadOnlyList<JsonObject>> AllAsync()
    {
        var all = new List<JsonObject>();
        for (long last = 0; ;)
        {
            var page = (await QueryAsync($"$id > {last} order by $id asc limit 500")).Must("Reading records")["records"]!.AsArray();
            all.AddRange(page.Select(static record => (JsonObject)record!));
            if (page.Count < 500)
                return all;
            last = long.Parse((string)page[^1]!["$id"]!["value"]!, CultureInfo.InvariantCulture);
        }
    }

    public async Task<JsonObject> FormAsync(KintoneClient? reader = null) =>
        (JsonObject)(await (reader ?? Main).GetAsync("/k/v1/app/form/fields.json", ("app", $"{Id}"))).Must("Reading the form")["properties"]!;

    public async Task ChangeFieldsAsync(JsonObject properties)
    {
        (await Main.PutAsync("/k/v1/preview/app/form/fields.json", new() { ["app"] = Id, ["properties"] = properties })).Must("Changing fields");
        await DeployAsync();
    }

    public async Task AddFieldsAsync(JsonObject properties)
    {
        await AddFieldsAsync(Main, Id, properties);
        await DeployAsync();
    }

    /// <summary>Who may view or edit fields and records; empty lists take all such permissions away.</summary>
    public async Task PermitAsync(string resource, JsonArray rights) =>
        (await Main.PutAsync($"/k/v1/{resource}.json", new() { ["app"] = Id, ["rights"] = rights })).Must("Setting permissions");

    /// <summary>Empties both apps and gives them names that a later run does not mind.</summary>
    public async Task<IReadOnlyList<string>> RemoveAsync()
    {
        await PermitAsync("record/acl", []);
        await PermitAsync("field/acl", []);
        var left = new List<string>();
        foreach (var (app, name) in new[] { (Id, FinishedName), (Products, $"{FinishedName} (products)") })
        {
            for (; ; )
            {
                var ids = (await Main.GetAsync("/k/v1/records.json", ("app", $"{app}"), ("fields[0]", "$id"), ("query", "limit 100")))
                    .Must("Looking for records to delete")["records"]!.AsArray()
                    .Select(static record => (JsonNode)long.Parse((string)record!["$id"]!["value"]!, CultureInfo.InvariantCulture)).ToArray();
                if (ids.Length == 0)
                    break;
                (await Main.DeleteAsync("/k/v1/records.json", new() { ["app"] = app, ["ids"] = new JsonArray(ids) })).Must("Deleting the records");
            }
            (await Main.PutAsync("/k/v1/preview/app/settings.json", new() { ["app"] = app, ["name"] = name })).Must("Renaming the app");
            await DeployAsync(_kintone, app);
            left.Add($"the empty app {app}, now called \"{name}\": no API deletes an app, please do it by hand");
        }
        return left;
    }

    static JsonObject Wrapped(JsonObject values) =>
        new(values.Select(static value => KeyValuePair.Create(value.Key, (JsonNode?)new JsonObject { ["value"] = value.Value?.DeepClone() })));

    static async Task<long> CreateAsync(KintoneClient kintone, string name) =>
        long.Parse((string)(await kintone.PostAsync("/k/v1/preview/app.json", new() { ["name"] = name })).Must("Making an app")["app"]!,
            CultureInfo.InvariantCulture);

    static async Task AddFieldsAsync(KintoneClient kintone, long app, JsonObject fields) =>
        (await kintone.PostAsync("/k/v1/preview/app/form/fields.json", new() { ["app"] = app, ["properties"] = fields.DeepClone() })).Must("Adding fields");

    static async Task DeployAsync(Surroundings kintone, long app)
    {
        (await kintone.Main.PostAsync("/k/v1/preview/app/deploy.json", new() { ["apps"] = new JsonArray(new JsonObject { ["app"] = app }) }))
            .Must("Deploying the app");
        for (var asked = 0; asked < 150; asked++)
        {
            var status = (string?)(await kintone.Main.GetAsync("/k/v1/preview/app/deploy.json", ("apps[0]", $"{app}")))
                .Must("Asking for the deployment")["apps"]![0]!["status"];
            if (status == "SUCCESS")
                return;
            if (status != "PROCESSING")
                throw new CertificationException($"The deployment of the app ended with {status}.");
            await kintone.Wait(TimeSpan.FromSeconds(2));
        }
        throw new CertificationException("The deployment of the app did not end within five minutes.");
    }

    async Task LearnCodesAsync()
    {
        foreach (var (code, field) in await FormAsync())
            _codes.TryAdd((string)field!["type"]!, code);
    }

    async Task FillProductsAsync()
    {
        var records = new[] { ("bolt", "12"), ("nut", "3.5") }.Select(static product => (JsonNode)new JsonObject
        {
            ["name"] = new JsonObject { ["value"] = product.Item1 },
            ["price"] = new JsonObject { ["value"] = product.Item2 },
        });
        (await Main.PostAsync("/k/v1/records.json", new() { ["app"] = Products, ["records"] = new JsonArray([.. records]) })).Must("Adding products");
    }
}
