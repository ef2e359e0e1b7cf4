using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Files;

/// <summary>What is wanted of files' contents, and where they go.</summary>
/// <param name="Fetched">Those that an earlier row has brought.</param>
sealed record FileQuestion(StagingFolder Staging, FileLimits Limits, FetchedFiles Fetched);

/// <summary>Fetches the contents of single files of one app. Each file once, whoever asks for it at the same time.</summary>
/// <param name="findAgain">Reads the files of a record once more, with the keys that they have now.</param>
/// <param name="ensureShown">Throws where the app shows no records any more: then a refusal says nothing of a file.</param>
sealed class FileFetcher(
    KintoneApp app, string stream, FileQuestion question, Func<long, CancellationToken, Task<IReadOnlyList<AttachedFile>>> findAgain,
    Func<CancellationToken, Task> ensureShown)
{
    const string NoSuchFile = "GAIA_BL01";

    /// <summary>After so many refusals one after the other the rest of the app's files is not asked for in this sync.</summary>
    const int MostRefused = 100;

    readonly ConcurrentDictionary<ulong, Lazy<Task<FileResult>>> _underWay = new();
    AttachedFile? _witness;
    int _asked;
    int _refusedInARow;

    /// <summary>What comes of it without a request; null where it is to be fetched.</summary>
    public FileResult? Decide(AttachedFile file) =>
        !question.Limits.Wants(file.Name) ? new(FileOutcome.NameNotWanted)
        : file.Size > question.Limits.MaxBytes ? new(FileOutcome.TooLarge)
        : question.Fetched.Contains(file.Row, file.Fingerprint) ? new(FileOutcome.FetchedBefore)
        : file.Key is null ? new(FileOutcome.Gone)
        : Volatile.Read(ref _refusedInARow) >= MostRefused ? new(FileOutcome.Refused)
        : null;

    /// <param name="deliver">Writes the row of a file that was fetched, before anybody else hears of it.</param>
    /// <exception cref="ConnectorException">Not this file is the trouble: the connection, the credentials, the disk.</exception>
    public async Task<FileResult> FetchAsync(AttachedFile file, Func<FileResult, Task> deliver, CancellationToken ct)
    {
        var mine = new Lazy<Task<FileResult>>(async () =>
        {
            var result = await FetchAsync(file, ct);
            if (result.Outcome == FileOutcome.Fetched) await deliver(result);
            return result;
        });
        var whose = _underWay.GetOrAdd(file.Fingerprint, mine);
        try
        {
            var result = await whose.Value;
            // A record may be in two pages for a moment, as where a worker takes over a range: its row comes once.
            return whose == mine || result.Outcome != FileOutcome.Fetched ? result : new(FileOutcome.FetchedBefore);
        }
        finally { _underWay.TryRemove(KeyValuePair.Create(file.Fingerprint, mine)); }
    }

    async Task<FileResult> FetchAsync(AttachedFile file, CancellationToken ct)
    {
        if (Decide(file) is { } known) return known; // since it was looked at
        Interlocked.Increment(ref _asked);
        var result = await AskAsync(file, ct);
        if (result.Outcome is FileOutcome.Gone or FileOutcome.Refused) await ensureShown(ct);
        if (result.Outcome == FileOutcome.Fetched && !(_witness?.Size <= file.Size)) _witness = file;
        if (result.Outcome == FileOutcome.Refused) Interlocked.Increment(ref _refusedInARow);
        else Volatile.Write(ref _refusedInARow, 0);
        return result;
    }

    async Task<FileResult> AskAsync(AttachedFile file, CancellationToken ct)
    {
        try
        {
            return await SaveUnderAnyKeyAsync(file, ct);
        }
        catch (KintoneException e) when (e.Reach < Reach.Credential && (int)e.Status >= 300)
        {
            // What stands in between and refuses a file (a virus in it, say) has no code of Kintone's, and may refuse them all.
            if (!e.IsOfOneResource && !await IsGivenAsync(file, ct)) throw;
            return new(e.Code == NoSuchFile ? FileOutcome.Gone : FileOutcome.Refused);
        }
        catch (TransientException e) when (e.InnerException is not KintoneException { Status: HttpStatusCode.TooManyRequests })
        {
            // Torn, stalled or answered with an error for as long as there was patience. If Kintone answers other requests now, and gives another
            // file, it is this one, and the others go on.
            await findAgain(file.Record, ct);
            if (e.InnerException is KintoneException && !await IsGivenAsync(file, ct)) throw;
            return new(FileOutcome.Broken);
        }
    }

    /// <summary>Whether Kintone gives another file than this one. Where no other was asked for, nobody knows better.</summary>
    async Task<bool> IsGivenAsync(AttachedFile doubtful, CancellationToken ct)
    {
        // The answer about this one may be faster than any file. Of two that are in doubt none waits for the other: it is not under way any more.
        _underWay.TryRemove(doubtful.Fingerprint, out _);
        foreach (var other in _underWay.Values)
            if (_witness is null) await ((Task)other.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_witness is not { } witness) return Volatile.Read(ref _asked) == 1;
        await app.DownloadAsync(
            witness.Key!, $"fetching a file of {app.Address.Name} once more, to see whether Kintone gives any",
            static async (content, token) => await content.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, token), ct);
        return true;
    }

    async Task<FileResult> SaveUnderAnyKeyAsync(AttachedFile file, CancellationToken ct)
    {
        try
        {
            return await SaveAsync(file, file.Key!, ct);
        }
        catch (KintoneException e) when (e.Code == NoSuchFile)
        {
            // Its record was edited meanwhile, or keys are good for a while only.
            return (await findAgain(file.Record, ct)).FirstOrDefault(file.IsSame)?.Key is { } key && key != file.Key ? await SaveAsync(file, key, ct)
                : new(FileOutcome.Gone);
        }
    }

    async Task<FileResult> SaveAsync(AttachedFile file, string key, CancellationToken ct)
    {
        var path = FilePath.Of(stream, file);
        var purpose = string.Create(CultureInfo.InvariantCulture, $"fetching file {file.Number} of record {file.Record} of {app.Address.Name}");
        try
        {
            var size = 0L;
            await app.DownloadAsync(
                key, purpose,
                async (content, token) =>
                {
                    try
                    {
                        size = await question.Staging.SaveAsync(path, content, file.Size, question.Limits.MaxBytes, token);
                    }
                    catch (FileSizeException e)
                    {
                        // Whole as far as the connection knows: a few more tries, not ten minutes of them.
                        throw new UnexpectedResponseException($"Of a file, {e.Message}.", e);
                    }
                }, ct);
            return new(FileOutcome.Fetched, size);
        }
        catch (UnexpectedResponseException e) when (e.InnerException is FileSizeException)
        {
            return new(file.Size is null ? FileOutcome.TooLarge : FileOutcome.Broken);
        }
    }
}
