using System.Text;

namespace KintoneSimulator.Tests;

/// <summary>A small company as a seed: one app with a field of every type, and the surroundings.</summary>
static class SeededCompany
{
    public const string Seed = """
        {
          "users": [
            { "code": "admin", "name": "管理者", "password": "secret", "email": "admin@example.com" },
            { "code": "ann", "name": "Ann", "password": "pw", "primaryOrganization": "sales" }
          ],
          "organizations": [
            { "code": "head", "name": "本社" },
            { "code": "sales", "name": "営業部", "parent": "head", "members": { "ann": "部長", "admin": null } }
          ],
          "groups": [ { "code": "everyone", "name": "Everyone", "members": ["admin", "ann"] } ],
          "spaces": [ { "id": 5, "name": "営業スペース", "members": ["admin", "ann"] } ],
          "files": [ { "name": "見積書.txt", "contentType": "text/plain", "text": "内容", "as": "quote" } ],
          "apps": [
            {
              "id": 12, "name": "案件", "code": "DEAL", "description": "すべての型", "space": 5,
              "withSystemFields": true,
              "process": ["未処理", "完了"],
              "tokens": ["deal-token", { "text": "draft-token", "deployed": false }, { "text": "manager-token", "rights": "View, Manage" }],
              "resources": { "app/views": { "views": { "一覧": { "index": "0", "type": "LIST", "id": "31", "name": "一覧", "fields": ["text"], "filterCond": "", "sort": "レコード番号 desc" } } } },
              "properties": {
                "text": { "type": "SINGLE_LINE_TEXT", "code": "text", "label": "文字列" },
                "memo": { "type": "MULTI_LINE_TEXT", "code": "memo", "label": "メモ" },
                "rich": { "type": "RICH_TEXT", "code": "rich", "label": "リッチ" },
                "amount": { "type": "NUMBER", "code": "amount", "label": "金額", "unit": "円", "unitPosition": "AFTER" },
                "total": { "type": "CALC", "code": "total", "label": "計", "expression": "amount*2", "format": "NUMBER_DIGIT" },
                "check": { "type": "CHECK_BOX", "code": "check", "label": "区分", "options": { "A": { "label": "A", "index": "0" }, "B": { "label": "B", "index": "1" } } },
                "radio": { "type": "RADIO_BUTTON", "code": "radio", "label": "確度", "options": { "高": { "label": "高", "index": "0" }, "低": { "label": "低", "index": "1" } } },
                "drop": { "type": "DROP_DOWN", "code": "drop", "label": "選択", "options": { "x": { "label": "x", "index": "0" } } },
                "multi": { "type": "MULTI_SELECT", "code": "multi", "label": "複数", "options": { "p": { "label": "p", "index": "0" }, "q": { "label": "q", "index": "1" } } },
                "date": { "type": "DATE", "code": "date", "label": "日付" },
                "time": { "type": "TIME", "code": "time", "label": "時刻" },
                "datetime": { "type": "DATETIME", "code": "datetime", "label": "日時" },
                "link": { "type": "LINK", "code": "link", "label": "リンク" },
                "files": { "type": "FILE", "code": "files", "label": "添付" },
                "users": { "type": "USER_SELECT", "code": "users", "label": "担当" },
                "orgs": { "type": "ORGANIZATION_SELECT", "code": "orgs", "label": "部署" },
                "groups": { "type": "GROUP_SELECT", "code": "groups", "label": "組" },
                "group": { "type": "GROUP", "code": "group", "label": "まとめ" },
                "related": { "type": "REFERENCE_TABLE", "code": "related", "label": "関連" },
                "table": { "type": "SUBTABLE", "code": "table", "label": "明細", "fields": {
                  "item": { "type": "SINGLE_LINE_TEXT", "code": "item", "label": "品名" },
                  "count": { "type": "NUMBER", "code": "count", "label": "数" },
                  "photo": { "type": "FILE", "code": "photo", "label": "写真" } } }
              },
              "records": [
                {
                  "$id": 3, "作成者": { "code": "ann", "name": "Ann" }, "作成日時": "2026-01-02T03:04:00Z", "更新日時": "2026-02-03T04:05:00Z", "ステータス": "完了",
                  "text": "引用\"と\\と改行\nまで", "memo": "一行目\n二行目", "rich": "<b>太字</b>", "amount": "12.50", "total": "25", "check": ["A", "B"], "radio": "高",
                  "drop": { "type": "DROP_DOWN", "value": "x" }, "multi": ["q"], "date": "2026-03-04", "time": "09:30", "datetime": "2026-03-04T05:06:00Z",
                  "link": "https://example.com/", "files": ["quote"], "users": [{ "code": "ann", "name": "Ann" }], "orgs": [{ "code": "sales", "name": "営業部" }],
                  "groups": [{ "code": "everyone", "name": "Everyone" }],
                  "table": [ { "id": "7", "value": { "item": { "value": "ボルト" }, "count": { "value": "3" } } }, { "item": "板", "photo": ["quote"] } ]
                },
                { "text": "ほとんど空" }
              ],
              "comments": [ { "record": 3, "text": "よろしく", "creator": { "code": "ann", "name": "Ann" } } ]
            }
          ]
        }
        """;

    public static Simulator Load()
    {
        var simulator = new Simulator(new() { Time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Company.Noon) });
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(Seed));
        KintoneSimulator.Seed.Load(simulator.Domain, stream);
        return simulator;
    }
}
