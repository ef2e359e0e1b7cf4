using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace WarehouseTests.Views;

/// <summary>
/// PostgreSQL from the system's packages, in a folder of its own and reached over a socket there; started with the first database that a test asks for.
/// Where it is not installed <see cref="Unavailable"/> says so and tests skip; with <c>EXPECT_POSTGRESQL=true</c> that is a failure.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    /// <summary>It refuses to run as root.</summary>
    const string OrdinaryUser = "nobody";

    readonly Lock _lock = new();
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("views-");
    readonly string? _programs = Find();
    bool _isRunning;
    int _databases;

    public string? Unavailable => _programs is not null ? null : Environment.GetEnvironmentVariable("EXPECT_POSTGRESQL") == "true"
        ? throw new InvalidOperationException("PostgreSQL is expected here and is not installed: apt-get install postgresql.")
        : "PostgreSQL is not installed: apt-get install postgresql.";

    /// <summary>A connection to an empty database, in UTC.</summary>
    public NpgsqlConnection Open()
    {
        lock (_lock)
        {
            if (!_isRunning) Start();
            _isRunning = true;
            var name = string.Create(CultureInfo.InvariantCulture, $"test{++_databases}");
            using (var admin = Connect("postgres"))
            using (var command = new NpgsqlCommand($"CREATE DATABASE {name}", admin))
                command.ExecuteNonQuery();
            return Connect(name);
        }
    }

    NpgsqlConnection Connect(string database)
    {
        var connection = new NpgsqlConnection($"Host={_folder.FullName};Username=postgres;Database={database};Timezone=UTC;Pooling=false");
        connection.Open();
        return connection;
    }

    void Start()
    {
        if (Environment.IsPrivilegedProcess) Run("chown", OrdinaryUser, _folder.FullName);
        RunAsOrdinary("initdb", "-D", Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        RunAsOrdinary("pg_ctl", "-D", Data, "-w", "-l", Path.Combine(_folder.FullName, "log"), "-o",
            $"-k {_folder.FullName} -c listen_addresses='' -c fsync=off", "start");
    }

    string Data => Path.Combine(_folder.FullName, "data");

    void RunAsOrdinary(string program, params string[] arguments)
    {
        var path = Path.Combine(_programs!, program);
        if (Environment.IsPrivilegedProcess) Run("setpriv", [$"--reuid={OrdinaryUser}", "--clear-groups", path, .. arguments]);
        else Run(path, arguments);
    }

    static void Run(string program, params string[] arguments)
    {
        // Nothing is read: the server would keep a pipe open.
        using var process = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", program, .. arguments]) { WorkingDirectory = "/" })!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Concat(Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal)
            .Select(static version => Path.Combine(version, "bin")) : [])
            .FirstOrDefault(static folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")));

    public void Dispose()
    {
        if (_isRunning) RunAsOrdinary("pg_ctl", "-D", Data, "-m", "immediate", "stop");
        _folder.Delete(recursive: true);
    }
}

[CollectionDefinition(Name)]
public sealed class PostgresServerCollection : ICollectionFixture<PostgresServer>
{
    public const string Name = "PostgreSQL";
}
