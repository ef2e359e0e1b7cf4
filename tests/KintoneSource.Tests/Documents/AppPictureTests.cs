using System.Text.Json;
using KintoneSimulator;
using KintoneSource.Testing;
using KintoneSource.Tests.Packaging;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Documents;

public class AppPictureTests
{
    const string Picture = "docs/record-and-rows.svg", Records = "app_2_records", Rows = "app_2_table_meisai_xfbffe0f80c";

    static readonly string[] s_fields = ["会社名", "ステータス", "受注予定日", "見込金額"], s_table = ["品名", "単価", "数量"];

    [Fact] // and so it is made anew: the failure says how
    public async Task The_picture_shows_a_record_of_the_sample_company_and_what_the_program_makes_of_it()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var app = simulator.Domain.App(SampleCompany.DealsApp)!;
        var record = Enumerable.Range(1, 100).Select(id => app.Records.Find(id)).OfType<StoredRecord>()
            .First(r => Cells(app, r, "明細").Rows is { Count: 2 } && Shown(Cells(app, r, "会社名")).Length is > 0 and <= 10);
        var config = TestConfig.Of(TestConfig.Administrator, TestConfig.Listed(app.Id), "label_ascii");
        var discovered = await simulator.DiscoverAsync(config);
        var run = await simulator.ReadAsync(config, discovered.Configure(static s => s is Records or Rows));

        var table = app.Form.Field("明細")!;
        var rows = Cells(app, record, "明細")
            .Rows!.Select(row => s_table.Select(code => Shown(row.Cells[table.Fields.Single(f => f.Code == code).Uid])).ToArray());
        var seen = AppPicture.Of(
            app.Name,
            [.. s_fields.Select(code => (app.Form.Field(code)!.Label, Shown(Cells(app, record, code))))],
            new(table.Label, s_table, [.. rows]),
            [
                Arrived(run, Records, record.Id, ["_kintone_id", "kaishamei", "suteetasu", "juchuuyoteinichi", "kenkomukingaku"]),
                Arrived(run, Rows, record.Id, ["_kintone_id", "_kintone_row_number", "hinmei", "tanka", "suuryou"]),
            ]);

        await Verifier.VerifyFile(seen, Repository.Path(Picture));
    }

    [Fact]
    public void It_comes_before_any_prose() =>
        Assert.StartsWith("# source-kintone\n\n![", Repository.Text("README.md"), StringComparison.Ordinal);

    static PictureTable Arrived(Run run, string stream, long id, string[] columns) => new(
        stream, columns,
        [.. run.Records(stream).Where(row => row.GetProperty("_kintone_id").GetInt64() == id)
            .Select(row => columns.Select(c => row.GetProperty(c).ToString()).ToArray())]);

    static Cell Cells(App app, StoredRecord record, string code) => record.Cells[app.Form.Field(code)!.Uid];

    static string Shown(Cell cell) => cell.Value.ValueKind == JsonValueKind.String ? cell.Value.GetString()! : cell.Value.GetRawText();
}
