using System.Text.RegularExpressions;
using KintoneSource.Tests.Packaging;

namespace KintoneSource.Tests.Documents;

/// <summary>One word for one thing, and numbers beside their units in one way: who searches a page for a word finds every place.</summary>
public partial class WordsTests
{
    /// <summary>What is not prose: examples, code, the names of options and buttons in English, and where links lead.</summary>
    [GeneratedRegex(@"(?ms)^```.*?^```|`[^`\n]+`|\*\*[A-Z][^*\n]*\*\*|\]\([^)\n]*\)|<a id=[^>]*>|https?://[^\s）)]+")]
    static partial Regex NotProse { get; }

    /// <summary>Each other word for a thing, and the one that is used.</summary>
    static readonly (string Other, string Word)[] s_japanese =
    [
        ("(?<!正しい|閉じた|現在の|両方の|もう一方の)状態", "ステート"),
        ("メモリ(?!ー)", "メモリー"),
        ("コンテナ(?!ー)", "コンテナー"),
        ("(ブラウザ|ユーザ|フォルダ|サーバ|ヘッダ|パラメータ|コネクタ|シミュレータ|リポジトリ|レジストリ)(?!ー)", "$1ー"),
        ("フィルター?(?!ー)|検索条件", "絞り込み条件"),
        ("全件の同期|フル同期|完全同期|フルリフレッシュ", "全件同期"),
        ("同時接続数?|同時実行数|並列数", "同時リクエスト数"),
        ("(?<!［)アプリを更新|アプリを更新(?!］)", "［アプリを更新］"),
        ("(?<![A-Za-z「])Kintone(?! domain| Developer)", "kintone"),
        ("[|] 情報です。", "お知らせです。"),
        ("対応は不要", "対処は不要"),
        ("[0-9] (?=(KB|MB|GB|%|秒|分|時間|日|件|回|人|バイト))", "a unit without a blank in front"),
        ("[\uff10-\uff19]", "digits of half width"),
    ];

    static readonly (string Other, string Word)[] s_english =
    [
        ("[0-9](?=(KB|kB|MB|GB|ms|%))", "a unit with a blank in front"),
    ];

    static string[] Documents(bool inJapanese) =>
        [
            .. Directory.EnumerateFiles(Repository.Path("docs"), "*.md", SearchOption.AllDirectories)
                .Where(p => p.EndsWith(".ja.md", StringComparison.Ordinal) == inJapanese),
        ];

    [Fact]
    public void One_word_is_used_for_one_thing_in_Japanese() => AssertUsed(Documents(inJapanese: true), s_japanese);

    [Fact]
    public void Units_stand_alike_in_English() => AssertUsed(Documents(inJapanese: false), s_english);

    /// <summary>A list that finds nothing would pass for ever.</summary>
    [Theory]
    [InlineData("コンテナのメモリを増やす", 2)]
    [InlineData("コンテナーのメモリーを増やす。30%、4.3MB、正しい状態", 0)]
    [InlineData("トークンの**アプリを更新**を押す", 1)]
    [InlineData("［アプリを更新］をクリックする", 0)]
    [InlineData("30 %を超えるとKintoneが", 2)]
    [InlineData("フィルターと同時接続数の状態", 3)]
    public void The_list_finds_other_words(string text, int found) => Assert.Equal(found, Found(text, s_japanese).Count());

    static void AssertUsed(string[] documents, (string Other, string Word)[] words)
    {
        Assert.NotEmpty(documents);
        Assert.Empty(documents.SelectMany(path => Found(File.ReadAllText(path), words).Select(found => $"{Path.GetFileName(path)}: {found}")));
    }

    static IEnumerable<string> Found(string text, (string Other, string Word)[] words)
    {
        var prose = NotProse.Replace(text, static m => new string('\n', m.Value.Count(static c => c == '\n')));
        foreach (var (other, word) in words)
        {
            foreach (Match match in Regex.Matches(prose, other))
            {
                var (line, start) = (prose.AsSpan(0, match.Index).Count('\n') + 1, Math.Max(0, match.Index - 10));
                var place = prose[start..Math.Min(prose.Length, match.Index + match.Length + 10)].ReplaceLineEndings(" ");
                yield return $"line {line}, …{place}…: {word}";
            }
        }
    }
}
