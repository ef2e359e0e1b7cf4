using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;
using KintoneSource.Reading.Output;
using KintoneSource.Reading.Scanning;

namespace KintoneSource.Reading.Apps;

/// <summary>A walk over records of an app: the scan itself, or over what the search for deleted records came across.</summary>
/// <param name="Condition">What the records of a range match, the range itself aside.</param>
sealed record Walk(ScanRanges Ranges, Func<IdRange, string?> Condition, PageLimit Limit)
{
    /// <summary>Known ids that a page does not hold are not to be seen.</summary>
    public bool SeesAll { get; init; }

    /// <summary>Known comments that were written before this are not wanted again; null for all.</summary>
    public DateTimeOffset? DeliveredBefore { get; init; }

    /// <summary>A page of it that is there already.</summary>
    public EarlyPage? Early { get; init; }

    /// <summary>Nobody knows how many records match.</summary>
    public bool MayCount { get; init; }
}

/// <summary>Where the lines of a walk come from: from the records themselves, from requests for their comments, or with the contents of their files.</summary>
interface IScanSource
{
    /// <summary>Before the scan.</summary>
    ValueTask BeginAsync(CancellationToken ct);

    IScanPages Open(Walk walk);

    /// <summary>Records that were passed over, and are left to be read by whoever goes on.</summary>
    IReadOnlyCollection<IdRange> Left => [];

    /// <summary>After all that was read.</summary>
    /// <exception cref="ConnectorException">Something is left of it.</exception>
    ValueTask EndAsync(CancellationToken ct);
}

/// <summary>Where the steps of a scan go, with the states that belong to them.</summary>
/// <param name="states">As they stand, in the order of the streams.</param>
sealed class ScanOutput(SharedOutput output, Func<IReadOnlyList<RawJson?>> states)
{
    public SharedOutput Shared => output;

    public string Name => output.Name;

    /// <summary>As <see cref="SharedOutput.CommitAsync"/>.</summary>
    public async ValueTask CommitAsync(Func<Step> make, CancellationToken ct)
    {
        await output.RunAsync(ct);
        await output.CommitAsync(make, states, ct);
    }

    public ValueTask CheckpointAsync(CancellationToken ct) => output.CheckpointAsync(states, ct);
}
