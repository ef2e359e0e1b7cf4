namespace KintoneSimulator;

/// <summary>The words that generated records are made of.</summary>
static class GeneratedText
{
    static readonly string[] s_places = ["札幌", "仙台", "東京", "横浜", "名古屋", "京都", "大阪", "神戸", "広島", "福岡", "那覇", "金沢"];

    static readonly string[] s_trades = ["製作所", "食品工業", "運輸倉庫", "精密機器", "建設", "印刷", "電機", "薬品商事"];

    static readonly string[] s_actions = ["見積のご依頼", "納期のご相談", "保守契約の更新", "在庫のご確認", "不具合のご連絡", "打ち合わせの日程"];

    static readonly string[] s_sentences =
    [
        "先方の担当者と電話で話し、来月の展示会までに試作品を用意することになりました。",
        "価格は前回と同じ条件でよいとのことですが、送料の扱いだけ確認が必要です。",
        "倉庫の棚卸しが終わりしだい、正式な数量を連絡していただく予定です。",
        "競合他社の提案も検討中のため、今週中に改訂版の見積書を送ります。",
        "技術部門から「耐熱性の試験結果がほしい」と要望がありました。\\n試験は来週です。",
        "支払い条件は月末締め翌月払い、検収は納品後5営業日以内です。",
    ];

    public static IReadOnlyList<Entity> People { get; } =
    [
        new("sato", "佐藤 花子"), new("suzuki", "鈴木 一郎"), new("takahashi", "高橋 美咲"), new("tanaka", "田中 健"), new("ito", "伊藤 さくら"),
    ];

    public static IReadOnlyList<byte[]> PeopleJson { get; } =
        [.. People.Select(person => System.Text.Encoding.UTF8.GetBytes($"[{{\"code\":\"{person.Code}\",\"name\":\"{person.Name}\"}}]"))];

    public static IReadOnlyList<string> Customers { get; } = [.. s_places.SelectMany(place => s_trades.Select(trade => $"株式会社{place}{trade}"))];

    public static IReadOnlyList<string> Subjects { get; } = [.. s_places.SelectMany(place => s_actions.Select(action => $"{place}営業所：{action}"))];

    public static IReadOnlyList<string> Details { get; } =
        [.. s_sentences.SelectMany(first => s_sentences.Where(second => second != first)
            .Select(second => $"{first}{second}".Replace("\\n", "\n", StringComparison.Ordinal)))];

    public static IReadOnlyList<string> Ranks { get; } = ["A", "B", "C"];

    public static IReadOnlyList<string> Products { get; } = ["六角ボルト M8×30", "ステンレス板 2mm", "梱包用テープ（茶）", "精密ドライバー", "防水コネクタ", "ＬＥＤ照明ユニット"];
}
