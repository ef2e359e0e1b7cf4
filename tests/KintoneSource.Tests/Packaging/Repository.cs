using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace KintoneSource.Tests.Packaging;

/// <summary>The files at the repository's top level, read where they stand.</summary>
static class Repository
{
    public static string Path(string file) => System.IO.Path.GetFullPath(System.IO.Path.Combine(Here(), "../../..", file));

    public static string Text(string file) => File.ReadAllText(Path(file));

    /// <summary>The <c>data</c> of metadata.yaml, as JSON.</summary>
    public static JsonElement Metadata() => JsonDocument.Parse(YamlAsJson(Text("metadata.yaml"))).RootElement.GetProperty("data");

    /// <summary>YAML's plain scalars become JSON's numbers and booleans, quoted ones stay strings.</summary>
    public static string YamlAsJson(string yaml)
    {
        var value = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(yaml);
        return new SerializerBuilder().JsonCompatible().Build().Serialize(value);
    }

    /// <summary>What an instruction of the Dockerfile gives to <paramref name="name"/>, as in <c>name=value</c> or <c>name="value"</c>.</summary>
    public static string DockerfileValue(string name) =>
        Regex.Match(Text("Dockerfile"), $@"(?m)[\s]{Regex.Escape(name)}=""?([^""\s]+)").Groups[1].Value;

    static string Here([CallerFilePath] string path = "") => System.IO.Path.GetDirectoryName(path)!;
}
