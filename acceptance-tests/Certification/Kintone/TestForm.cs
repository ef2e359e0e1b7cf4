using System.Text.Json.Nodes;

namespace KintoneSource.Certification;

/// <summary>The form of the suite's own app: every type of field.</summary>
static class TestForm
{
    public const string Key = "key";
    public const string Text = "text";
    public const string Number = "amount";
    public const string Choice = "rank";
    public const string Secret = "secret";
    public const string Files = "files";
    public const string Table = "明細";
    public const string Lookup = "product";

    public static JsonObject Fields(long products) => new()
    {
        [Key] = Field("SINGLE_LINE_TEXT", Key, new() { ["unique"] = true }),
        [Text] = Field("SINGLE_LINE_TEXT", Text),
        ["備考"] = Field("MULTI_LINE_TEXT", "備考"),
        ["rich"] = Field("RICH_TEXT", "rich"),
        [Number] = Field("NUMBER", Number),
        ["doubled"] = Field("CALC", "doubled", new() { ["expression"] = $"{Number} * 2", ["format"] = "NUMBER" }),
        [Choice] = Field("DROP_DOWN", Choice, Options("A", "B", "C")),
        ["radio"] = Field("RADIO_BUTTON", "radio", Options("yes", "no")),
        ["ticks"] = Field("CHECK_BOX", "ticks", Options("one", "two", "three")),
        ["many"] = Field("MULTI_SELECT", "many", Options("x", "y")),
        ["day"] = Field("DATE", "day"),
        ["clock"] = Field("TIME", "clock"),
        ["moment"] = Field("DATETIME", "moment"),
        ["link"] = Field("LINK", "link", new() { ["protocol"] = "WEB" }),
        ["people"] = Field("USER_SELECT", "people"),
        ["units"] = Field("ORGANIZATION_SELECT", "units"),
        ["circles"] = Field("GROUP_SELECT", "circles"),
        [Files] = Field("FILE", Files),
        [Secret] = Field("SINGLE_LINE_TEXT", Secret),
        ["copied"] = Field("NUMBER", "copied"),
        [Lookup] = Field("SINGLE_LINE_TEXT", Lookup, new()
        {
            ["lookup"] = new JsonObject
            {
                ["relatedApp"] = new JsonObject { ["app"] = products },
                ["relatedKeyField"] = "name",
                ["fieldMappings"] = new JsonArray(new JsonObject { ["field"] = "copied", ["relatedField"] = "price" }),
                ["lookupPickerFields"] = new JsonArray(),
                ["filterCond"] = "",
                ["sort"] = "",
            },
        }),
        ["related"] = Field("REFERENCE_TABLE", "related", new()
        {
            ["referenceTable"] = new JsonObject
            {
                ["relatedApp"] = new JsonObject { ["app"] = products },
                ["condition"] = new JsonObject { ["field"] = Lookup, ["relatedField"] = "name" },
                ["displayFields"] = new JsonArray("price"),
            },
        }),
        [Table] = Field("SUBTABLE", Table, new()
        {
            ["fields"] = new JsonObject
            {
                ["品名"] = Field("SINGLE_LINE_TEXT", "品名"),
                ["数量"] = Field("NUMBER", "数量"),
                ["区分"] = Field("DROP_DOWN", "区分", Options("A", "B")),
                ["写真"] = Field("FILE", "写真"),
            },
        }),
    };

    public static JsonObject Products { get; } = new()
    {
        ["name"] = Field("SINGLE_LINE_TEXT", "name", new() { ["unique"] = true }),
        ["price"] = Field("NUMBER", "price"),
    };

    /// <summary>Choices by what they are called so far, and what each is called from now on.</summary>
    public static JsonObject Options(params IEnumerable<(string Choice, string Label)> choices) => new()
    {
        ["options"] = new JsonObject(choices.Select(static (choice, index) =>
            KeyValuePair.Create(choice.Choice, (JsonNode?)new JsonObject { ["label"] = choice.Label, ["index"] = $"{index}" }))),
    };

    public static JsonObject Field(string type, string code, JsonObject? more = null)
    {
        var field = new JsonObject { ["type"] = type, ["code"] = code, ["label"] = code };
        foreach (var (name, value) in more ?? [])
            field[name] = value?.DeepClone();
        return field;
    }

    static JsonObject Options(params IEnumerable<string> choices) => Options(choices.Select(static choice => (choice, choice)));
}
