using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using KintoneSource.Catalog;

namespace KintoneSource.Benchmarks;

/// <summary>
/// A page as the published figures mean it: 500 records of about 1.3 KB, Japanese text, a sub-table of two
/// rows, printed as Kintone prints it. The same bytes in every run.
/// </summary>
static class CustomerPage
{
    public static readonly ImmutableArray<Column> Columns =
    [
        new(Column.Id, "$id", ColumnKind.Integer),
        new(Column.Revision, "$revision", ColumnKind.Integer),
        new(Column.UpdatedAt, "更新日時", ColumnKind.Timestamp),
        new(Column.DeletedAt, null, ColumnKind.Timestamp),
        new("レコード番号", "レコード番号", ColumnKind.Text),
        new("作成者", "作成者", ColumnKind.Entity),
        new("作成日時", "作成日時", ColumnKind.Timestamp),
        new("更新日時", "更新日時", ColumnKind.Timestamp),
        new("会社名", "会社名", ColumnKind.Text),
        new("担当者", "担当者", ColumnKind.EntityList),
        new("状況", "状況", ColumnKind.Text),
        new("金額", "金額", ColumnKind.Number),
        new("納期", "納期", ColumnKind.Date),
        new("分類", "分類", ColumnKind.TextList),
        new("備考", "備考", ColumnKind.Text),
        new("明細", "明細", ColumnKind.Table, [new("品名", "品名", ColumnKind.Text), new("数量", "数量", ColumnKind.Number), new("単価", "単価", ColumnKind.Number)]),
    ];

    /// <summary>Fields of a record, <c>$id</c> and <c>$revision</c> not among them.</summary>
    public const int Fields = 13;

    /// <param name="idAt">How many fields stand in front of <c>$id</c>; as in the one answer of a real domain that was published, behind all of them.</param>
    public static byte[] Of(int records, int revisionAt = 3, int idAt = Fields)
    {
        var random = new Random(12);
        var page = new StringBuilder("{\"records\":[");
        for (var i = 1; i <= records; i++) page.Append(i > 1 ? "," : "").Append(Record(1000 + i, random, revisionAt, idAt));
        return Encoding.UTF8.GetBytes(page.Append("],\"totalCount\":null}").ToString());
    }

    static string Record(int id, Random random, int revisionAt, int idAt)
    {
        List<string> members = [.. Members(id, random)];
        members.Insert(idAt, Field("$id", "__ID__", $"\"{id}\""));
        members.Insert(revisionAt + (revisionAt > idAt ? 1 : 0), Field("$revision", "__REVISION__", $"\"{random.Next(1, 40)}\""));
        return $"{{{string.Join(',', members)}}}";
    }

    static string[] Members(int id, Random random) =>
    [
        Field("レコード番号", "RECORD_NUMBER", $"\"{id}\""),
        Field("更新者", "MODIFIER", Entity(random)),
        Field("作成者", "CREATOR", Entity(random)),
        Field("更新日時", "UPDATED_TIME", Time(random)),
        Field("作成日時", "CREATED_TIME", Time(random)),
        Field("会社名", "SINGLE_LINE_TEXT", $"\"株式会社{Words(random, 2)}\""),
        Field("担当者", "USER_SELECT", $"[{Entity(random)}]"),
        Field("状況", "DROP_DOWN", $"\"{Words(random, 1)}\""),
        Field("金額", "NUMBER", $"\"{random.Next(10_000_000)}\""),
        Field("納期", "DATE", $"\"2026-{random.Next(1, 13):D2}-{random.Next(1, 29):D2}\""),
        Field("分類", "CHECK_BOX", $"[\"{Words(random, 1)}\",\"{Words(random, 1)}\"]"),
        Field("備考", "MULTI_LINE_TEXT", $"\"{Words(random, 3)}\\n{Words(random, 2)}\""),
        Field("明細", "SUBTABLE", $"[{Row(random)},{Row(random)}]"),
    ];

    static string Row(Random random) => $"{{\"id\":\"{random.Next(100_000, 1_000_000)}\",\"value\":{{{string.Join(',',
        Field("品名", "SINGLE_LINE_TEXT", $"\"{Words(random, 1)}\""),
        Field("数量", "NUMBER", $"\"{random.Next(1, 100)}\""),
        Field("単価", "NUMBER", $"\"{random.Next(100, 100_000)}\""))}}}}}";

    static string Field(string code, string type, string value) => $"\"{code}\":{{\"type\":\"{type}\",\"value\":{value}}}";

    static string Entity(Random random) => $"{{\"code\":\"user{random.Next(100)}\",\"name\":\"{s_names[random.Next(s_names.Length)]}\"}}";

    static string Time(Random random) =>
        $"\"{new DateTime(2025, 1, 1).AddMinutes(random.Next(700_000)).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}\"";

    static string Words(Random random, int count) => string.Concat(Enumerable.Range(0, count).Select(_ => s_words[random.Next(s_words.Length)]));

    static readonly string[] s_names = ["佐藤 昇", "伊藤 恵", "高橋 直人", "渡辺 さくら"];

    static readonly string[] s_words = ["見積書を送付", "ご確認ください", "北海道営業所", "納品予定、", "サンプル", "前回と同じ条件で", "kintone連携", "契約更新(2年)", "打ち合わせ", "…"];
}
