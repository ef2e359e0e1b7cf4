using System.Text;
using System.Text.Json;
using CsCheck;
using KintoneSource.Reading.Files;

namespace KintoneSource.Tests.Reading.Files;

/// <summary>Whatever people call their files: nothing leaves its folder, and no two share one.</summary>
public class FilePathTests
{
    static readonly string[] s_hostile =
    [
        "..", "../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "C:\\windows\\a.txt", "C:a.txt", "\\\\host\\share\\a", "a/b", "a\0b.txt", "con",
        "CON.txt", "nul.tar.gz", "LPT1", "com¹.pdf",
        "", " ", ".", "...", "a.", "a ", ".bashrc", "-rf", "~", "a\nb", "a\tb", "a\u202Egpj.exe", "a\u200Bb", "\u2028", "ガ.txt", "ガ.txt", "ｶﾞ.txt", "É.txt",
        "é.txt", "ß", "ss", "İ", "i", "ﬁ", "fi", "Å", "Å", "K", "K",
        new string('あ', 300), $"{new string('x', 300)}.pdf", $"a.{new string('y', 300)}", "\U0001F600.png", "a:b", "a*b?c\"d<e>f|g", "見積書.pdf", "%2e%2e%2f",
        "a;b", "$HOME", "`id`",
    ];

    static readonly Gen<string> s_names = Gen.OneOf(
        Gen.OneOf<string>(s_hostile), Gen.String[Gen.Char, 0, 400],
        Gen.Select(Gen.OneOf<string>(s_hostile), Gen.OneOf<string>(s_hostile), static (a, b) => $"{a}/{b}"),
        Gen.Int[0xD800, 0xDFFF].Select(static half => $"a{(char)half}b.txt"));

    static readonly Gen<AttachedFile> s_files = Gen.Select(
        s_names, Gen.Long[1, 3], Gen.OneOf<string>("添付", "files"), Gen.OneOf<string>("k1", "k2"), Gen.Long[0, 2], static (name, record, field, key, size) =>
            File(record, field, key, name, size));

    static AttachedFile File(long record, string field, string key, string name, long size) => AttachedFile.Parse(JsonSerializer.SerializeToUtf8Bytes(new
    {
        record = new
        {
            data = new Dictionary<string,
            object?>
            {
                ["_kintone_id"] = record,
                ["_kintone_file_number"] = 1,
                ["field"] = field,
                ["_kintone_row_id"] = null,
                ["fileKey"] = key,
                ["name"] = name,
                ["size"] = size
            }
        },
    }));

    [Fact]
    public void Nothing_leaves_its_folder() => s_files.Sample(static file =>
    {
        var path = FilePath.Of("app_1_files", file);
        var parts = path.Split('/');
        Assert.Equal(4, parts.Length);
        var root = Path.Combine(Path.GetTempPath(), "staging");
        Assert.Equal(Path.Combine([root, .. parts]), Path.GetFullPath(Path.Combine(root, path)));
        Assert.All(parts, static part =>
        {
            Assert.InRange(Encoding.UTF8.GetByteCount(part), 1, 255);
            Assert.DoesNotContain(part, (string[])[".", "..", ".partial"]);
            Assert.DoesNotContain(part, static c => "\\:*?\"<>|".Contains(c, StringComparison.Ordinal));
            Assert.DoesNotContain(part, char.IsControl);
            Assert.False(part.EndsWith('.') || part.EndsWith(' ') || part.StartsWith(' '));
        });
        Assert.Equal(path, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(path)));
    });

    [Fact] // a file system may fold case, width, and the forms of Unicode: the folders differ by their hashes
    public void No_two_files_share_a_folder() => s_files.List[2, 12].Sample(static files =>
    {
        var folders = files.Select(static f => (Folder: FilePath.Of("s", f)[..FilePath.Of("s", f).LastIndexOf('/')].ToUpperInvariant(),
            Key: f.Data.GetRawText()));
        Assert.All(folders.GroupBy(static f => f.Folder), static same => Assert.Single(same.Select(static f => f.Key).Distinct()));
    });

    [Theory]
    [InlineData("見積書.pdf", "見積書.pdf")]
    [InlineData("../a b.txt", ".._a b.txt")]
    [InlineData("CON.txt", "_CON.txt")]
    [InlineData("a\u202Egpj.exe", "a_gpj.exe")]
    [InlineData("報告 . . ", "報告")]
    [InlineData(null, "_")]
    public void A_name_stays_as_far_as_every_file_system_takes_it(string? name, string expected) => Assert.Equal(expected, FilePath.NameOf(name));

    [Fact]
    public void A_long_name_keeps_what_it_ends_with() =>
        Assert.Equal($"{new string('あ', 58)}.pdf", FilePath.NameOf($"{new string('あ', 300)}.pdf"));

    [Fact]
    public void What_makes_a_file_another_one_changes_its_path()
    {
        var file = File(1, "files", "k", "a.txt", 1);
        Assert.All(
            [File(2, "files", "k", "a.txt", 1), File(1, "others", "k", "a.txt", 1), File(1, "files", "l", "a.txt", 1), File(1, "files", "k", "b.txt", 1),
                File(1, "files", "k", "a.txt", 2)],
            other => Assert.NotEqual(FilePath.Of("s", file), FilePath.Of("s", other)));
        Assert.Equal(FilePath.Of("s", file), FilePath.Of("s", File(1, "files", "k", "a.txt", 1)));
    }
}
