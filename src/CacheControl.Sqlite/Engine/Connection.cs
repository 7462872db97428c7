using System.Globalization;
using SQLitePCL;

namespace HttpCaching.Sqlite.Engine;

/// <summary>An open connection to the file. Only one thread may use it at a time.</summary>
internal sealed class Connection : IDisposable
{
    private const int MostWalBytes = 64 * 1024 * 1024;
    private const int WriterCacheKibibytes = 8 * 1024;
    private const int ReaderCacheKibibytes = 2 * 1024;

    private static readonly bool HasProvider = LoadProvider();

    private Connection(sqlite3 handle) => Handle = handle;

    public sqlite3 Handle { get; }

    /// <summary>Whether the system refused to open the file for writing. SQLite then opens it for reading without an error.</summary>
    public bool IsOpenForReading { get; private init; }

    /// <summary>Opens a file that exists.</summary>
    /// <exception cref="IOException">It can't be opened.</exception>
    public static Connection Open(string path, SqliteStoreSettings settings, bool isWriter)
    {
        // Not by ADO.NET: its connections take a mutex in each call, and here one thread at a time has a connection anyway.
        var code = HasProvider
            ? raw.sqlite3_open_v2(path, out var handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null)
            : throw new NotSupportedException("The SQLite library can't be loaded.");
        if (code != raw.SQLITE_OK)
        {
            var fault = SqliteFault.Of(code, handle);
            handle.Dispose();
            throw fault;
        }

        // Before any read of the file, whose header may also forbid writing.
        var connection = new Connection(handle) { IsOpenForReading = raw.sqlite3_db_readonly(handle, "main") == 1 };
        try
        {
            SqliteFault.ThrowIfError(raw.sqlite3_extended_result_codes(handle, 1), handle);
            SqliteFault.ThrowIfError(raw.sqlite3_busy_timeout(handle, (int)settings.BusyTimeout.TotalMilliseconds), handle);
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA mmap_size = {settings.MappedBytes}"));
            connection.Execute("PRAGMA trusted_schema = OFF");
            connection.Execute("PRAGMA temp_store = MEMORY");
            connection.Execute(isWriter ? $"PRAGMA cache_size = -{WriterCacheKibibytes}" : $"PRAGMA cache_size = -{ReaderCacheKibibytes}");
            if (isWriter)
            {
                connection.Execute($"PRAGMA journal_size_limit = {MostWalBytes}");
                connection.Execute(settings.Fsync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
            }
            else
            {
                connection.Execute("PRAGMA query_only = ON");
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs a statement once.</summary>
    /// <returns>The first column of the first row, or 0.</returns>
    public long Execute(string sql)
    {
        using var statement = new Statement(Handle, sql);
        return statement.Run();
    }

    /// <summary>Prepares a statement that is used often.</summary>
    public Statement Prepare(string sql) => new(Handle, sql);

    public void Dispose() => Handle.Dispose();

    private static bool LoadProvider()
    {
        Batteries_V2.Init();
        return true;
    }
}
