using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;
using KintoneSource.Reading.Scanning;
using KintoneSource.Reading.States;

namespace KintoneSource.Fuzz.Targets;

/// <summary>State files in every runner's shape: read and planned with, or a configuration error. What is read is written again as the same.</summary>
sealed class StateTarget : FuzzTarget
{
    static readonly string[] s_streams = ["app_1_records", "app_12_records", "apps"];

    readonly byte[][] _corpus =
    [
        .. Corpus("states"),
        .. ((string[])
        [
            """{"type":"STREAM","stream":{"stream_descriptor":{"name":"app_1_records"},"stream_state":{"cursor_field":"_kintone_updated_at","cursor":"2026-05-01T03:02:00Z","max_id":7,"known_ids":"NONE"}}}""".Replace("NONE", new IdSet().Encode(), StringComparison.Ordinal),
            """[{"type":"GLOBAL","global":{"shared_state":{},"stream_states":[{"stream_descriptor":{"name":"app_1_records"},"stream_state":{"max_id":7,"scan":{"started":"2026-05-01T03:00:00Z","ranges":[[0,3],[5,7]]}}}]}}]""",
            """[{"type":"LEGACY","data":{"app_1_records":{"max_id":7}}}]""",
            """{"bookmarks":{"app_1_records":{"cursor_field":"_kintone_updated_at","max_id":7,"scan":{"since":"2026-05-01T03:00:00Z","max_id_before":5,"started":"2026-05-01T03:00:00Z","ranges":[]}}}}""",
            """{"app_12_records":{"cursor_field":"_kintone_updated_at","cursor":"2026-05-01T03:02:00Z","max_id":7}}""",
        ]).Select(Encoding.UTF8.GetBytes),
    ];

    public override IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. ((string[])["\"stream_state\":", "\"cursor\":", "\"max_id\":", "\"ranges\":[[0,1]]", "9223372036854775807",
            $"\"known_ids\":\"{new IdSet().Encode()}\"", "\"generation_id\":1", "\"version\":2", "[0,1],", "null"]).Select(Encoding.UTF8.GetBytes),
    ];

    public override byte[] Make(Dice dice)
    {
        var file = dice.Of(_corpus);
        if (dice.OneIn(2)) file = JsonMutation.Of(file, dice);
        return dice.OneIn(2) ? ByteMutation.Of(file, dice, Dictionary, _corpus) : file;
    }

    public override bool Try(byte[] input)
    {
        if (!Utf8.IsValid(input)) return false; // InputFile refuses it
        var isAccepted = true;
        InputState states;
        try { states = InputState.Parse(input, "state.json"); }
        catch (ConfigurationException) { return false; }
        foreach (var stream in s_streams)
        {
            try { isAccepted &= Use(stream, states.Of(stream)); }
            catch (ConfigurationException) { isAccepted = false; }
        }
        return isAccepted;
    }

    static bool Use(string stream, JsonElement json)
    {
        if (RecordsState.Parse(stream, json) is not { } state) return true;
        var written = state.ToJson().ToString();
        if (RecordsState.Parse(stream, JsonElement.Parse(Encoding.UTF8.GetBytes(written)))?.ToJson().ToString() is { } again && again != written)
            throw new DifferenceException($"{written} read again is {again}");
        if (state.KnownIds is { } ids) _ = IdSet.Decode(ids);
        if (state.Scan is { } scan)
        {
            var ranges = new ScanRanges(scan.Ranges, 1_000, 500, 8);
            var left = IdRanges.Merge(ranges.Left);
            if (!left.SequenceEqual(IdRanges.Merge(scan.Ranges))) throw new DifferenceException("the scan has other ids left than the state says");
            while (ranges.TryTake() is { } lease) ranges.Advance(lease, [], ranges.RangeOf(lease), isLast: true);
            if (ranges.Left.Count > 0) throw new DifferenceException("a range was never read");
        }
        return true;
    }
}
