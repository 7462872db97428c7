using System.Buffers.Binary;
using SQLitePCL;

namespace HttpCaching.Sqlite.Engine;

/// <summary>A connection for reading. Only one thread may use it at a time.</summary>
internal sealed class ReadConnection : IDisposable
{
    // The most bytes of bodies that a snapshot reads together, in all and of one. The others are read on demand, into the caller's memory. An array
    // of 64 KiB for each read would cost more than the second look into the file.
    private const int MostEagerBytes = 256 * 1024;
    private const int LargestEagerBody = 16 * 1024;

    private readonly Database _database;
    private readonly Connection _connection;
    private readonly Statement _find;
    private readonly int _slot;

    public ReadConnection(Database database, Connection connection, int slot)
    {
        _database = database;
        _connection = connection;
        _slot = slot;
        _find = connection.Prepare("""
            SELECT s.stamp, s.seq, e.id, c.head, c.chunked, c.seal, c.body, c.until
            FROM state s LEFT JOIN entry e ON e.hash = ?1 AND e.scope = ?2 LEFT JOIN content c ON c.id = e.id
            WHERE s.id = 1 ORDER BY e.id DESC
            """);
    }

    /// <summary>Reads the stored responses of a key, with small bodies, all from one state of the database.</summary>
    /// <param name="key">The key.</param>
    /// <param name="now">The current millisecond: responses past their retention are not shown.</param>
    /// <param name="damaged">The ids of unreadable entries, or null.</param>
    public SqliteSnapshot Read(CacheKey key, long now, out List<long>? damaged)
    {
        damaged = null;
        var parts = new PartList();
        _database.Table.Enter(_slot, _database.LastSeq);
        try
        {
            BindKey(_find, key, _database.Hash);
            if (!_find.Step())
            {
                throw new DamagedFileException("The cache file has no state.");
            }

            var stamp = _find.Number(0);
            var seq = _find.Number(1);
            _database.LastSeq = seq;
            if (!_find.IsNull(2))
            {
                do
                {
                    ReadPart(key, now, ref parts, ref damaged);
                }
                while (_find.Step());
            }

            return new SqliteSnapshot(parts.ToArray(), stamp, parts.Unread is { } bodies ? new Pin(_database, seq, bodies) : null);
        }
        finally
        {
            _find.Reset();
            _database.Table.Leave(_slot);
        }
    }

    /// <summary>
    /// Reads a piece of a body and checks it, page by page into the destination. With a query, SQLite would first put each piece together in memory that it
    /// takes from the system.
    /// </summary>
    /// <exception cref="IOException">The piece is gone or damaged.</exception>
    public void ReadChunk(ChunkedBytes body, long index, Span<byte> destination)
    {
        var code = raw.sqlite3_blob_open(
            _connection.Handle,
            utf8z.FromSpan("main\0"u8),
            utf8z.FromSpan("chunk\0"u8),
            utf8z.FromSpan("data\0"u8),
            Schema.ChunkId(body.Id, index),
            0,
            out var blob);
        using (blob)
        {
            if (code == raw.SQLITE_ERROR)
            {
                throw new BodyGoneException("The body is gone.");
            }

            SqliteFault.ThrowIfError(code, _connection.Handle);
            Span<byte> seal = stackalloc byte[BodySeal.Bytes];
            if (raw.sqlite3_blob_bytes(blob) != BodySeal.Bytes + destination.Length)
            {
                throw new BodyGoneException("The body is damaged.");
            }

            SqliteFault.ThrowIfError(raw.sqlite3_blob_read(blob, seal, 0), _connection.Handle);
            SqliteFault.ThrowIfError(raw.sqlite3_blob_read(blob, destination, BodySeal.Bytes), _connection.Handle);
            if (BinaryPrimitives.ReadUInt32LittleEndian(seal) != BodySeal.Of(body.Salt, index, destination))
            {
                throw new BodyGoneException("The body is damaged.");
            }
        }
    }

