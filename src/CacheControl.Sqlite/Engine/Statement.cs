using System.Buffers;
using System.Text;
using SQLitePCL;

namespace HttpCaching.Sqlite.Engine;

/// <summary>A prepared statement. Reading rows allocates nothing, and blobs are read in SQLite's memory. Only one thread may use it at a time.</summary>
internal sealed class Statement : IDisposable
{
    private const int MostOnStack = 512;

    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;

    public Statement(sqlite3 connection, string sql)
    {
        _connection = connection;
        SqliteFault.ThrowIfError(raw.sqlite3_prepare_v3(connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement), connection);
    }

    public Statement Bind(int index, long value)
    {
        SqliteFault.ThrowIfError(raw.sqlite3_bind_int64(_statement, index, value), _connection);
        return this;
    }

    public Statement Bind(int index, ReadOnlySpan<byte> value)
    {
        SqliteFault.ThrowIfError(raw.sqlite3_bind_blob(_statement, index, value), _connection);
        return this;
    }

    public Statement BindNull(int index)
    {
        SqliteFault.ThrowIfError(raw.sqlite3_bind_null(_statement, index), _connection);
        return this;
    }

    /// <summary>Binds text, with an optional prefix.</summary>
    public Statement Bind(int index, ReadOnlySpan<char> value, ReadOnlySpan<byte> before = default)
    {
        var most = before.Length + Encoding.UTF8.GetMaxByteCount(value.Length);
        byte[]? rented = null;
        var buffer = most <= MostOnStack ? stackalloc byte[MostOnStack] : rented = ArrayPool<byte>.Shared.Rent(most);
        before.CopyTo(buffer);
        var length = before.Length + Encoding.UTF8.GetBytes(value, buffer[before.Length..]);
        var code = raw.sqlite3_bind_text(_statement, index, buffer[..length]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        SqliteFault.ThrowIfError(code, _connection);
        return this;
    }

    /// <summary>Steps to the next row.</summary>
    /// <returns>False if there is none. The statement must be reset in both cases.</returns>
    public bool Step() => raw.sqlite3_step(_statement) switch
    {
        raw.SQLITE_ROW => true,
        raw.SQLITE_DONE => false,
        var code => throw SqliteFault.Of(code, _connection),
    };

    /// <summary>Runs a statement without rows, or one of which only the first row counts.</summary>
    /// <returns>The first column of the first row, or 0.</returns>
    public long Run()
    {
        try
        {
            return Step() ? Number(0) : 0;
        }
        finally
        {
            Reset();
        }
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string() ?? string.Empty;

    /// <summary>The bytes of a blob; valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_statement, column);

    /// <summary>Ends the statement's use of the database. <see cref="Step"/> has thrown its errors.</summary>
    public void Reset() => raw.sqlite3_reset(_statement);

    public void Dispose() => _statement.Dispose();
}
