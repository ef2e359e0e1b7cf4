using KintoneSource.Kintone.Apps;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Reading.Apps;

/// <param name="mayEvaluate">Only users with passwords may ask what may be viewed of a record.</param>
sealed class AppEvidence(KintoneApp app, bool mayEvaluate) : IAppEvidence
{
    public async Task<bool> ShowsAnyAsync(CancellationToken ct) => (await app.ReadHeadAsync(null, ct, withCount: false)).MaxId > 0;

    public async Task<bool?> IsThereAsync(long id, CancellationToken ct) => mayEvaluate ? await app.IsThereAsync(id, ct) : null;
}
