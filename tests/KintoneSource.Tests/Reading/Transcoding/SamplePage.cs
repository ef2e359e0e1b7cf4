using System.Collections.Immutable;
using KintoneSource.Catalog;

namespace KintoneSource.Tests.Reading.Transcoding;

/// <summary>A page with a field of every type, as Kintone prints it: one record full, one empty, one that fits nothing.</summary>
static class SamplePage
{
    public static readonly ImmutableArray<Column> Columns =
    [
        new(Column.Id, "$id", ColumnKind.Integer),
        new(Column.Revision, "$revision", ColumnKind.Integer),
        new(Column.UpdatedAt, "更新日時", ColumnKind.Timestamp),
        new(Column.DeletedAt, null, ColumnKind.Timestamp),
        new("レコード番号", "レコード番号", ColumnKind.Text),
        new("作成者", "作成者", ColumnKind.Entity),
        new("更新日時", "更新日時", ColumnKind.Timestamp),
        new("品名", "品名", ColumnKind.Text),
        new("備考", "備考", ColumnKind.Text),
        new("単価", "単価", ColumnKind.Number),
        new("納期", "納期", ColumnKind.Date),
        new("開始", "開始", ColumnKind.Time),
        new("所要時間", "所要時間", ColumnKind.Text),
        new("分類", "分類", ColumnKind.TextList),
        new("担当者", "担当者", ColumnKind.EntityList),
        new("添付", "添付", ColumnKind.FileList),
        new("明細", "明細", ColumnKind.Table, [new("商品", "商品", ColumnKind.Text), new("数量", "数量", ColumnKind.Number), new("図面", "図面", ColumnKind.FileList)]),
        new("新しい型", "新しい型", ColumnKind.Any),
    ];

    public static readonly string Text = """
        {"records":[
        {"レコード番号":{"type":"RECORD_NUMBER","value":"ORD-12"},
        "作成者":{"type":"CREATOR","value":{"code":"sato","name":"佐藤 昇"}},
        "更新日時":{"type":"UPDATED_TIME","value":"2026-05-01T03:02:00Z"},
        "$revision":{"type":"__REVISION__","value":"3"},
        "$id":{"type":"__ID__","value":"12"},
        "品名":{"type":"SINGLE_LINE_TEXT","value":"りんご \"特選\" 🍎"},
        "備考":{"type":"MULTI_LINE_TEXT","value":"一行目\n二行目\\ \u3042"},
        "単価":{"type":"NUMBER","value":"120.50"},
        "納期":{"type":"DATE","value":"2026-05-31"},
        "開始":{"type":"TIME","value":"09:30"},
        "所要時間":{"type":"CALC","value":"49:30"},
        "分類":{"type":"CHECK_BOX","value":["果物","青森"]},
        "担当者":{"type":"USER_SELECT","value":[{"code":"ito","name":"伊藤 恵"},{"code":"guest/a@example.com","name":"ゲスト"}]},
        "添付":{"type":"FILE","value":[{"contentType":"text/plain","fileKey":"2026050103020099","name":"見積.txt","size":"23175"}]},
        "明細":{"type":"SUBTABLE","value":[
        {"id":"481","value":{"商品":{"type":"SINGLE_LINE_TEXT","value":"ふじ"},"数量":{"type":"NUMBER","value":"3"},"図面":{"type":"FILE","value":[{"contentType":"image/png","fileKey":"77","name":"a.png","size":"1"}]}}},
        {"id":"482","value":{"商品":{"type":"SINGLE_LINE_TEXT","value":""},"数量":{"type":"NUMBER","value":""},"図面":{"type":"FILE","value":[]}}}]},
        "新しい型":{"type":"SOMETHING_NEW","value":{"a":[1,true,null,"あ"]}},
        "誰も見ない":{"type":"SINGLE_LINE_TEXT","value":"…"}},
        {"$id":{"type":"__ID__","value":"13"},
        "作成者":{"type":"CREATOR","value":null},
        "品名":{"type":"SINGLE_LINE_TEXT","value":""},
        "備考":{"type":"MULTI_LINE_TEXT","value":null},
        "単価":{"type":"NUMBER","value":""},
        "納期":{"type":"DATE","value":null},
        "開始":{"type":"TIME","value":""},
        "分類":{"type":"CHECK_BOX","value":[]},
        "担当者":{"type":"USER_SELECT","value":[]},
        "添付":{"type":"FILE","value":[]},
        "明細":{"type":"SUBTABLE","value":[]}},
        {"$id":{"type":"__ID__","value":"14"},
        "作成者":{"type":"CREATOR","value":"sato"},
        "更新日時":{"type":"UPDATED_TIME","value":"昨日"},
        "品名":{"type":"SINGLE_LINE_TEXT","value":1},
        "単価":{"type":"NUMBER","value":"1,200"},
        "納期":{"type":"DATE","value":"2026-02-30"},
        "開始":{"type":"TIME","value":"25:00"},
        "分類":{"type":"CHECK_BOX","value":"果物"},
        "担当者":{"type":"USER_SELECT","value":[null]},
        "添付":{"type":"FILE","value":[{"fileKey":"1","size":"large"}]},
        "明細":{"type":"SUBTABLE","value":[
        {"id":"x","value":{"数量":{"type":"NUMBER","value":"three"}}},
        {"id":"484","value":{"数量":{"type":"NUMBER","value":"four"}}}]}}],"totalCount":"3"}
        """.ReplaceLineEndings("");
}
