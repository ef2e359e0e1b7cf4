using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace KintoneSource.Certification;

/// <summary>The records that the suite's app begins with: some hundred, with every type of value, sub-tables, files and comments.</summary>
static class Filling
{
    public const int Records = 340;

    public static async Task FillAsync(Surroundings kintone, TestApp app)
    {
        var ids = await app.AddAllAsync([.. await RecordsAsync(kintone, app)]);
        foreach (var id in ids.Take(3))
            for (var n = 1; n <= 2; n++)
                await app.CommentAsync(id, $"comment {n}\nof a record");
        foreach (var id in ids.Skip(5).Take(2))
            await app.ActAsync(id, $"to {app.States[1]}");
    }

    static async Task<IReadOnlyList<JsonObject>> RecordsAsync(Surroundings kintone, TestApp app)
    {
        var records = new List<JsonObject>();
        for (var n = 1; n <= Records; n++)
        {
            var values = Values(n, kintone.Settings.Username);
            if (n <= 3)
            {
                values[TestForm.Files] = new JsonArray(await FileAsync(app, $"文書 {n}.txt"), await FileAsync(app, "same name.txt"));
                values[TestForm.Table]![0]!["value"]!["写真"]!["value"] = new JsonArray(await FileAsync(app, $"{n}.txt"));
            }
            // Some as an import brings them, with times of the past.
            records.Add(app.WithTime(values, n % 4 == 0 ? Session.LongAgo.AddMinutes(n) : null));
        }
        return records;
    }

    public static JsonObject Values(int n, string user) => new()
    {
        [TestForm.Key] = $"record {n}",
        [TestForm.Text] = n % 5 == 0 ? "" : $"text {n} 日本語 \"quoted\" \\ 🙂",
        ["備考"] = n % 3 == 0 ? "" : $"first line {n}\nsecond\tline",
        ["rich"] = $"<b>{n}</b><br />text",
        [TestForm.Number] = n % 7 == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{n - 170}.25"),
        [TestForm.Choice] = (n % 4) switch { 0 => "A", 1 => "B", 2 => "C", _ => null },
        ["radio"] = n % 2 == 0 ? "yes" : "no",
        ["ticks"] = n % 3 == 0 ? [] : new JsonArray("one", "three"),
        ["many"] = new JsonArray(n % 2 == 0 ? "x" : "y"),
        ["day"] = n % 6 == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"2024-02-{(n % 28) + 1:00}"),
        ["clock"] = n % 6 == 1 ? null : string.Create(CultureInfo.InvariantCulture, $"{n % 24:00}:{n % 60:00}"),
        ["moment"] = n % 6 == 2 ? "" : "2024-05-01T01:02:00Z",
        ["link"] = "https://example.org/",
        ["people"] = n % 9 == 0 ? [] : new JsonArray(new JsonObject { ["code"] = user }),
        [TestForm.Secret] = $"secret {n}",
        [TestForm.Lookup] = (n % 3) switch { 0 => "bolt", 1 => "nut", _ => "" },
        [TestForm.Table] = n > 3 && n % 4 == 0 ? [] : new JsonArray(Row($"item {n}", "A"), Row("", null)),
    };

    static JsonObject Row(string item, string? choice) => new()
    {
        ["value"] = new JsonObject
        {
            ["品名"] = new JsonObject { ["value"] = item },
            ["数量"] = new JsonObject { ["value"] = item.Length > 0 ? "3" : "" },
            ["区分"] = new JsonObject { ["value"] = choice },
            ["写真"] = new JsonObject { ["value"] = new JsonArray() },
        },
    };

    static async Task<JsonNode> FileAsync(TestApp app, string name) =>
        new JsonObject { ["fileKey"] = await app.UploadAsync(name, Encoding.UTF8.GetBytes($"content of {name}")) };
}