    /// <summary>Reads some heads, of ids above <paramref name="after"/>, that are not past their retention.</summary>
    /// <param name="after">The last id of the read before.</param>
    /// <param name="now">The current millisecond.</param>
    /// <param name="last">The last id that was read; <paramref name="after"/> at the end.</param>
    public List<ListedRow> ReadHeads(long after, long now, out long last)
    {
        using var statement = _connection.Prepare(
            "SELECT c.id, c.head, e.used FROM content c JOIN entry e ON e.id = c.id WHERE c.id > ?1 AND c.until > ?2 ORDER BY c.id LIMIT 256");
        last = after;
        return ReadRows(statement.Bind(1, after).Bind(2, now), ref last);
    }

    /// <summary>Reads some heads of URIs that begin with a prefix, as <see cref="ReadHeads"/> does. It looks at all entries for it, whose rows are narrow.</summary>
    public List<ListedRow> ReadHeadsBegun(string prefix, long after, long now, out long last)
    {
        using var statement = _connection.Prepare("""
            SELECT c.id, c.head, e.used FROM entry e CROSS JOIN content c ON c.id = e.id
            WHERE e.id > ?1 AND e.uri >= ?3 AND e.uri < ?4 AND c.until > ?2 ORDER BY e.id LIMIT 256
            """);
        last = after;
        var rows = ReadRows(BindPrefix(statement.Bind(1, after).Bind(2, now), 3, prefix), ref last);
        rows.RemoveAll(row => !row.Key.Uri.StartsWith(prefix, StringComparison.Ordinal));
        return rows;
    }

    /// <summary>Reads the heads of a URI in all scopes that are not past their retention.</summary>
    public List<ListedRow> ReadHeadsOf(string uri, long now)
    {
        using var statement = _connection.Prepare(
            "SELECT c.id, c.head, e.used FROM entry e JOIN content c ON c.id = e.id WHERE e.hash = ?1 AND e.uri = ?2 AND c.until > ?3");
        var last = 0L;
        return ReadRows(statement.Bind(1, _database.Hash.Of(uri)).Bind(2, uri).Bind(3, now), ref last);
    }

    /// <summary>The millisecond of the last use that is written down of an entry; 0 if it is gone.</summary>
    public long ReadUsed(long id)
    {
        using var statement = _connection.Prepare("SELECT used FROM entry WHERE id = ?1");
        return statement.Bind(1, id).Run();
    }

    /// <summary>Binds a prefix, and approximately the greatest text with it: no URI is beyond that.</summary>
    private static Statement BindPrefix(Statement statement, int index, string prefix) => statement.Bind(index, prefix).Bind(index + 1, prefix + "\U0010FFFF");

    private static List<ListedRow> ReadRows(Statement statement, ref long last)
    {
        List<ListedRow> rows = [];
        while (statement.Step())
        {
            last = statement.Number(0);
            if (StoredHeadFormat.TryRead(statement.Blob(1), out var key, out var head))
            {
                rows.Add(new ListedRow(last, key, head, statement.Number(2)));
            }
        }

        return rows;
    }

    /// <summary>Finds some of the entries, of ids above <paramref name="after"/>, whose URI begins with a prefix. Looks at all of them for it.</summary>
    /// <returns>Their ids in order; none at the end.</returns>
    public List<long> FindBegun(string prefix, long after)
    {
        const int AtOnce = 500;

        using var statement = _connection.Prepare("SELECT id, uri FROM entry WHERE id > ?1 AND uri >= ?2 AND uri < ?3 ORDER BY id LIMIT ?4");
        BindPrefix(statement.Bind(1, after).Bind(4, AtOnce), 2, prefix);
        List<long> ids = [];
        while (statement.Step())
        {
            if (statement.Text(1).StartsWith(prefix, StringComparison.Ordinal))
            {
                ids.Add(statement.Number(0));
            }
        }

        return ids;
    }

