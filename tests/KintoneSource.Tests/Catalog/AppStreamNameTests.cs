using CsCheck;
using KintoneSource.Catalog;
using KintoneSource.Configuration;

namespace KintoneSource.Tests.Catalog;

/// <summary>What streams of apps are called: by the app's number, with its name for people or without.</summary>
public class AppStreamNameTests
{
    /// <summary>Names that look like parts of streams' names, and whatever else people call an app.</summary>
    static readonly Gen<string> s_appName = Gen.OneOf(
        Gen.OneOf<string>("table", "table_a", "tables", "Table", "records", "5 records", "files", "attachments", "comments", "app_7_records", "_", "!!!", "",
            "  ", "案件管理", "顧客（旧）", "メール", "😀 sales", "x table y", "table table",
            "aaaaaaaaaaaaaaaaaa table", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        Gen.String[Gen.Char["abtlerecods_ 0テー案件・\uD83D"], 0, 40], Gen.String[0, 30],
        Gen.Select(Gen.OneOf<string>("table", "tables", "records", "x", "_", " "), Gen.OneOf<string>("table", "tabletop", "files", " ", "表"))
            .Select(static (a, b) => $"{a} {b}"));

    static readonly Gen<string> s_code = Gen.OneOf(Gen.OneOf<string>("明細", "table", "table_a", "records", "_a", "a_table_b", "u3042"), Gen.String[1, 40]);

    static readonly Gen<long> s_app = Gen.OneOf(Gen.Long[1, 99_999], Gen.Long[1, long.MaxValue]);

    static IEnumerable<(AppStreamName Name, string? Code)> All(long app, string code) =>
        [(AppStreamName.Records(app), null), (AppStreamName.OfTable(app, code), code), (AppStreamName.Attachments(app), null),
            (AppStreamName.Files(app), null), (AppStreamName.Comments(app), null)];

    [Fact]
    public void App_and_kind_are_found_whatever_the_app_is_called() => Gen.Select(s_app, s_appName, s_code).Sample(static (app, name, code) =>
    {
        foreach (var (stream, table) in All(app, code))
        {
            foreach (var called in (AppStreamName[])[stream, stream.Named(StreamNaming.IdAndName, name, table)])
            {
                Assert.Matches("^app_[a-z0-9_]+$", called.ToString());
                Assert.InRange(called.ToString().Length, 1, 63);
                Assert.Equal(called, AppStreamName.Parse(called.ToString()));
                Assert.Equal((app, stream.Kind), (called.App, called.Kind));
            }
        }
    }, iter: 20_000);

    [Fact]
    public void The_sub_table_is_found_under_every_name_that_the_app_had() => Gen.Select(s_app, s_appName, s_appName, s_code.List[1, 4])
        .Sample(static (app, before, now, codes) =>
    {
        var form = Forms.Of(codes.Distinct().Select(static code => Forms.Table(code)));
        foreach (var table in form.Fields)
        {
            foreach (var naming in Enum.GetValues<StreamNaming>())
            {
                var stream = AppStreamName.Parse(AppStreamName.OfTable(app, table.Code).Named(naming, before, table.Code).ToString())!.Value;
                Assert.Equal(table.Code, AppStreamName.TableOf(stream, form)!.Code);
                var renamed = AppStreamName.OfTable(app, table.Code).Named(naming, now, table.Code);
                Assert.True(renamed.AppName is null != stream.AppName is null || renamed.Table == stream.Table);
            }
        }
    }, iter: 3_000);

    [Theory]
    [InlineData("案件管理", "app_12_ankenkanri_records")]
    [InlineData("Sales Orders (2024)", "app_12_sales_orders_2024_records")]
    [InlineData("ﾒｰﾙ配信・旧", "app_12_meeruhaishin_kyuu_records")]
    [InlineData("table", "app_12_tables_records")]
    [InlineData("5 records", "app_12_5_records_records")]
    [InlineData("😀", "app_12_records")]
    [InlineData("とてもとてもとてもとてもとても長い名前", "app_12_totemototemototemototemo_records")]
    public void Names_can_be_read(string app, string stream) => Assert.Equal(stream, AppStreamName.Records(12).Named(StreamNaming.IdAndName, app).ToString());

    [Fact]
    public void Without_the_app_s_name_nothing_changes() => s_appName.Sample(static name =>
        Assert.Equal("app_12_records", AppStreamName.Records(12).Named(StreamNaming.Id, name).ToString()));

    [Theory]
    [InlineData("app_12_Anken_records")]
    [InlineData("app_12__records")]
    [InlineData("app_12_a__records")]
    [InlineData("app_12_a__b_records")]
    [InlineData("app_12_見積_records")]
    [InlineData("app_12_a_rows")]
    [InlineData("app_12_table_")]
    [InlineData("app_12_a_table_")]
    [InlineData("app_12_a")]
    public void What_nobody_is_called_is_no_name(string stream) => Assert.Null(AppStreamName.Parse(stream));

    [Fact]
    public void A_sync_s_dictionary_goes_by_its_catalog_and_where_that_says_nothing_by_the_option()
    {
        static ConfiguredStream Stream(string name) => new(name, null, KintoneSource.Protocol.SyncMode.FullRefresh, default);
        StreamNames names = new(StreamNaming.IdAndName,
            new([Stream("app_12_old_records"), Stream("app_12_old_table_meisai_xfbffe0f80c"), Stream("app_13_records"), Stream("users")]));
        Assert.Equal(
            ["app_12_old_records", "app_12_old_table_meisai_xfbffe0f80c", "app_13_records", "app_14_new_records", "app_14_records"],
            [names.OfRecords(12, "new"), names.OfTable(12, "new", "明細"), names.OfRecords(13, "new"), names.OfRecords(14, "new"), names.OfRecords(14, null)]);
    }
}
