using System.Reflection;
using System.Text.Json;
using KintoneSource.Protocol;

namespace KintoneSource.Commands;

/// <summary>Prints spec.json, which is embedded as it stands: the only source of the configuration's names.</summary>
static class SpecCommand
{
    public static async Task<int> RunAsync(MessageWriter writer, CancellationToken ct)
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream("spec.json")!;
        using var spec = await JsonDocument.ParseAsync(resource, cancellationToken: ct);
        await writer.WriteAsync(new SpecMessage(RawJson.From(spec.RootElement.WriteTo)), ct);
        return 0;
    }
}
