using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace KintoneSource.Tests;

/// <summary>The arrows of docs/architecture.md, enforced: a room, and each folder of a large one, knows only those named here.</summary>
public partial class RoomsTests
{
    static readonly string[] s_kintone = ["Kintone/Memory", "Kintone/Http", "Kintone/Credentials", "Kintone/Forms", "Kintone/Queries", "Kintone/Apps"];

    static readonly Dictionary<string, string[]> s_mayKnow = new()
    {
        ["Protocol"] = [],
        ["Configuration"] = ["Protocol"],
        ["Kintone/Queries"] = ["Protocol", "Kintone/Forms"],
        ["Kintone/Forms"] = ["Protocol"],
        ["Kintone/Memory"] = [],
        ["Kintone/Http"] = ["Protocol", "Kintone/Memory"],
        ["Kintone/Apps"] = ["Protocol", "Kintone/Memory", "Kintone/Http", "Kintone/Queries"],
        ["Kintone/Credentials"] = ["Protocol", "Kintone/Http", "Kintone/Apps"],
        ["Catalog"] = ["Protocol", "Configuration", "Kintone/Forms"],
        ["Reading/Output"] = ["Protocol"],
        ["Reading/Transcoding"] = ["Protocol", "Catalog", "Kintone/Memory", "Kintone/Forms"],
        ["Reading/Scanning"] = ["Protocol", "Kintone/Http", "Kintone/Queries"],
        ["Reading/Deletions"] = ["Protocol", "Catalog", "Kintone/Apps", "Kintone/Queries"],
        ["Reading/States"] = ["Protocol", "Catalog", "Kintone/Forms", "Kintone/Queries", "Reading/Deletions"],
        ["Reading/Resources"] = ["Protocol", "Catalog", "Kintone/Apps", "Kintone/Http", "Kintone/Forms", "Reading/Output"],
        ["Reading/Files"] = ["Protocol", "Catalog", "Kintone/Apps", "Kintone/Memory", "Kintone/Http", "Kintone/Forms", "Kintone/Queries", "Reading/Scanning",
            "Reading/Transcoding", "Reading/Deletions"],
        ["Reading/Comments"] = ["Protocol", "Catalog", "Kintone/Apps", "Kintone/Memory", "Kintone/Http", "Kintone/Queries", "Reading/Scanning",
            "Reading/Transcoding"],
        ["Reading/Audit"] = ["Protocol", "Catalog", "Kintone/Queries", "Reading/Deletions", "Reading/States", "Reading/Output"],
        ["Reading/Apps"] =
        [
            "Protocol", "Catalog", .. s_kintone, "Reading/Output", "Reading/Transcoding", "Reading/Scanning", "Reading/Deletions", "Reading/States",
            "Reading/Comments", "Reading/Files", "Reading/Audit",
        ],
        ["Commands"] =
        [
            "Protocol", "Configuration", "Catalog", .. s_kintone, "Reading/Apps", "Reading/Comments", "Reading/Files", "Reading/Resources", "Reading/States",
            "Reading/Output", "Reading/Audit",
        ],
    };

    [GeneratedRegex(@"\bKintoneSource\.(\w+)(?:\.(\w+))?")]
    static partial Regex Mention { get; }

    static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../src/KintoneSource"));

    [Fact]
    public void Every_room_knows_only_the_rooms_below_it()
    {
        var files = Files().ToArray();
        Assert.Equal(s_mayKnow.Keys.Order(), files.Select(static f => f.Room).Distinct().Order());
        var wrong =
            from file in files
            from Match mention in Mention.Matches(file.Text)
            let other = RoomOf(mention.Groups[1].Value, mention.Groups[2].Value)
            where other != file.Room && !s_mayKnow[file.Room].Contains(other)
            select $"{file.Name}: {file.Room} -> {other}";
        Assert.Empty(wrong);
    }

    /// <summary>What stands in a parent's namespace is seen without a using, so that no test could see the arrow.</summary>
    [Fact]
    public void A_file_is_in_the_namespace_of_its_folder() =>
        Assert.Empty(Files().Where(static f => !f.Text.Contains($"\nnamespace KintoneSource.{f.Room.Replace('/', '.')};", StringComparison.Ordinal)
            && !f.Text.StartsWith($"namespace KintoneSource.{f.Room.Replace('/', '.')};", StringComparison.Ordinal)).Select(static f => f.Name));

    [Fact]
    public void Arrows_point_one_way()
    {
        List<string> above = [];
        foreach (var (room, _) in s_mayKnow) Visit(room);

        void Visit(string room)
        {
            Assert.True(!above.Contains(room), $"{string.Join(" -> ", above)} -> {room}");
            above.Add(room);
            foreach (var below in s_mayKnow[room]) Visit(below);
            above.RemoveAt(above.Count - 1);
        }
    }

    /// <summary>What .ci/quick runs between two edits: a room that it left out would be edited blindly.</summary>
    [Fact]
    public void Every_room_has_a_direct_test_in_the_quick_subset()
    {
        var quick =
            from type in typeof(RoomsTests).Assembly.GetTypes()
            where !IsLong(type) && type.GetMethods().Any(static m => m.IsDefined(typeof(FactAttribute), inherit: true) && !IsLong(m))
            select type.Namespace + ".";
        var folders = quick.ToHashSet();
        string[] left =
        [
            .. s_mayKnow.Keys.Where(room => !folders.Any(f => f.StartsWith($"KintoneSource.Tests.{room.Replace('/', '.')}.", StringComparison.Ordinal))),
        ];
        Assert.True(left.Length == 0, $"No quick test is of {string.Join(", ", left)}: leave the trait off those tests that take less than a second.");
    }

    static bool IsLong(MemberInfo member) =>
        member.CustomAttributes.Any(static a => a.AttributeType == typeof(TraitAttribute) && a.ConstructorArguments[1].Value is "long");

    static IEnumerable<(string Room, string Name, string Text)> Files() =>
        from path in Directory.EnumerateFiles(Root, "*.cs", SearchOption.AllDirectories)
        let parts = Path.GetRelativePath(Root, path).Split(Path.DirectorySeparatorChar)
        where parts.Length > 1 && parts[0] is not ("bin" or "obj")
        select (RoomOf(parts[0], parts.Length > 2 ? parts[1] : ""), parts[^1], File.ReadAllText(path));

    /// <param name="inner">The folder in it, or what comes behind the namespace of a room without folders.</param>
    static string RoomOf(string room, string inner) => room is "Kintone" or "Reading" ? $"{room}/{inner}" : room;

    static string ThisFile([CallerFilePath] string path = "") => path;
}
