using SQLitePCL;

namespace HttpCaching.Sqlite.Engine;

/// <summary>The file is not a valid database any more: it must be set aside, and another one begun.</summary>
internal sealed class DamagedFileException(string message) : IOException(message);

/// <summary>A correct statement has failed: the layout of the file is wrong. During opening this counts as damage.</summary>
internal sealed class UnexpectedLayoutException(string message) : IOException(message);

/// <summary>Another process kept the file locked for longer than the wait.</summary>
internal sealed class LockedFileException(string message) : IOException(message);

/// <summary>An older version of the library wrote the file: it must be begun again.</summary>
internal sealed class OlderVersionException() : IOException("An older version of the library wrote the cache file.");

/// <summary>Turns result codes of SQLite into exceptions that callers of a store expect.</summary>
internal static class SqliteFault
{
    private const int PrimaryCode = 0xFF;

    /// <summary>The exception for a result code that is an error.</summary>
    public static IOException Of(int code, sqlite3? connection)
    {
        var detail = connection is null ? raw.sqlite3_errstr(code).utf8_to_string() : raw.sqlite3_errmsg(connection).utf8_to_string();
        return (code & PrimaryCode) switch
        {
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new DamagedFileException($"The cache file is damaged: {detail}."),
            raw.SQLITE_ERROR => new UnexpectedLayoutException($"The cache file can't be used: {detail}."),
            // Protocol: another process is stopped with a lock of the log, and SQLite has given up waiting.
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PROTOCOL => new LockedFileException($"The cache file stayed locked for too long: {detail}."),
            raw.SQLITE_FULL => new IOException($"The disk of the cache file is full: {detail}."),
            raw.SQLITE_READONLY or raw.SQLITE_PERM => new IOException($"The cache file can't be written: {detail}."),
            _ => new IOException($"The cache file can't be used: {detail} (SQLite {code})."),
        };
    }

    public static void ThrowIfError(int code, sqlite3 connection)
    {
        if (code != raw.SQLITE_OK)
        {
            throw Of(code, connection);
        }
    }
}
