using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.States;

/// <summary>Reads a state's properties; what has the wrong shape is never skipped, because that would silently restart.</summary>
readonly struct StateReader(string stream)
{
    public ConfigurationException Unreadable(string why) =>
        new($"The saved state of stream {stream} can't be used: {why}. To start afresh, reset this stream (clear its data) and sync again; nothing in "
            + "Kintone is affected.");

    public string? String(JsonElement json, string name) => Property(json, name) switch
    {
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } => throw Unreadable($"\"{name}\" is not a string"),
        null => null,
    };

    public long? Long(JsonElement json, string name) => Difference(json, name) switch
    {
        < 0 => throw Unreadable($"\"{name}\" is not a whole number"),
        var number => number,
    };

    /// <summary>A whole number that may be negative.</summary>
    public long? Difference(JsonElement json, string name) => Property(json, name) switch
    {
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out var number) => number,
        { } => throw Unreadable($"\"{name}\" is not a whole number"),
        null => null,
    };

    public DateTimeOffset? Time(JsonElement json, string name) => String(json, name) switch
    {
        { } text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time.ToUniversalTime(),
        { } => throw Unreadable($"\"{name}\" is not a date and time"),
        null => null,
    };

    /// <summary>None where there is no such list.</summary>
    public IEnumerable<string> Strings(JsonElement json, string name)
    {
        if (Property(json, name) is not { } list) return [];
        return list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.String)
            ? list.EnumerateArray().Select(static item => item.GetString()!) : throw Unreadable($"\"{name}\" is not a list of texts");
    }

    public DateOnly? Day(JsonElement json, string name) => String(json, name) switch
    {
        { } text when DateOnly.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) => day,
        { } => throw Unreadable($"\"{name}\" is not a date"),
        null => null,
    };

    public RememberedColumns? Columns(JsonElement json) =>
        Property(json, "columns") is { } columns ? RememberedColumns.Parse(columns) ?? throw Unreadable("\"columns\" is not an object of texts") : null;

    public ScanState? Scan(JsonElement json)
    {
        if (Property(json, "scan") is not { } scan) return null;
        if (scan.ValueKind != JsonValueKind.Object) throw Unreadable("\"scan\" is not an object");
        return new(Time(scan, "since"), Long(scan, "max_id_before"), Time(scan, "started") ?? throw Unreadable("\"scan\" has no \"started\""), Ranges(scan));
    }

    public TombstoneMark? Tombstones(JsonElement json)
    {
        if (Property(json, "tombstones") is not { } mark) return null;
        if (mark.ValueKind != JsonValueKind.Object || Time(mark, "newest") is not { } newest || Long(mark, "max_id") is not { } maxId)
            throw Unreadable("\"tombstones\" does not say when and up to which id");
        return new(newest, maxId);
    }

    public RequestUse? Requests(JsonElement json)
    {
        if (Property(json, "requests") is not { } use) return null;
        if (use.ValueKind != JsonValueKind.Object || Long(use, "today") is not { } today || Day(use, "day") is not { } day)
            throw Unreadable("\"requests\" does not say how many there were on which day");
        return new(day, today, Long(use, "full"), Long(use, "later"));
    }

    ImmutableArray<IdRange> Ranges(JsonElement scan)
    {
        if (Property(scan, "ranges") is not { ValueKind: JsonValueKind.Array } ranges) throw Unreadable("\"ranges\" is not a list");
        if (ranges.GetArrayLength() > StateChecks.MostRanges) throw Unreadable("\"ranges\" holds more ranges than a scan can have");
        List<IdRange> result = [];
        foreach (var range in ranges.EnumerateArray())
        {
            if (range.ValueKind != JsonValueKind.Array || range.GetArrayLength() != 2
                || range[0].ValueKind != JsonValueKind.Number || range[1].ValueKind != JsonValueKind.Number
                || !range[0].TryGetInt64(out var after) || !range[1].TryGetInt64(out var upTo) || after < 0 || upTo < after)
                throw Unreadable("\"ranges\" holds something else than pairs of ids");
            result.Add(new(after, upTo));
        }
        result.Sort(static (a, b) => a.After.CompareTo(b.After));
        for (var i = 1; i < result.Count; i++)
            if (result[i].After < result[i - 1].UpTo) throw Unreadable("\"ranges\" overlap");
        return [.. result];
    }

    static JsonElement? Property(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
