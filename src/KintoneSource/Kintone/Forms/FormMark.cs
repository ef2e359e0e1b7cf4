using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace KintoneSource.Kintone.Forms;

/// <summary>
/// What an app's form and process say of values that records take over without being changed: when an administrator renames a
/// choice of a field or a status, records show the new name, and no update time tells of it. Small enough to stand in a
/// state: <c>revision:choices:statuses</c>.
/// </summary>
/// <param name="Revision">The app's settings revision; one counter for form, process and the rest. Empty where Kintone sent none.</param>
/// <param name="Choices">Hash of the names of all choices, field by field.</param>
/// <param name="Statuses">Hash of the names of the process's statuses; empty where they are not known.</param>
sealed record FormMark(string Revision, string Choices, string Statuses)
{
    /// <summary>The hash of a process that is off.</summary>
    public const string NoProcess = "off";

    /// <summary>What the form alone says; the statuses are to be filled in.</summary>
    public static FormMark Of(Form form) => new(
        string.Concat(form.Revision.Where(char.IsAsciiDigit)),
        Hash(
            from field in form.Fields.SelectMany(static f => f.Fields.Prepend(f))
            where field.Options.Length > 0
            select $"{field.Code}\0{string.Join('\0', field.Options.Order(StringComparer.Ordinal))}"),
        "");

    /// <param name="answer">As <c>app/status.json</c> sent it.</param>
    public static string StatusesOf(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("states", out var states) && states.ValueKind == JsonValueKind.Object
            ? Hash(states.EnumerateObject().Select(static s => s.Name).Order(StringComparer.Ordinal))
            : NoProcess;

    /// <summary>Values that records show may have changed since <paramref name="before"/>. What one of the two does not know is not a change.</summary>
    public bool Differs(FormMark before) =>
        Choices != before.Choices || (Statuses != before.Statuses && Statuses.Length > 0 && before.Statuses.Length > 0);

    public static FormMark? Parse(string text) => text.Split(':') is [var revision, var choices, var statuses] ? new(revision, choices, statuses) : null;

    public override string ToString() => $"{Revision}:{Choices}:{Statuses}";

    static string Hash(IEnumerable<string> names) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', names)))[..8]);
}
