namespace KintoneSimulator;

/// <summary>Records that nobody is shown for the time being: saved and not found yet, see <see cref="SimulatorOptions.BulkVisibilityLag"/>, or closed
/// for maintenance.</summary>
public sealed partial class App
{
    IReadOnlyCollection<string>? _workers;

    /// <summary>Begins maintenance: only these users get at the records, tokens not.</summary>
    public void Close(params IReadOnlyCollection<string> workers) => Domain.Change(() => _workers = workers);

    /// <summary>Ends maintenance.</summary>
    public void Open() => Domain.Change(() => _workers = null);

    public bool IsClosedTo(string userCode) => _workers?.Contains(userCode) == false;

    readonly Dictionary<long, DateTimeOffset> _findableFrom = [];

    /// <summary>Whether some records may still be on their way.</summary>
    public bool HasUnfindable => _findableFrom.Count > 0;

    public void HideForNow(IEnumerable<long> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (Domain.Options.BulkVisibilityLag is { Ticks: > 0 } lag)
            foreach (var id in ids)
                _findableFrom[id] = Domain.Now + lag;
    }

    public bool IsFindable(long id) => !_findableFrom.TryGetValue(id, out var from) || from <= Domain.Now;
}
