using System.Text.Json.Nodes;

namespace KintoneSimulator.Sample;

/// <summary>How people have set up 案件管理: views, graphs, an action that starts a daily report, who is notified of what, and two plug-ins.</summary>
static class DealsSettings
{
    public static void Add(App app)
    {
        app.SetResource("app/views", Resource(
            """
            {"views": {
              "受注予定": {"index": "0", "type": "LIST", "name": "受注予定", "id": "5601", "fields": ["レコード番号", "件名", "会社名", "確度", "受注予定日", "見込金額"], "filterCond": "ステータス in (\"引き合い\", \"提案中\")", "sort": "受注予定日 asc"},
              "打合せカレンダー": {"index": "1", "type": "CALENDAR", "name": "打合せカレンダー", "id": "5602", "date": "次回打合せ", "title": "件名", "filterCond": "", "sort": ""},
              "（作業者が自分）": {"index": "2", "type": "LIST", "builtinType": "ASSIGNEE", "name": "（作業者が自分）", "id": "5603", "fields": ["レコード番号", "件名", "ステータス"], "filterCond": "作業者 in (LOGINUSER())", "sort": "$id desc"}}}
            """));
        app.SetResource("app/reports", Resource(
            """
            {"reports": {
              "確度別の件数": {"id": "5701", "index": "0", "name": "確度別の件数", "chartType": "BAR", "chartMode": "NORMAL", "groups": [{"code": "確度"}], "aggregations": [{"type": "COUNT"}],
                "filterCond": "", "sorts": [{"by": "TOTAL", "order": "DESC"}], "periodicReport": {"active": false}},
              "月別の見込金額": {"id": "5702", "index": "1", "name": "月別の見込金額", "chartType": "COLUMN", "chartMode": "STACKED", "groups": [{"code": "受注予定日", "per": "MONTH"}, {"code": "ステータス"}],
                "aggregations": [{"type": "SUM", "code": "見込金額"}], "filterCond": "", "sorts": [{"by": "GROUP1", "order": "ASC"}], "periodicReport": {"active": true, "period": {"every": "MONTH", "dayOfMonth": "1", "time": "08:00"}}}}}
            """));
        app.SetResource("app/actions", Resource(
            """
            {"actions": {
              "日報を書く": {"id": "5801", "name": "日報を書く", "index": "0", "destApp": {"app": "3", "code": ""},
                "mappings": [{"srcType": "FIELD", "srcField": "レコード番号", "destField": "案件番号"}], "entities": [{"type": "GROUP", "code": "everyone"}], "filterCond": ""}}}
            """));
        app.SetResource("app/notifications/general", Resource(
            """
            {"notifications": [{"entity": {"type": "FIELD_ENTITY", "code": "営業担当"}, "includeSubs": false, "recordAdded": false, "recordEdited": true, "commentAdded": true, "statusChanged": true, "fileImported": false}],
             "notifyToCommenter": true}
            """));
        app.SetResource("app/notifications/perRecord", Resource(
            """
            {"notifications": [{"title": "大口案件が受注になりました", "filterCond": "ステータス in (\"受注\") and 見込金額 > 1000000", "targets": [{"entity": {"type": "GROUP", "code": "everyone"}, "includeSubs": false}]}]}
            """));
        app.SetResource("app/notifications/reminder", Resource(
            """
            {"notifications": [{"timing": {"code": "次回打合せ", "daysLater": "-1", "time": "17:00"}, "title": "明日は打合せです", "filterCond": "", "targets": [{"entity": {"type": "FIELD_ENTITY", "code": "営業担当"}, "includeSubs": false}]}],
             "timezone": "Asia/Tokyo"}
            """));
        app.SetResource("app/plugins", Resource(
            """
            {"plugins": [{"id": "kmhbplcjfgneiadoklmpbhfajcegdnio", "name": "条件書式プラグイン", "enabled": true}, {"id": "aefjdnkbchgmlpoiaebdcnfkjgmhlpio", "name": "見積書印刷プラグイン", "enabled": false}]}
            """));
    }

    static JsonObject Resource(string json) => JsonNode.Parse(json)!.AsObject();
}
