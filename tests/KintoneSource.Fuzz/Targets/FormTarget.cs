using System.Text;
using System.Text.Json;
using KintoneSimulator;
using KintoneSource.Catalog;
using KintoneSource.Configuration;
using KintoneSource.Protocol;
using Form = KintoneSource.Kintone.Forms.Form;

namespace KintoneSource.Fuzz.Targets;

/// <summary>The description of an app's form: a stream of columns with names of their own, or an answer that is not what it should be.</summary>
sealed class FormTarget : FuzzTarget
{
    readonly byte[][] _corpus;

    public FormTarget()
    {
        using var simulator = SampleCompany.Create(TimeProvider.System);
        using var client = Sample.Client(simulator);
        _corpus = [.. simulator.Domain.Apps.Where(static app => app.Space is null).Take(6)
            .Select(app => client.GetByteArrayAsync($"/k/v1/app/form/fields.json?app={app.Id}").GetAwaiter().GetResult())];
    }

    public override IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. ((string[])["\"type\":\"SUBTABLE\"", "\"fields\":{}", "\"type\":\"CALC\",\"format\":\"DAY_HOUR_MINUTE\"", "\"options\":{}", "\"lookup\":null",
            "\\ud800", "$id", "_kintone_id", "\"properties\":", "\"enabled\":false"]).Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>Names in ASCII and schemas are several times longer than what they are made from.</summary>
    public override long MostMemory(int length) => 4_000_000 + (2_000L * length);

    public override byte[] Make(Dice dice) => Damaged(_corpus, dice);

    public override bool Try(byte[] input)
    {
        Form form;
        try { form = Form.Parse(input); }
        catch (Exception e) when (e is UnexpectedResponseException or JsonException) { return false; }
        foreach (var names in (ColumnNames[])[ColumnNames.FieldCode, ColumnNames.Ascii, ColumnNames.Label, ColumnNames.LabelAscii])
        {
            var stream = AppStream.Records(1, "app", form, names, emitDeletedRecords: true);
            using var schema = JsonDocument.Parse(stream.Schema.ToString());
            var columns = schema.RootElement.GetProperty("properties").EnumerateObject().Select(static p => p.Name).ToArray();
            if (columns.Distinct().Count() != columns.Length) throw new DifferenceException($"a column comes twice: {string.Join(", ", columns)}");
            foreach (var row in DataDictionary.Rows(new(1, "app", form, ("en", form)), names.For(form), new(StreamNaming.Id, new([]))))
                JsonDocument.Parse(row.ToString()).Dispose();
        }
        return true;
    }
}
