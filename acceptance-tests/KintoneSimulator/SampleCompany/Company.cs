using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace KintoneSimulator.Sample;

/// <summary>What the sample's apps share: the domain being filled, its people, and the forms of values.</summary>
sealed class Company(Domain domain, IReadOnlyList<User> staff, IReadOnlyList<Organization> organizations, IReadOnlyList<Group> groups)
{
    /// <summary>The sample's time runs from here for two years, whatever the clock says.</summary>
    public static readonly DateTimeOffset Start = new(2023, 4, 3, 0, 0, 0, TimeSpan.Zero);

    public Domain Domain { get; } = domain;

    public IReadOnlyList<User> Staff { get; } = staff;

    public IReadOnlyList<Organization> Organizations { get; } = organizations;

    public IReadOnlyList<Group> Groups { get; } = groups;

    public JsonArray People(Dice dice, int most) => Entities(dice.PickSome(Staff, most).Select(user => user.Entity));

    public static JsonArray Entities(params IEnumerable<Entity> entities) =>
        [.. entities.Select(entity => new JsonObject { ["code"] = entity.Code, ["name"] = entity.Name })];

    public static JsonArray List(params IEnumerable<string> members) => [.. members.Select(member => JsonValue.Create(member))];

    public static string Date(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Instant(DateTimeOffset time) => WholeMinutes.Floor(time).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    public static string Number(decimal number) => number.ToString("0.####", CultureInfo.InvariantCulture);

    /// <summary>Minutes as a CALC of a duration shows them: <c>49:30</c>.</summary>
    public static string Duration(int minutes) => string.Create(CultureInfo.InvariantCulture, $"{minutes / 60}:{minutes % 60:00}");

    public static string Clock(int minutes) => string.Create(CultureInfo.InvariantCulture, $"{minutes / 60:00}:{minutes % 60:00}");

    public JsonObject TextFile(string name, string text) => Domain.AddFile(name, Encoding.UTF8.GetBytes(text), "text/plain");

    /// <summary>A picture of one pixel.</summary>
    public JsonObject Picture(string name) => Domain.AddFile(name, s_pixel, "image/png");

    static readonly byte[] s_pixel = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=");

    /// <summary>A table's row as the API takes it.</summary>
    public static JsonObject Row(JsonObject values) => new() { ["value"] = values };

    /// <summary>
    /// Saves a record as if it had been made on a working day of the sample's time and perhaps edited later: then its revision is above 1
    /// and its update time after its creation.
    /// </summary>
    public void Add(App app, Dice dice, JsonObject values, int day)
    {
        var created = Start.AddDays(day).AddMinutes(dice.Between(0, 600));
        var id = app.Add(values, created, created, dice.Pick(Staff).Entity);
        for (var edits = dice.Chance(30) ? dice.Between(1, 3) : 0; edits > 0; edits--)
            app.Edit(id, [], dice.Pick(Staff).Entity, created = created.AddMinutes(dice.Between(1, 5000)));
    }
}
