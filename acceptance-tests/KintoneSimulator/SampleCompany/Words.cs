namespace KintoneSimulator.Sample;

/// <summary>The words that the sample's records are put together from. All companies and people are made up.</summary>
static class Words
{
    public static readonly string[] Places = ["みどり野", "川ノ辺", "北浜町", "つつじ丘", "湖東", "三ツ橋", "夕凪", "白樺", "青葉台", "竹ノ内", "天神下", "小春", "遠見", "若杉", "浦里", "桔梗"];

    public static readonly string[] Trades = ["製作所", "商事", "建設", "食品", "印刷", "運輸", "薬局", "電機", "酒造", "書店", "不動産", "農園", "工務店", "設計", "織物", "水産"];

    public static readonly string[] Industries = ["製造", "卸売", "小売", "建設", "運輸", "情報通信", "医療・福祉", "農林水産", "その他"];

    public static readonly string[] Surnames = ["佐倉", "小野寺", "髙橋", "渡邊", "吉岡", "長谷川", "齋藤", "二宮", "真壁", "九条", "穂積", "大槻", "𠮷野", "藤枝", "早瀬", "水谷"];

    public static readonly string[] GivenNames = ["花子", "太郎", "美咲", "健一", "陽菜", "大輔", "さくら", "翔", "真由美", "隆", "ひかり", "誠", "結衣", "修", "あかね", "智也"];

    public static readonly string[] Products = ["蛍光ペン 5色組", "A4コピー用紙", "卓上カレンダー", "付箋（75×75㎜）", "万年筆「薄明」", "ファイルボックス", "名刺用紙", "ホワイトボード", "インクカートリッジ",
        "電卓 12桁", "のし袋", "封筒 角2"];

    public static readonly string[] DealTopics = ["年度末の一括納入", "新事務所の什器", "展示会用の販促品", "定期便の見直し", "名入れ記念品", "店舗改装に伴う備品", "学童向け文具の寄贈", "在庫の買い取り"];

    public static readonly string[] Activities = ["訪問", "電話", "オンライン会議", "見積作成", "納品立会い", "社内作業"];

    public static readonly string[] Remarks = ["先方の都合で日程を調整中。", "追加の見積を依頼された。", "競合は二社。価格より納期を重視とのこと。", "担当者が交代した。", "サンプルを渡した。来週返事をもらう。", "特になし",
        "前回の不具合は解消したと確認。", "請求先が本社に変わる。"];

    public static readonly string[] Prefectures = ["北海道", "宮城県", "東京都", "神奈川県", "長野県", "愛知県", "京都府", "大阪府", "広島県", "福岡県", "沖縄県"];

    public static readonly string[] Equipment = ["ノートパソコン", "プリンター", "プロジェクター", "社用車", "会議机", "防犯カメラ", "冷蔵庫", "除湿器", "脚立", "台車"];

    public static readonly string[] ExpenseKinds = ["Travel", "Meals", "Supplies", "Postage", "Training", "Other"];
}
