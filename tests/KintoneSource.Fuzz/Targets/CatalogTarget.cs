using System.Text;
using System.Text.Unicode;
using KintoneSimulator;
using KintoneSource.Catalog;
using KintoneSource.Protocol;
using KintoneSource.Reading.Transcoding;
using Form = KintoneSource.Kintone.Forms.Form;

namespace KintoneSource.Fuzz.Targets;

/// <summary>
/// Configured catalogs: streams with columns that today's form fills, or a configuration error. What a catalog declares decides how a page is
/// written, so a page is written for each, and as its model writes it.
/// </summary>
sealed class CatalogTarget : FuzzTarget
{
    static readonly RecordEnvelope s_envelope = new(new("app_1_records"), DateTimeOffset.UnixEpoch);

    readonly byte[][] _corpus;
    readonly Form _form;
    readonly byte[] _page;

    public CatalogTarget()
    {
        using var simulator = SampleCompany.Create(TimeProvider.System);
        var whole = Sample.Catalog(simulator, incremental: true);
        using var client = Sample.Client(simulator);
        var app = simulator.Domain.Apps.Where(static app => app.Space is null).MaxBy(static app => app.Form.Fields.Count)!.Id;
        _form = Form.Parse(client.GetByteArrayAsync($"/k/v1/app/form/fields.json?app={app}").GetAwaiter().GetResult());
        _page = client.GetByteArrayAsync($"/k/v1/records.json?app={app}&query=limit%203").GetAwaiter().GetResult();
        using var json = System.Text.Json.JsonDocument.Parse(whole);
        var streams = json.RootElement.GetProperty("streams").EnumerateArray().ToArray();
        // One stream each: small files are mutated where it matters. The stream of the form counts for half.
        var one = streams.Select(static s =>
            (Name: s.GetProperty("stream").GetProperty("name").GetString(), File: Encoding.UTF8.GetBytes($"{{\"streams\":[{s.GetRawText()}]}}"))).ToArray();
        _corpus = [.. one.Select(static s => s.File).Where(static f => f.Length < 20_000),
            .. Enumerable.Repeat(one.Single(s => s.Name == $"app_{app}_records").File, one.Length)];
    }

    public override IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. ((string[])["\"json_schema\":{}", "\"json_schema\":null", "\"type\":[\"null\",\"integer\"]", "\"format\":\"date-time\"", "\"properties\":",
            "\"items\":", "\"sync_mode\":\"incremental\"", "\\ud800", "null", "\"generation_id\":9223372036854775808"]).Select(Encoding.UTF8.GetBytes),
    ];

    public override long MostMemory(int length) => 4_000_000 + (2_000L * length);

    public override byte[] Make(Dice dice) => Damaged(_corpus, dice);

    public override bool Try(byte[] input)
    {
        if (!Utf8.IsValid(input)) return false; // InputFile refuses it
        ConfiguredCatalog catalog;
        try { catalog = ConfiguredCatalog.Parse(input, "catalog.json"); }
        catch (ConfigurationException) { return false; }
        foreach (var stream in catalog.Streams.Take(3))
        {
            if (AppStreamName.Parse(stream.Name)?.Kind is AppStreamKind.Comments or AppStreamKind.Files) continue; // no page of records becomes lines of it
            StreamColumns layout;
            try { layout = StreamColumns.Of(stream, _form, ColumnNames.FieldCode, emitDeletedRecords: true); }
            catch (ConfigurationException) { continue; }
            var page = PageLayout.Of([PageStream.Of(AppStreamName.Parse(stream.Name) ?? AppStreamName.Records(1), _form, layout.Columns, s_envelope)]);
            using PageLines ours = new(1), theirs = new(1);
            try { new PageTranscoder(page).Transcode(_page, ours); }
            catch (MalformedPageException) { ours.Clear(); } // rows of a table without ids, which stand in the page
            try { new ModelTranscoder(page).Transcode(_page, theirs); }
            catch (MalformedPageException) { theirs.Clear(); }
            var (our, their) = (Encoding.UTF8.GetString(ours.Streams[0].Bytes.WrittenSpan), Encoding.UTF8.GetString(theirs.Streams[0].Bytes.WrittenSpan));
            if (our != their || !ours.Ids.SequenceEqual(theirs.Ids)) throw new DifferenceException($"lines\n{our}\nthe model has\n{their}");
        }
        return true;
    }
}
