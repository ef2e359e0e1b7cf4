using System.Text.Json.Nodes;

namespace KintoneSource.Certification;

/// <summary>What came back to one request.</summary>
/// <param name="Code">Kintone's code of a refusal.</param>
/// <param name="Headers">By name, whatever its case.</param>
public sealed record KintoneAnswer(int Status, string? Code, JsonObject? Json, ReadOnlyMemory<byte> Body, IReadOnlyDictionary<string, string> Headers)
{
    public bool IsOk => Status == 200;

    /// <summary>Whether it went through, in the words of a report.</summary>
    public string Outcome => IsOk ? "accepted" : Refusal;

    /// <summary>Status and code: what a report may say of a refusal.</summary>
    public string Refusal => $"refused {Status} {Code ?? "without a code"}";

    /// <summary>The content of an answer that must have gone through.</summary>
    /// <exception cref="CertificationException">It did not.</exception>
    public JsonObject Must(string what) => IsOk && Json is not null ? Json : throw new CertificationException($"{what}: {Refusal}.");
}
