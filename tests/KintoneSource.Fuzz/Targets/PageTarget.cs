using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;
using KintoneSource.Catalog;
using KintoneSource.Protocol;
using KintoneSource.Reading.Transcoding;
using KintoneSource.Tests.Reading.Transcoding;

namespace KintoneSource.Fuzz.Targets;

/// <summary>
/// The page transcoder against its model: what it writes, what it refuses, and the ids. The first byte chooses the columns, the rest
/// are pages, two NULs between them, that go through one transcoder, so that what it learns from one must not change the next.
/// </summary>
sealed class PageTarget : FuzzTarget
{
    const int Layouts = 64, MostPages = 6;
    static readonly RecordEnvelope s_envelope = new(new("app_1_records"), DateTimeOffset.UnixEpoch);

    readonly ImmutableArray<Column>[] _columns = [SamplePage.Columns, .. Enumerable.Range(1, Layouts - 1).Select(static seed => new RandomPage(seed).Columns)];
    readonly ModelTranscoder?[] _models = new ModelTranscoder?[Layouts];
    readonly byte[]?[] _pages = new byte[]?[4_000];
    readonly byte[] _sample = Encoding.UTF8.GetBytes(SamplePage.Text);
    readonly PageLines _ours = new(Streams, 16), _theirs = new(Streams, 16);

    public override IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. ((string[])["\"$id\":{\"type\":\"__ID__\",\"value\":\"7\"}", "{\"records\":[", "],\"totalCount\":\"3\"}", "\"value\":", "\"type\":\"SUBTABLE\",",
            "\\u2028", "\\ud83c\\udf4e", "\\ud83c", "\"明細\":",
            "{\"id\":\"1\",\"value\":{}}", "\"$revision\":", "null", "\"\"", "[]", "{}", "\u2028", "\u0085", "1e5", "-0", "2024-02-29", "23:59", "T03:02:00Z",
            "\0\0"]).Select(Encoding.UTF8.GetBytes),
    ];

    public override byte[] Make(Dice dice)
    {
        var page = Page(dice);
        byte[] input = [(byte)dice.Next(Layouts), .. page];
        for (var more = dice.OneIn(3) ? dice.Between(1, 2) : 0; more > 0; more--) input = [.. input, 0, 0, .. dice.OneIn(2) ? page : Page(dice)];
        return dice.OneIn(3) ? input : ByteMutation.Of(input, dice, Dictionary, [_sample]);
    }

    byte[] Page(Dice dice)
    {
        // Making a page costs many times what reading one does: most are made once and mutated again and again.
        var page = dice.Next(40) switch
        {
            0 => _sample,
            1 or 2 => new RandomPage(dice.Seed(), mayBeOdd: dice.OneIn(2)).Bytes,
            _ => Pooled(dice.Next(_pages.Length)),
        };
        return dice.OneIn(20) ? JsonMutation.Of(page, dice) : page;
    }

    byte[] Pooled(int number) => _pages[number] ??= new RandomPage(number, mayBeOdd: number % 3 == 0).Bytes;

    /// <summary>Every second one is of records alone; the others have lines for the rows of the table and the files, too.</summary>
    PageLayout LayoutOf(int layout) => PageLayout.Of(
    [
        PageStream.OfRecords(_columns[layout], s_envelope),
        layout % 2 == 0 ? PageStream.OfFiles([], [], s_envelope) : PageStream.OfFiles([new(null, "添付"), new("明細", "図面")], s_files, s_envelope),
        layout % 2 == 0 ? PageStream.OfFiles([], [], s_envelope) : PageStream.OfTable("明細", s_rows, s_envelope),
    ]);

    static readonly ImmutableArray<Column> s_files = AppColumns.Attachments(new("1", []), emitDeletedRecords: true);

    static readonly ImmutableArray<Column> s_rows =
    [
        new(Column.RowId, null, ColumnKind.Integer) { Origin = ColumnOrigin.RowId },
            new(Column.RowNumber, null, ColumnKind.Integer) { Origin = ColumnOrigin.RowNumber },
        new("数量", "数量", ColumnKind.Number) { Origin = ColumnOrigin.RowField },
    ];

    const int Streams = 3;

    public override bool Try(byte[] input)
    {
        if (input.Length == 0) return false;
        var layout = input[0] % Layouts;
        var page = LayoutOf(layout);
        var transcoder = new PageTranscoder(page);
        var model = _models[layout] ??= new(page);
        var isAccepted = true;
        ReadOnlySpan<byte> rest = input.AsSpan(1);
        for (var pages = 1; ; pages++)
        {
            var end = pages == MostPages ? -1 : rest.IndexOf("\0\0"u8);
            isAccepted &= Compare(transcoder, model, end < 0 ? rest : rest[..end]);
            if (end < 0) return isAccepted;
            rest = rest[(end + 2)..];
        }
    }

    /// <returns>Whether both took the page.</returns>
    bool Compare(PageTranscoder transcoder, ModelTranscoder model, ReadOnlySpan<byte> page)
    {
        _ours.Clear();
        _theirs.Clear();
        PageSummary? ours = null, theirs = null;
        try { ours = transcoder.Transcode(page, _ours); }
        catch (MalformedPageException) { }
        if (Utf8.IsValid(page))
        {
            try { theirs = model.Transcode(page, _theirs); }
            catch (MalformedPageException) { }
        }
        if (ours != theirs) throw new DifferenceException(
            $"the transcoder says {ours?.ToString() ?? "malformed"}, the model {theirs?.ToString() ?? "malformed"}");
        if (ours is null)
        {
            if (_ours.Length > 0 || _ours.Ids.Length > 0) throw new DifferenceException("a refused page left lines or ids behind");
            return false;
        }
        if (!_ours.Ids.SequenceEqual(_theirs.Ids)) throw new DifferenceException(
            $"ids {string.Join(' ', _ours.Ids.ToArray())}, the model has {string.Join(' ', _theirs.Ids.ToArray())}");
        for (var i = 0; i < Streams; i++)
        {
            var our = _ours.Streams[i].Bytes.WrittenSpan;
            var their = _theirs.Streams[i].Bytes.WrittenSpan;
            if (!our.SequenceEqual(their)) throw new DifferenceException(
                $"lines\n{Encoding.UTF8.GetString(our)}\nthe model has\n{Encoding.UTF8.GetString(their)}");
        }
        return true;
    }

    public override void Dispose()
    {
        _ours.Dispose();
        _theirs.Dispose();
        base.Dispose();
    }
}
