using System.Globalization;
using System.Text.Json.Nodes;
using CsCheck;
using KintoneSource.Catalog;
using KintoneSource.Configuration;
using KintoneSource.Protocol;
using KintoneSource.Testing;

namespace KintoneSource.Tests.Catalog;

public class ResourceStreamsTests
{
    static readonly StreamNames s_streams = new(StreamNaming.Id, new([]));

    public static TheoryData<string> Names => [.. ResourceStreams.All.Select(static s => s.Name)];

    [Fact]
    public void Streams_and_columns_have_one_name_each()
    {
        Assert.Equal(Names.Count, ResourceStreams.All.DistinctBy(static s => s.Name).Count());
        Assert.All(ResourceStreams.All, static s => Assert.Equal(s.Columns.Length, s.Columns.DistinctBy(static c => c.Name).Count()));
        Assert.Equal(
            ["apps", "app_fields", "app_settings", "app_layouts", "app_views", "app_processes", "app_reports", "app_actions", "app_notifications",
                "app_permissions",
             "app_customizations", "app_plugins", "app_admin_notes", "users", "organizations", "groups", "spaces", "space_members", "app_statistics",
             "space_statistics",
             "sync_audit"],
            ResourceStreams.All.Select(static s => s.Name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Keys_are_columns_and_schemas_are_valid(string name)
    {
        var stream = ResourceStreams.Find(name)!;
        var offered = stream.Definition.ToAirbyteStream();

        _ = new SchemaCheck(offered.JsonSchema.ToString());
        Assert.Equal(stream.Columns.Select(static c => c.Name), Forms.Json(offered.JsonSchema.ToString()).GetProperty("properties").EnumerateObject()
            .Select(static p => p.Name));
        Assert.All(stream.Key, k => Assert.Equal(ResourceType.Text, stream.Columns.Single(c => c.Name == k).Type));
        Assert.Equal(stream.CursorField is null ? [SyncMode.FullRefresh] : [SyncMode.FullRefresh, SyncMode.Incremental], offered.SupportedSyncModes);
        Assert.Contains(stream.CursorField ?? stream.Key[0], stream.Columns.Select(static c => c.Name));
        Assert.All(stream.Resources, r => Assert.Equal(r.Shape == RowShape.Answer, r.Root is null));
        Assert.Equal(stream.Resources.Length > 1, stream.Columns.Any(static c => c.From == ValueFrom.Kind));
    }

    // What a server could send for a column: what its type promises, another type, null, nothing.
    static Gen<JsonNode?> Value(int depth) => Gen.OneOf(
        Gen.Const((JsonNode?)null),
        Gen.OneOf(Gen.Const("2024-02-01T01:02:03.000Z"), Gen.Const("2024-02-01T01:02:03+09:00"), Gen.Const("2024-02-01T01:02:03"),
            Gen.Const("2024-13-01T00:00:00Z"), Gen.Const("2024-02-01"), Gen.Const("2024-02-30"), Gen.String)
            .Select(static s => (JsonNode?)JsonValue.Create(s)),
        Gen.Int.Select(static i => (JsonNode?)JsonValue.Create(i)),
        Gen.Bool.Select(static b => (JsonNode?)JsonValue.Create(b)),
        depth == 0 ? Gen.Const((JsonNode?)new JsonObject())
            : Value(depth - 1).Array[0, 2].Select(static v => (JsonNode?)new JsonArray([.. v.Select(static x => x?.DeepClone())])),
        depth == 0 ? Gen.Const((JsonNode?)new JsonArray()) : Gen.Select(Value(depth - 1), Value(depth - 1))
            .Select(static (code, name) => (JsonNode?)new JsonObject { ["code"] = code?.DeepClone(), ["name"] = name?.DeepClone() }));

    static readonly Gen<(JsonNode?, bool)[]> s_values = Gen.Select(Value(2), Gen.Int[0, 5].Select(static i => i == 0)).Array[30];

    [Theory] // whatever comes, a row has the stream's columns and fits the stream's schema
    [MemberData(nameof(Names))]
    public void Rows_fit_their_schema(string name)
    {
        var stream = ResourceStreams.Find(name)!;
        var schema = new SchemaCheck(stream.Definition.Schema.ToString());
        s_values.Sample(values =>
        {
            var row = new JsonObject(stream.Columns.Zip(values).Where(static c => !c.Second.Item2)
                .Select(static c => KeyValuePair.Create(c.First.Name, c.Second.Item1?.DeepClone())));
            foreach (var resource in stream.Resources)
            {
                JsonNode answer = resource.Shape switch
                {
                    RowShape.Items => new JsonObject { [resource.Root!] = new JsonArray(row.DeepClone()), ["revision"] = "3" },
                    RowShape.Entries => new JsonObject { [resource.Root!] = new JsonObject { ["一覧"] = row.DeepClone() }, ["revision"] = "3" },
                    _ => row,
                };
                var one = Assert.Single(ResourceRows.Of(stream, resource, Forms.Json(answer.ToJsonString()), app: 12));
                var made = one.ToString();
                Assert.Equal(stream.Columns.Select(static c => c.Name), Forms.Json(made).EnumerateObject().Select(static p => p.Name));
                Assert.Empty(schema.Problems(made));
                // What came and is null now is told; an empty date is none.
                Assert.Equal(
                    from column in stream.Columns
                    let sent = column.From == ValueFrom.Row || (column.From == ValueFrom.Answer && resource.Shape == RowShape.Answer) ? row[column.Name] : null
                    where sent is not null && !(column.Type is ResourceType.Date or ResourceType.Timestamp && sent.ToJsonString() == "\"\"")
                    where Forms.Json(made).GetProperty(column.Name).ValueKind == System.Text.Json.JsonValueKind.Null
                    select column.Name, one.Nulled);
            }
        }, iter: 100);
    }

    [Theory]
    [InlineData("apps", """{"apps":[{"appId":"7","name":"注文","createdAt":"2024-02-01T01:02:03.000Z","creator":{"code":"ann","name":"Ann","more":1},"spaceId":null,"unknown":1}]}""",
        """{"appId":"7","code":null,"name":"注文","description":null,"spaceId":null,"threadId":null,"createdAt":"2024-02-01T01:02:03.000Z","creator":{"code":"ann","name":"Ann","more":1},"modifiedAt":null,"modifier":null}""")]
    [InlineData("app_layouts", """{"layout":[{"type":"ROW","fields":[]}],"revision":3}""", """{"appId":"12","layout":[{"type":"ROW","fields":[]}],"revision":"3"}""")]
    [InlineData("app_processes", """{"enable":false,"states":null,"actions":null,"revision":"5"}""", """{"appId":"12","enable":false,"states":null,"actions":null,"revision":"5"}""")]
    [InlineData("app_actions", """{"actions":{"見積":{"id":"9","name":"見積","index":"0","mappings":[],"entities":[]}},"revision":"5"}""",
        """{"appId":"12","id":"9","name":"見積","index":"0","destApp":null,"mappings":[],"entities":[],"filterCond":null,"revision":"5"}""")]
    [InlineData("app_permissions", """{"rights":[{"includeSubs":false}],"revision":"5"}""", """{"appId":"12","kind":"app","rights":[{"includeSubs":false}],"revision":"5"}""")]
    [InlineData("app_plugins", """{"plugins":[{"id":"abc","name":"印刷","enabled":true}],"revision":"5"}""", """{"appId":"12","id":"abc","name":"印刷","enabled":true,"revision":"5"}""")]
    [InlineData("app_customizations", """{"scope":"ALL","desktop":{"js":[{"type":"URL","url":"https://x"}],"css":[]},"mobile":{"js":[],"css":[]},"revision":"5"}""",
        """{"appId":"12","scope":"ALL","desktop":{"js":[{"type":"URL","url":"https://x"}],"css":[]},"mobile":{"js":[],"css":[]},"revision":"5"}""")]
    [InlineData("app_admin_notes", """{"content":"<b>毎月</b>","includeInTemplateAndDuplicates":false,"revision":"5"}""", """{"appId":"12","content":"<b>毎月</b>","includeInTemplateAndDuplicates":false,"revision":"5"}""")]
    [InlineData("space_members", """{"members":[{"entity":{"type":"ORGANIZATION","code":"dev"},"isAdmin":false,"includeSubs":true}]}""",
        """{"spaceId":"12","type":"ORGANIZATION","code":"dev","isAdmin":false,"isImplicit":null,"includeSubs":true}""")]
    [InlineData("app_statistics", """{"apps":[{"id":"7","name":"注文","space":null,"status":"ACTIVATED","recordUpdatedAt":"2024-02-01T01:02:03.000Z","recordCount":"120","dailyRequestCount":33,"apiTokenCount":"2"}]}""",
        """{"id":"7","name":"注文","space":null,"appGroup":null,"status":"ACTIVATED","recordUpdatedAt":"2024-02-01T01:02:03.000Z","recordCount":"120","fieldCount":null,"dailyRequestCount":"33","storageUsage":null,"apiTokenCount":"2","webhookCount":null,"customized":null,"creator":null,"createdAt":null,"modifier":null,"modifiedAt":null}""")]
    public void An_answer_becomes_its_rows(string name, string answer, string row)
    {
        var stream = ResourceStreams.Find(name)!;
        Assert.Equal(row, Assert.Single(ResourceRows.Of(stream, stream.Resources[0], Forms.Json(answer), app: 12)).ToString());
    }

    [Fact] // some readers of JSON lines split at these
    public void Line_separators_inside_free_form_parts_are_escaped()
    {
        var layouts = ResourceStreams.Find("app_layouts")!;
        var row = ResourceRows.Of(layouts, layouts.Resources[0], Forms.Json("{\"layout\":[{\"l\u2028\":\"a\u0085\u2029b\"}]}"), app: 1).Single().ToString();
        Assert.DoesNotContain(row, static c => c is '\u0085' or '\u2028' or '\u2029');
    }

    [Fact]
    public void Several_rows_come_in_a_stable_order_and_only_selected_columns()
    {
        var views = ResourceStreams.Find("app_views")!;
        string[] Rows(string answer) =>
            [.. ResourceRows.Of(views, views.Resources[0], Forms.Json(answer), app: 1, selected: ["id", "name"]).Select(static r => r.ToString())];

        string[] expected = ["""{"id":"2","name":"a"}""", """{"id":"1","name":"b"}"""];
        Assert.Equal(expected, Rows("""{"views":{"b":{"id":"1"},"a":{"id":"2"}}}"""));
        Assert.Equal(expected, Rows("""{"views":{"a":{"id":"2"},"b":{"id":"1"}}}"""));
        Assert.Empty(Rows("""{"views":null}"""));
        Assert.Empty(Rows("""{"views":{}}"""));
    }

    [Theory]
    [InlineData("apps", "[]", "the answer")]
    [InlineData("apps", "{}", "apps is missing")]
    [InlineData("apps", """{"apps":{}}""", "apps")]
    [InlineData("apps", """{"apps":[{},3]}""", "apps[1]")]
    [InlineData("app_views", """{"views":[]}""", "views")]
    [InlineData("app_views", """{"views":{"all":"x"}}""", "views.all")]
    public void An_answer_of_another_shape_is_reported_with_the_place(string name, string answer, string place)
    {
        var stream = ResourceStreams.Find(name)!;
        var error = Assert.Throws<UnexpectedResponseException>(() => ResourceRows.Of(stream, stream.Resources[0], Forms.Json(answer), app: 1).ToArray());
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_stand_beside_the_row_that_they_belong_to()
    {
        var organizations = ResourceStreams.Find("organizations")!;
        var members = ResourceRows.Members(organizations.Membership!, Forms.Json(
            """{"userTitles":[{"user":{"id":"1","code":"sato","name":"佐藤","email":"s@example.com"},"title":{"name":"部長"}},{"user":{"id":2,"code":"abe","name":"阿部"},"title":null}]}"""));
        var list = RawJson.From(json =>
        {
            json.WriteStartArray();
            foreach (var member in members) json.WriteRawValue(member.Row.Json.Utf8.Span);
            json.WriteEndArray();
        });

        var row = ResourceRows.Of(organizations, organizations.Resources[0], Forms.Json("""{"organizations":[{"id":"3","code":"sales"}]}"""),
            selected: ["code", "users"], members: code => code == "sales" ? new ResourceRow(list) : null).Single();

        Assert.Equal(
            """{"code":"sales","users":[{"id":"1","code":"sato","name":"佐藤","title":"部長"},{"id":"2","code":"abe","name":"阿部","title":null}]}""",
            row.ToString());
        Assert.Equal(
            """{"id":"1","code":"sato","name":null}""",
            ResourceRows.Members(ResourceStreams.Find("groups")!.Membership!, Forms.Json("""{"users":[{"id":"1","code":"sato"}]}""")).Single().Row.ToString());
        var odd = ResourceRows.Members(
            organizations.Membership!, Forms.Json("""{"userTitles":[{"user":{"id":[1],"code":"sato","name":true},"title":{"name":{}}}]}""")).Single().Row;
        Assert.Equal("""{"id":null,"code":"sato","name":null,"title":null}""", odd.ToString());
        Assert.Equal(["users.id", "users.name", "users.title"], odd.Nulled);
        Assert.Throws<UnexpectedResponseException>(() => ResourceRows.Members(organizations.Membership!, Forms.Json("""{"userTitles":[{}]}""")).ToArray());
    }

    [Fact]
    public async Task The_data_dictionary_has_every_field_with_its_column()
    {
        var form = Forms.Of(
            new("顧客名", "お客様", "SINGLE_LINE_TEXT") { Required = true, Lookup = new("7", "名前") },
            new("ランク", "Rank", "DROP_DOWN") { Options = ["A", "B"] },
            new("枠", "枠", "GROUP"),
            new("案件", "案件", "REFERENCE_TABLE") { ReferenceTable = new("2", "顧客名", "会社名") },
            Forms.Table("明細", new KintoneSource.Kintone.Forms.FormField("小計", "小計", "CALC") { Format = "NUMBER", Expression = "a*b", Unit = "円" }));
        var english = form with { Fields = [.. form.Fields.Where(static f => f.Code != "枠").Select(static f => f with { Label = $"{f.Code} in English" })] };
        var rows = DataDictionary.Rows(new(12, "見積", form, ("en", english)), ColumnNames.Ascii.For(form), s_streams).Select(static r => r.ToString())
            .ToArray();

        var schema = new SchemaCheck(ResourceStreams.AppFields.Definition.Schema.ToString());
        Assert.All(rows, r => Assert.Empty(schema.Problems(r)));
        await KintoneSource.Testing.Verifier.Verify(string.Join("\n", rows), "jsonl");
    }

    [Fact]
    public void The_data_dictionary_names_the_columns_of_the_stream() => Assert.All(
        (ColumnNames[])[ColumnNames.FieldCode, ColumnNames.Ascii, ColumnNames.Label, ColumnNames.LabelAscii], static names =>
    {
        var form = Forms.Of(KintoneSource.Kintone.Forms.FieldTypes.ByName.Keys.Select(static (t, i) =>
            Forms.Field(string.Create(CultureInfo.InvariantCulture, $"項目{i}"), t)));
        var columns = AppStream.Records(1, "x", form, names, false).Schema;

        Assert.Equal(
            Forms.Json(columns.ToString()).GetProperty("properties").EnumerateObject().Select(static p => p.Name).Where(static n => !n.StartsWith('_')),
            DataDictionary.Rows(new(1, null, form), names.For(form), s_streams, ["column"])
                .Select(static r => Forms.Json(r.ToString()).GetProperty("column").GetString()).OfType<string>());
    });
}
