using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace KintoneSource.Tests;

/// <summary>The arrows of docs/architecture.md, enforced: a room knows only the rooms named here.</summary>
public partial class RoomsTests
{
    static readonly Dictionary<string, string[]> s_mayKnow = new()
    {
        ["Protocol"] = [],
        ["Configuration"] = ["Protocol"],
        ["Kintone"] = ["Protocol"],
        ["Catalog"] = ["Protocol", "Configuration", "Kintone"],
        ["Reading"] = ["Protocol", "Configuration", "Kintone", "Catalog"],
        ["Commands"] = ["Protocol", "Configuration", "Kintone", "Catalog", "Reading"],
    };

    [GeneratedRegex(@"\bKintoneSource\.(\w+)")]
    static partial Regex Mention { get; }

    [Fact]
    public void Every_room_knows_only_the_rooms_below_it()
    {
        var root = Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../src/KintoneSource");
        var rooms = Directory.EnumerateDirectories(root).Where(static d => Path.GetFileName(d) is not ("bin" or "obj")).ToArray();
        Assert.Equal(s_mayKnow.Keys.Order(), rooms.Select(static d => Path.GetFileName(d)).Order());
        var wrong =
            from room in rooms
            let name = Path.GetFileName(room)
            from file in Directory.EnumerateFiles(room, "*.cs", SearchOption.AllDirectories)
            from Match mention in Mention.Matches(File.ReadAllText(file))
            let other = mention.Groups[1].Value
            where other != name && !s_mayKnow[name].Contains(other)
            select $"{Path.GetFileName(file)}: {name} -> {other}";
        Assert.Empty(wrong);
    }

    static string ThisFile([CallerFilePath] string path = "") => path;
}