    /// <summary>Carries the log over into the file, as far as possible without waiting. Then the file gets its length.</summary>
    /// <returns>Whether the whole log was carried over.</returns>
    public bool Checkpoint()
    {
        using var statement = _connection.Prepare("PRAGMA wal_checkpoint(PASSIVE)");
        return statement.Step() && statement.Number(0) == 0 && statement.Number(1) == statement.Number(2);
    }

    /// <summary>Reads one number.</summary>
    public long ReadNumber(string sql) => _connection.Execute(sql);

    public void Dispose()
    {
        _find.Dispose();
        _connection.Dispose();
    }

    /// <summary>Binds the values that identify a key. No scope is the same as an empty one here.</summary>
    internal static Statement BindKey(Statement statement, CacheKey key, UriHash hash) =>
        statement.Bind(1, hash.Of(key.Uri)).Bind(2, key.Scope, key.Scope is null ? [] : "="u8);

    private void ReadPart(CacheKey key, long now, ref PartList parts, ref List<long>? damaged)
    {
        // An entry without content has no time either: that is damage.
        if (!_find.IsNull(7) && _find.Number(7) <= now)
        {
            return;
        }

        var isOfKey = _database.Heads.TryRead(_find.Blob(3), key, out var head);
        if (isOfKey && _database.Damage.HasBody(head!.BodyId))
        {
            return;
        }

        var isDamaged = isOfKey ? !TryReadBody(head!, ref parts) : !IsAnothers(_find.Blob(3), key);
        if (isDamaged)
        {
            (damaged ??= []).Add(_find.Number(2));
        }
    }

    /// <summary>Whether a head belongs to another URI with the same hash.</summary>
    private bool IsAnothers(ReadOnlySpan<byte> head, CacheKey key)
    {
        var hash = _database.Hash;
        return StoredHeadFormat.TryRead(head, out var other, out _) && other.Scope == key.Scope && other.Uri != key.Uri && hash.Of(other.Uri) == hash.Of(key.Uri);
    }

    private bool TryReadBody(StoredResponse head, ref PartList parts)
    {
        var length = head.BodyLength;
        if (_find.Number(4) is var chunked && chunked == 0)
        {
            var blob = _find.Blob(6);
            if (blob.Length != length || (uint)_find.Number(5) != BodySeal.Of(head.BodyId, 0, blob))
            {
                return false;
            }

            parts.Add(new HeldPart(_find.Number(2), head, blob.ToArray(), null));
            return true;
        }

        var bytes = new ChunkedBytes(chunked, _find.Number(5), length);
        if (length > LargestEagerBody || parts.EagerBytes + length > MostEagerBytes)
        {
            parts.Add(new HeldPart(_find.Number(2), head, default, bytes));
            return true;
        }

        try
        {
            var body = GC.AllocateUninitializedArray<byte>((int)length);
            ReadChunk(bytes, 0, body);
            parts.Add(new HeldPart(_find.Number(2), head, body, null));
            return true;
        }
        catch (BodyGoneException)
        {
            return false;
        }
    }

    /// <summary>Collects parts during a read; usually there is one.</summary>
    private struct PartList
    {
        private HeldPart[]? _parts;
        private int _count;

        /// <summary>The numbers of the bodies that are not read yet; null if all are read.</summary>
        public long[]? Unread { get; private set; }

        public long EagerBytes { get; private set; }

        public void Add(HeldPart part)
        {
            _parts ??= new HeldPart[1];
            if (_count == _parts.Length)
            {
                Array.Resize(ref _parts, 2 * _count);
            }

            _parts[_count++] = part;
            if (part.Chunked is { } chunked)
            {
                Unread = Unread is null ? [chunked.Id] : [.. Unread, chunked.Id];
            }

            EagerBytes += part.Inline.Length;
        }

        public readonly HeldPart[] ToArray() => _parts is null ? [] : _count == _parts.Length ? _parts : _parts[.._count];
    }
}
