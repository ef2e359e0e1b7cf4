namespace KintoneSimulator;

/// <summary>Records that are saved and cannot be found yet, see <see cref="SimulatorOptions.BulkVisibilityLag"/>.</summary>
public sealed partial class App
{
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
