namespace KintoneSource.Reading.Files;

/// <summary>What came of a file's contents.</summary>
enum FileOutcome
{
    /// <summary>They are in the staging folder, and this row brings them.</summary>
    Fetched,

    /// <summary>An earlier row of this very number has brought them.</summary>
    FetchedBefore,

    /// <summary>The name is not one of those that the user wants.</summary>
    NameNotWanted,

    /// <summary>They are larger than the user wants them.</summary>
    TooLarge,

    /// <summary>Kintone does not have the file any more, or does not name it.</summary>
    Gone,

    /// <summary>The credentials may not read it.</summary>
    Refused,

    /// <summary>What came was, again and again, not the number of bytes that Kintone had said.</summary>
    Broken,
}

/// <param name="Size">Bytes that were staged; 0 for every other outcome.</param>
readonly record struct FileResult(FileOutcome Outcome, long Size = 0);
