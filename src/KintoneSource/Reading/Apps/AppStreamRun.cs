using System.Collections.Immutable;
using KintoneSource.Catalog;
using KintoneSource.Protocol;
using KintoneSource.Reading.Audit;
using KintoneSource.Reading.Deletions;
using KintoneSource.Reading.Files;
using KintoneSource.Reading.Output;
using KintoneSource.Reading.States;

namespace KintoneSource.Reading.Apps;

/// <summary>One stream of an app in this sync: what the catalog and its state say, and where its messages go.</summary>
/// <param name="Previous">The state to carry on from; null for none.</param>
sealed record AppStreamRun(ConfiguredStream Stream, AppStreamName Name, StreamOutput Output, RecordsState? Previous)
{
    /// <exception cref="ConfigurationException">Its state can't be read or is another stream's, or nobody would take what it brings.</exception>
    public static AppStreamRun Of(ConfiguredStream stream, AppStreamName name, StreamOutput output, InputState states)
    {
        if (name.Kind == AppStreamKind.Files && !stream.IncludeFiles)
        {
            throw new ConfigurationException(
                $"The stream {stream.Name} brings the contents of files, and the catalog does not say that the destination takes them (include_files). "
                    + $"Deselect it, and select {name with { Kind = AppStreamKind.Attachments }} for a row of each file; or sync it to a destination that "
                    + "takes files.");
        }
        var previous = RecordsState.Parse(stream.Name, states.Of(stream.Name));
        if (name.Kind != AppStreamKind.Files && previous?.FetchedFiles is not null)
        {
            throw new ConfigurationException(
                $"The state of the stream {stream.Name} is of a sync that brought the contents of files, which are a stream of their own now. Clear the "
                    + "stream's data, and for the contents add \"files\" to related_streams, refresh the schema and select "
                    + $"{name with { Kind = AppStreamKind.Files }}.");
        }
        return new(stream, name, output, previous);
    }

    /// <summary>Hears what is learned of the stream; null where nobody wants to know.</summary>
    public StreamAudit? Audit { get; init; }

    /// <summary>It has several rows for a record: which ones are known stands in its state.</summary>
    public bool HasRows => Name.Kind != AppStreamKind.Records;

    /// <summary>Its rows are not in the records: they have requests of their own, and so has its scan.</summary>
    public bool IsComments => Name.Kind == AppStreamKind.Comments;

    /// <summary>Its rows bring the contents of files, which have requests of their own, and so has its scan. None says that something is gone: it
    /// would bring no file.</summary>
    public bool BringsFiles => Name.Kind == AppStreamKind.Files;
}

/// <summary>A stream and what it would do alone.</summary>
/// <param name="Columns">What its lines hold; empty as long as the form is not known.</param>
/// <param name="FindsDeleted">What is gone is to be found out, and so what was delivered is kept.</param>
/// <param name="Remembered">What its state is to remember of its columns.</param>
sealed record PlannedStream(
    AppStreamRun Run, ImmutableArray<Column> Columns, RecordsQuestion Question, RecordsPlan Plan, bool FindsDeleted, RememberedColumns? Remembered = null)
{
    /// <summary>A state with what the last one said of this stream alone: nothing of it was read since.</summary>
    public RecordsState StateOf(RecordsState shared) => shared with
    {
        KnownRows = Run.Previous!.KnownRows,
        Columns = Run.Previous.Columns,
        FetchedFiles = Run.Previous.FetchedFiles,
        GenerationId = Run.Stream.GenerationId ?? Run.Previous.GenerationId,
    };
}

/// <summary>One of the streams that a scan feeds.</summary>
/// <param name="plan">What its group does.</param>
sealed class ScanStream(PlannedStream stream, RecordsPlan plan)
{
    public AppStreamRun Run => stream.Run;

    /// <summary>What its lines hold.</summary>
    public ImmutableArray<Column> Columns => stream.Columns;

    /// <summary>
    /// The rows that were delivered; null where none are kept: in records streams, and where nobody wants to know what was removed. Comments
    /// go by them in any case: by which are new.
    /// </summary>
    public KnownRows? Rows { get; private set; } = RowsOf(stream, plan.Previous);

    /// <summary>Where it brings contents: which ones were delivered.</summary>
    public FetchedFiles? Files { get; } = !stream.Run.BringsFiles ? null
        // A new generation of the destination has none of them.
        : plan.Previous is not null && plan.Reason != FullReadReason.NewGeneration && stream.Run.Previous?.FetchedFiles is { } fetched
        ? FetchedFiles.Decode(fetched) : new();

    /// <summary>Why it is read no further while the scan's other streams are; its last STATE stands.</summary>
    public ConnectorException? Failure { get; private set; }

    public StreamOutput Output => Run.Output;

    public RecordEnvelope Envelope(DateTimeOffset emittedAt) => new(Output.Stream, emittedAt);

    /// <summary>It has more rows than can be kept. Without them nobody finds out which are removed, which is no matter as long as nobody wants to
    /// know.</summary>
    public void GiveUpRows(bool findsDeleted)
    {
        if (findsDeleted) Failure = KnownRows.TooMany(Output.Stream.Name);
        Rows = null;
    }

    /// <summary>What a state says of this stream alone.</summary>
    public RecordsState StateOf(RecordsState shared) =>
        shared with
        {
            KnownRows = Rows?.Encode(),
            Columns = stream.Remembered,
            FetchedFiles = Files?.Encode(),
            GenerationId = Run.Stream.GenerationId ?? Run.Previous?.GenerationId,
        };

    /// <param name="start">The state that its scan carries on from; null for a start from nothing, with rows of an earlier scan or not.</param>
    static KnownRows? RowsOf(PlannedStream stream, RecordsState? start) =>
        !stream.Run.HasRows || !stream.Question.IsIncremental ? null
        : start is not null && stream.Run.Previous?.KnownRows is { } rows ? KnownRows.Decode(rows)
        : stream.FindsDeleted || stream.Run.IsComments ? new() : null;
}
