using KintoneSource.Protocol;

namespace KintoneSource.Commands;

static class InputFile
{
    /// <param name="what">What the file is, as "configuration".</param>
    /// <exception cref="ConfigurationException">It can't be read, with the reason.</exception>
    public static async Task<byte[]> ReadAsync(string path, string what, CancellationToken ct)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            var why = e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : Directory.Exists(path) ? "it is a folder" : e.Message.TrimEnd('.');
            throw new ConfigurationException($"The {what} file {path} can't be read: {why}. Check the path and, in a container, what is mounted and its permissions.", e);
        }
    }
}
