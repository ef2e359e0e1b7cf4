namespace AcceptanceTests;

/// <summary>The files of the repository that these tests were built from.</summary>
static class Repository
{
    public static string Root { get; } = Find();

    public static string File(string path) => Path.Combine(Root, path.Replace('/', Path.DirectorySeparatorChar));

    static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "KintoneSource.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"No repository above {AppContext.BaseDirectory}.");
    }
}
