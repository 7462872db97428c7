using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CacheControl.Storage.Engine;

/// <summary>An open connection to the file. For one thread at a time.</summary>
internal sealed class Connection : IDisposable
{
    private const int MostWalBytes = 64 * 1024 * 1024;
    private const int WriterCacheKibibytes = 8 * 1024;
    private const int ReaderCacheKibibytes = 2 * 1024;

    private readonly SqliteConnection _connection;

    private Connection(SqliteConnection connection) => _connection = connection;

    public sqlite3 Handle => _connection.Handle!;

    /// <summary>Opens a file that exists.</summary>
    /// <exception cref="IOException">It can't be opened.</exception>
    public static Connection Open(string path, SqliteStoreSettings settings, bool isWriter)
    {
        // Without the pool of ADO.NET: a file that was set aside must be let go.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
        }.ConnectionString);
        try
        {
            connection.Open();
            var opened = new Connection(connection);
            SqliteFault.ThrowIfError(raw.sqlite3_busy_timeout(opened.Handle, (int)settings.BusyTimeout.TotalMilliseconds), opened.Handle);
            opened.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA mmap_size = {settings.MappedBytes}"));
            opened.Execute("PRAGMA trusted_schema = OFF");
            opened.Execute("PRAGMA temp_store = MEMORY");
            opened.Execute(isWriter ? $"PRAGMA cache_size = -{WriterCacheKibibytes}" : $"PRAGMA cache_size = -{ReaderCacheKibibytes}");
            if (isWriter)
            {
                opened.Execute($"PRAGMA journal_size_limit = {MostWalBytes}");
                opened.Execute(settings.Fsync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
            }
            else
            {
                opened.Execute("PRAGMA query_only = ON");
            }

            return opened;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw SqliteFault.Of(exception.SqliteExtendedErrorCode, null);
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

    public void Dispose() => _connection.Dispose();
}
