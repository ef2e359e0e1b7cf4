using System.Buffers;
using System.Text;
using System.Text.Unicode;
using KintoneSource.Protocol;

namespace KintoneSource.Commands;

static class InputFile
{
    /// <param name="what">What the file is, as "configuration".</param>
    /// <exception cref="ConfigurationException">It can't be read or is not UTF-8, with the reason.</exception>
    public static async Task<byte[]> ReadAsync(string path, string what, CancellationToken ct)
    {
        try
        {
            var bytes = await File.ReadAllBytesAsync(path, ct);
            return Utf8.IsValid(bytes) ? bytes
                : throw new ConfigurationException($"The {what} file {path} is not UTF-8: {Place(bytes)} is of another encoding. Save it as UTF-8.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            var why = e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : Directory.Exists(path) ? "it is a folder"
                : e.Message.TrimEnd('.');
            throw new ConfigurationException(
                $"The {what} file {path} can't be read: {why}. Check the path and, in a container, what is mounted and its permissions.", e);
        }
    }

    static string Place(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(text[at..], out _, out var length) == OperationStatus.Done) at += length;
        var before = text[..at];
        return $"line {before.Count((byte)'\n') + 1}, byte {at - before.LastIndexOf((byte)'\n')}";
    }
}
