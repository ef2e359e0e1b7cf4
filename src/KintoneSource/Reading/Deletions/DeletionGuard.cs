using System.Globalization;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Deletions;

/// <summary>
/// Tells an accident from deletions: when a permission or a filter changes, most of an app seems to be gone. What counts is how far the app has
/// shrunk since deletions were last looked for, so that an app which was emptied and filled anew raises no question.
/// </summary>
/// <param name="Before">How many records were known when the last search came to its end.</param>
/// <param name="Percent">So much of them may go; 100 lets everything go.</param>
readonly record struct DeletionGuard(long Before, int Percent)
{
    /// <summary>An app of at most this many records may vanish without question.</summary>
    public const int UnguardedCount = 100;

    /// <param name="known">Every id delivered by now, the lost ones among them.</param>
    /// <param name="lost">Those that listings did not hold.</param>
    /// <exception cref="ConfigurationException">The app has shrunk by more than the guard lets pass.</exception>
    public void Ensure(long known, long lost)
    {
        if (Before <= UnguardedCount || (known - lost) * 100 >= Before * (100L - Percent)) return;
        throw new ConfigurationException(string.Create(CultureInfo.InvariantCulture,
            $"Of {Before:N0} records that were there when deleted records were last looked for, more than {Share} cannot be found any more (at least "
                + $"{lost:N0} of {known:N0} that were ever read), so none was marked as deleted. Changes were delivered all the same, and go on arriving. "
                + $"Probably the records were not deleted one by one: a permission of the app or its records may hide them from this user or token, the "
                + $"app's filter or the start date may select fewer, or the app was restored from a backup or emptied. Either undo that, and the next sync "
                + $"goes on as before; or, if the records are meant to be gone, set deletion_guard_percent to 100 for one sync, or reset the stream (clear "
                + $"its state and data) and sync again."));
    }

    string Share => Percent == 50 ? "half" : string.Create(CultureInfo.InvariantCulture, $"{Percent} %");
}
