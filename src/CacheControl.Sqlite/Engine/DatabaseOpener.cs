using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using SQLitePCL;

namespace HttpCaching.Sqlite.Engine;

/// <summary>Opens the file as a database of this version. Begins it if it is empty or of an older version, and sets it aside if it is damaged.</summary>
internal static class DatabaseOpener
{
    // A greater number is not a version, but damage.
    private const long LastPlausibleVersion = 1000;

    private static readonly TimeSpan BeginTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Opens the file for changes.</summary>
    /// <param name="file">The file.</param>
    /// <param name="settings">The options.</param>
    /// <param name="table">This store's reader table.</param>
    /// <param name="damage">The file that was found damaged while it was open, or null.</param>
    /// <param name="identity">The identity of the file that is open now.</param>
    /// <exception cref="IOException">The file is of a newer version, of another program, not a cache file, or can't be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write it.</exception>
    public static Connection Open(CacheFile file, SqliteStoreSettings settings, ReaderTable table, FoundDamage? damage, out ulong? identity)
    {
        file.Prepare();
        using var locked = file.LockToBegin(BeginTimeout);
        if (damage is { } found && file.Identity() == found.Identity)
        {
            SetAside(file, settings, table);
        }

        try
        {
            return OpenOnce(file, settings, out identity);
        }
        catch (OlderVersionException)
        {
            // The responses of an older version can be fetched again: no migration is worth its risk.
            SqliteStoreLog.BegunAnew(settings.Logger);
            file.Delete();
            table.TellOthersReplaced(file.Readers);
            return OpenOnce(file, settings, out identity);
        }
        catch (DamagedFileException exception) when (!file.WasUsedBefore)
        {
            throw new RefusedPathException(
                $"'{file.FullPath}' is not a cache file of this library, or is a damaged copy of one: give the {nameof(SqliteHttpCacheStore)} another path, or delete it.", exception);
        }
        catch (IOException exception) when (exception is DamagedFileException or UnexpectedLayoutException)
        {
            SetAside(file, settings, table);
            return OpenOnce(file, settings, out identity);
        }
    }

    private static void SetAside(CacheFile file, SqliteStoreSettings settings, ReaderTable table)
    {
        SqliteStoreLog.SetAside(settings.Logger);
        file.SetAside();
        table.TellOthersReplaced(file.Readers);
    }

    private static Connection OpenOnce(CacheFile file, SqliteStoreSettings settings, out ulong? identity)
    {
        file.Create();
        var connection = Connection.Open(file.FullPath, settings, isWriter: true);
        try
        {
            if (raw.sqlite3_db_readonly(connection.Handle, "main") == 1)
            {
                // A number in its header may also forbid writing; this version never writes such a number.
                throw !connection.IsOpenForReading ? new DamagedFileException("The cache file's header is damaged.")
                    : FileOwner.IsWritable(file.FullPath) ? new IOException($"The cache file '{file.FullPath}' can't be opened for writing now.")
                    : new UnauthorizedAccessException($"The cache file '{file.FullPath}' can't be written.");
            }

            if (IsEmpty(connection, file.FullPath))
            {
                Begin(connection, settings);
            }

            UseWriteAheadLog(connection, file.FullPath);
            if (connection.Execute("SELECT count(*) FROM state JOIN format USING(seed) WHERE id = 1 AND stamp >= floor") != 1)
            {
                throw new DamagedFileException("The cache file has no state, or its state is damaged.");
            }

            identity = file.Identity();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Whether the file is still empty. If it is not, it is of this version.</summary>
    private static bool IsEmpty(Connection connection, string path)
    {
        var application = connection.Execute("PRAGMA application_id");
        var tables = connection.Execute("SELECT count(*) FROM sqlite_master");
        if (application == 0 && tables == 0)
        {
            return true;
        }

        var ours = connection.Execute("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('format', 'state', 'entry', 'content', 'chunk')");
        if (application != Schema.ApplicationId && ours < 5)
        {
            throw new RefusedPathException($"'{path}' is a database of another program, and is left as it is: give the {nameof(SqliteHttpCacheStore)} another path.");
        }

        var version = connection.Execute("PRAGMA user_version");
        if (application != Schema.ApplicationId || version > LastPlausibleVersion || version != connection.Execute("SELECT version FROM format"))
        {
            throw new DamagedFileException("The cache file's header is damaged.");
        }

        return version switch
        {
            > Schema.Version => throw new RefusedPathException(
                $"A newer version of this library wrote the cache file '{path}' (format {version}, known up to {Schema.Version}): update the library, give the {nameof(SqliteHttpCacheStore)} another path, or delete it."),

            < Schema.Version => throw new OlderVersionException(),
            _ => false,
        };
    }

    private static void Begin(Connection connection, SqliteStoreSettings settings)
    {
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA page_size = {settings.PageBytes}"));
        connection.Execute("PRAGMA auto_vacuum = INCREMENTAL");
        UseWriteAheadLog(connection, string.Empty);

        // Not from 0: stamps of an earlier file on this path must not pass for this one's.
        var stamp = Math.Max(1, settings.Now) << 16;
        var seed = BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long)));
        connection.Execute("BEGIN IMMEDIATE");
        foreach (var sql in Schema.Create.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            connection.Execute(sql);
        }

        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"INSERT INTO state VALUES(1, {stamp}, {stamp}, {stamp}, 1, 0, 0, {seed})"));

        // Nor do ids of bodies begin at 0, for the same reason.
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"INSERT INTO sqlite_sequence VALUES('body', {Random.Shared.NextInt64(1L << 40)})"));
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"INSERT INTO format VALUES({Schema.Version}, {seed})"));
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {Schema.ApplicationId}"));
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Schema.Version}"));
        connection.Execute("COMMIT");
    }

    private static void UseWriteAheadLog(Connection connection, string path)
    {
        using var statement = connection.Prepare("PRAGMA journal_mode = WAL");
        if (!statement.Step() || statement.Text(0) != "wal")
        {
            throw new RefusedPathException($"The file system of '{path}' can't share memory between processes, which SQLite's log needs: give the {nameof(SqliteHttpCacheStore)} a path in a local directory.");
        }
    }
}
