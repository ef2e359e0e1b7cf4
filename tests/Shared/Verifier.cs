using System.Runtime.CompilerServices;

namespace KintoneSource.Testing;

/// <summary>
/// Snapshot tests with the file names of the Verify library, so that taking the library in later replaces
/// this file alone: <c>Class.Method.verified.txt</c> stands beside the test, a differing result is left as
/// <c>Class.Method.received.txt</c>. The failure shows the first lines that differ and the command that accepts the result.
/// </summary>
static class Verifier
{
    public static Task Verify(
        string received, string extension = "txt", [CallerFilePath] string testFile = "", [CallerMemberName] string method = "")
    {
        var name = Path.Combine(Path.GetDirectoryName(testFile)!, $"{Path.GetFileNameWithoutExtension(testFile)}.{method}");
        return VerifyAsync(received, $"{name}.verified.{extension}", $"{name}.received.{extension}");
    }

    /// <summary>The same for a file that stands elsewhere, such as a picture of the documents.</summary>
    public static Task VerifyFile(string received, string file) =>
        VerifyAsync(received, file, Path.ChangeExtension(file, $"received{Path.GetExtension(file)}"));

    static async Task VerifyAsync(string received, string verifiedFile, string receivedFile)
    {
        var verified = File.Exists(verifiedFile) ? await File.ReadAllTextAsync(verifiedFile) : null;
        if (verified == received)
        {
            File.Delete(receivedFile);
            return;
        }
        await File.WriteAllTextAsync(receivedFile, received);
        Assert.Fail(
            $"""
            {(verified is null ? $"There is no {Path.GetFileName(verifiedFile)} yet." : $"The result differs from {Path.GetFileName(verifiedFile)}:\n{SnapshotDifference.Of(verified, received)}")}

            If the result is right, accept it:
            mv '{receivedFile}' '{verifiedFile}'
            """);
    }
}
