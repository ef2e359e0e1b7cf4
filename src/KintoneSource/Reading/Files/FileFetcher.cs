using System.Collections.Concurrent;
using System.Globalization;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Files;

/// <summary>What is wanted of files' contents, and where they go.</summary>
/// <param name="Fetched">Those that an earlier row has brought.</param>
sealed record FileQuestion(StagingFolder Staging, FileLimits Limits, FetchedFiles Fetched);

/// <summary>Fetches the contents of single files of one app. Each file once, whoever asks for it at the same time.</summary>
/// <param name="findAgain">Reads the files of a record once more, with the keys that they have now.</param>
sealed class FileFetcher(KintoneApp app, string stream, FileQuestion question, Func<long, CancellationToken, Task<IReadOnlyList<AttachedFile>>> findAgain)
{
    readonly ConcurrentDictionary<ulong, Lazy<Task<FileResult>>> _underWay = new();

    /// <summary>What comes of it without a request; null where it is to be fetched.</summary>
    public FileResult? Decide(AttachedFile file) =>
        !question.Limits.Wants(file.Name) ? new(FileOutcome.NameNotWanted)
        : file.Size > question.Limits.MaxBytes ? new(FileOutcome.TooLarge)
        : question.Fetched.Contains(file.Row, file.Fingerprint) ? new(FileOutcome.FetchedBefore)
        : file.Key is null ? new(FileOutcome.Gone)
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
        try
        {
            return await _underWay.GetOrAdd(file.Fingerprint, mine).Value;
        }
        finally { _underWay.TryRemove(KeyValuePair.Create(file.Fingerprint, mine)); }
    }

    async Task<FileResult> FetchAsync(AttachedFile file, CancellationToken ct)
    {
        try
        {
            return await SaveAsync(file, file.Key!, ct);
        }
        catch (KintoneException e) when (e.Code == "GAIA_BL01")
        {
            // Its record was edited meanwhile, or keys are good for a while only.
            if ((await findAgain(file.Record, ct)).FirstOrDefault(file.IsAt)?.Key is not { } key || key == file.Key) return new(FileOutcome.Gone);
            return await SaveAgainAsync(file, key, ct);
        }
        catch (KintoneException e) when (e.IsOfOneResource)
        {
            return new(FileOutcome.Refused);
        }
        catch (TransientException e) when (e.InnerException is not KintoneException)
        {
            // Torn or stalled for as long as there was patience. If Kintone answers other requests now, it is this file, and the others go on.
            await findAgain(file.Record, ct);
            return new(FileOutcome.Broken);
        }
    }

    async Task<FileResult> SaveAgainAsync(AttachedFile file, string key, CancellationToken ct)
    {
        try
        {
            return await SaveAsync(file, key, ct);
        }
        catch (KintoneException e) when (e.IsOfOneResource)
        {
            return new(e.Code == "GAIA_BL01" ? FileOutcome.Gone : FileOutcome.Refused);
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
