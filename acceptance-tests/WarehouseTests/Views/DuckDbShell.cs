using DuckDB.NET.Data;

namespace WarehouseTests.Views;

/// <summary>
/// As much of DuckDB's command line as the pages use, as a process of its own: no package brings the real one, and what a command on one file may do beside
/// another is decided by DuckDB itself. This assembly is the program.
/// </summary>
static class DuckDbShell
{
    /// <summary>Puts a command <c>duckdb</c> into the folder.</summary>
    public static void Put(DirectoryInfo folder)
    {
        var command = Path.Combine(folder.FullName, "duckdb");
        File.WriteAllText(command, $"#!/bin/sh\nexec '{Environment.ProcessPath}' exec '{typeof(DuckDbShell).Assembly.Location}' \"$@\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(command, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary><c>duckdb FILE [-noheader] [-list] [-bail] -f SCRIPT</c></summary>
    public static int Main(string[] args)
    {
        try
        {
            using var connection = new DuckDBConnection($"DataSource={args[0]}");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = File.ReadAllText(args[Array.IndexOf(args, "-f") + 1]);
            using var reader = command.ExecuteReader();
            do
                while (reader.Read())
                    if (args.Contains("-list")) Console.WriteLine(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)));
            while (reader.NextResult());
            return 0;
        }
        catch (DuckDBException failed)
        {
            Console.Error.WriteLine(failed.Message);
            return 1;
        }
    }
}
