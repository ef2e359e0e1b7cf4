using System.Globalization;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Files;

/// <summary>How far a stream's files are, and what came of them, in words: before the first one, every 30 seconds, and at the end.</summary>
/// <param name="stream">As messages call it.</param>
/// <param name="records">How many records are to be looked at; null where nobody counted them.</param>
sealed class FileTally(string stream, FileQuestion question, long? records, Func<LogLevel, string, CancellationToken, ValueTask> log, TimeProvider time)
{
    static readonly TimeSpan s_between = TimeSpan.FromSeconds(30);
    const int MostExamples = 3;

    readonly Lock _lock = new();
    readonly int[] _counts = new int[Enum.GetValues<FileOutcome>().Length];
    readonly Dictionary<FileOutcome, List<string>> _examples = [];
    long _toldAt = -1;
    long _expectedFiles, _expectedBytes, _looked;
    long _bytes;
    bool _isForetold;

    public ValueTask BeginAsync(CancellationToken ct) => log(LogLevel.Info,
        $"{stream}: the contents of new and changed files ({question.Limits} at most each, max_attachment_mb and attachment_names) are fetched into "
            + $"{question.Staging.Root}.", ct);

    /// <summary>Files that a page of records has and that are to be fetched.</summary>
    public void Expect(long bytes, int files, int ofRecords)
    {
        lock (_lock)
        {
            _expectedBytes += bytes;
            _expectedFiles += files;
            _looked += ofRecords;
        }
    }

    public void Note(AttachedFile file, FileResult result)
    {
        lock (_lock)
        {
            _counts[(int)result.Outcome]++;
            _bytes += result.Size;
            if (result.Outcome is not (FileOutcome.TooLarge or FileOutcome.Gone or FileOutcome.Refused or FileOutcome.Broken)) return;
            if (!_examples.TryGetValue(result.Outcome, out var examples)) _examples[result.Outcome] = examples = [];
            if (examples.Count < MostExamples) examples.Add(string.Create(CultureInfo.InvariantCulture, $"{file.Record} ({file.Field})"));
        }
    }

    /// <summary>Says how many are to come once that is known, and how many have come when it is time.</summary>
    public async ValueTask TellAsync(CancellationToken ct)
    {
        if (Text() is { } text) await log(LogLevel.Info, text, ct);
    }

    string? Text()
    {
        lock (_lock)
        {
            if (!_isForetold && _looked > 0)
            {
                (_isForetold, _toldAt) = (true, time.GetTimestamp());
                return _expectedFiles == 0 ? null : $"{stream}: {new FileForecast(_looked, _expectedFiles, _expectedBytes).Text(records)} to be fetched.";
            }
            if (_toldAt < 0 || time.GetElapsedTime(_toldAt) < s_between) return null;
            _toldAt = time.GetTimestamp();
            return $"{stream}: {FileForecast.Count(_counts[(int)FileOutcome.Fetched], _bytes)} of {FileForecast.Count(_expectedFiles, _expectedBytes)} that "
                + "were found so far.";
        }
    }

    public async ValueTask EndAsync(CancellationToken ct)
    {
        int Count(FileOutcome outcome) => _counts[(int)outcome];
        var others = new List<string>();
        if (Count(FileOutcome.FetchedBefore) > 0) others.Add($"{Quantity.Number(Count(FileOutcome.FetchedBefore))} had been before");
        if (Count(FileOutcome.NameNotWanted) > 0) others.Add($"{Quantity.Number(Count(FileOutcome.NameNotWanted))} left out by attachment_names");
        var beside = others.Count > 0 ? "; " + string.Join(", ", others) : "";
        await log(LogLevel.Info, $"{stream}: {FileForecast.Count(Count(FileOutcome.Fetched), _bytes)} fetched{beside}.", ct);
        foreach (var (outcome, what) in ((FileOutcome, string)[])
        [
            (FileOutcome.TooLarge, $"larger than {question.Limits.MaxMegabytes} MB (max_attachment_mb)"),
            (FileOutcome.Gone, "not in Kintone any more, since the records were probably changed meanwhile; the next sync has what is there now"),
            (FileOutcome.Refused, "not to be read with these credentials; check the permissions of the app, its records and its fields"),
            (FileOutcome.Broken, "never whole, however often asked for; try to open each in Kintone, and attach it again where that fails too"),
        ])
        {
            if (!_examples.TryGetValue(outcome, out var examples)) continue;
            var (files, records) = (Quantity.Of(Count(outcome), "file"), string.Join(", ", examples));
            await log(LogLevel.Warn, $"{stream}: {files} left out: {what}. By record, for example: {records}.", ct);
        }
    }
}
