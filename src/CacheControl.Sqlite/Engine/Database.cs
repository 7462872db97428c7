namespace HttpCaching.Sqlite.Engine;

/// <summary>
/// One open file: a connection for writing and a bounded number of connections for reading. It stays open for the snapshots that read from it, even after the
/// store has been closed or has begun another file.
/// </summary>
internal sealed class Database
{
    private readonly CacheFile _file;
    private readonly SqliteStoreSettings _settings;
    private readonly ReaderTable _table;
    private readonly SemaphoreSlim _free;
    private readonly Lock _lock = new();
    private readonly Stack<ReadConnection> _idle = new();
    private readonly Stack<int> _slots;
    private int _uses = 1;
    private int _open;
    private long _lastSeq;

    public Database(CacheFile file, SqliteStoreSettings settings, ReaderTable table, FoundDamage? damage)
    {
        _file = file;
        _settings = settings;
        _table = table;
        Writer = OpenWriter(damage, out var identity);
        Identity = identity;
        _free = new SemaphoreSlim(settings.Readers, settings.Readers);
        _slots = new Stack<int>(Enumerable.Range(0, settings.Readers));
        table.AddUse();
    }

    /// <summary>The connection for writing; only the write queue uses it.</summary>
    public WriteConnection Writer { get; }

    public ulong? Identity { get; }

    /// <summary>The hash of URIs in this file.</summary>
    public UriHash Hash => Writer.Hash;

    public ReaderTable Table => _table;

    /// <summary>The damage found in the file.</summary>
    public DamageLog Damage { get; } = new();

    /// <summary>Reads heads.</summary>
    public DecodedHeads Heads { get; } = new();

    /// <summary>A seq that the database has certainly reached.</summary>
    public long LastSeq
    {
        get => Volatile.Read(ref _lastSeq);
        set => Volatile.Write(ref _lastSeq, value);
    }

    /// <summary>Takes a connection for reading. Waits while all are in use.</summary>
    public ReadConnection Rent()
    {
        _free.Wait();
        return TakeFree();
    }

    /// <summary>Takes a connection for reading. Waits while all are in use.</summary>
    public ValueTask<ReadConnection> RentAsync(CancellationToken cancellationToken) =>
        _free.Wait(0, CancellationToken.None) ? new ValueTask<ReadConnection>(TakeFree()) : RentLaterAsync(cancellationToken);

    /// <summary>Gives a connection back.</summary>
    public void Return(ReadConnection reader)
    {
        var isClosed = false;
        lock (_lock)
        {
            if (_uses > 0)
            {
                _idle.Push(reader);
            }
            else
            {
                isClosed = --_open == 0;
                reader.Dispose();
            }
        }

        _free.Release();
        if (isClosed)
        {
            _table.RemoveUse();
        }
    }

    /// <summary>Keeps the connections open for one more use.</summary>
    public void AddUse()
    {
        lock (_lock)
        {
            ThrowIfClosed_NeedsLock();
            _uses++;
        }
    }

    /// <summary>Ends a use of <see cref="AddUse"/>. The last one closes the readers.</summary>
    public void RemoveUse()
    {
        lock (_lock)
        {
            if (--_uses > 0)
            {
                return;
            }

            while (_idle.TryPop(out var reader))
            {
                _open--;
                reader.Dispose();
            }

            if (_open > 0)
            {
                return;
            }
        }

        _table.RemoveUse();
    }

    /// <summary>Runs work while no connection reads. Only for maintenance: two callers that wait for all connections would wait for each other.</summary>
    public async Task WithoutReadersAsync(Action act, CancellationToken cancellationToken)
    {
        var taken = 0;
        try
        {
            for (; taken < _settings.Readers; taken++)
            {
                await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            act();
        }
        finally
        {
            if (taken > 0)
            {
                _free.Release(taken);
            }
        }
    }

    private WriteConnection OpenWriter(FoundDamage? damage, out ulong? identity)
    {
        var connection = DatabaseOpener.Open(_file, _settings, _table, damage, out identity);
        try
        {
            return new WriteConnection(connection, _settings);
        }
        catch (IOException exception) when (exception is DamagedFileException or UnexpectedLayoutException)
        {
            connection.Dispose();
        }

        // Its header is right, but its tables are not.
        connection = DatabaseOpener.Open(_file, _settings, _table, new FoundDamage(identity), out identity);
        return new WriteConnection(connection, _settings);
    }

    private void ThrowIfClosed_NeedsLock()
    {
        if (_uses == 0)
        {
            throw new IOException("The cache file was closed or set aside during the operation.");
        }
    }

    private async ValueTask<ReadConnection> RentLaterAsync(CancellationToken cancellationToken)
    {
        if (StoreWait.IsBlocking)
        {
            // With a token, it would need a thread of the pool to continue.
            await StoreWait.For(_free.WaitAsync(CancellationToken.None)).ConfigureAwait(false);
        }
        else
        {
            await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return TakeFree();
    }

    private ReadConnection TakeFree()
    {
        try
        {
            int slot;
            lock (_lock)
            {
                ThrowIfClosed_NeedsLock();
                if (_idle.TryPop(out var idle))
                {
                    return idle;
                }

                slot = _slots.Pop();
                _open++;
            }

            try
            {
                return new ReadConnection(this, Connection.Open(_file.FullPath, _settings, isWriter: false), slot);
            }
            catch
            {
                lock (_lock)
                {
                    _slots.Push(slot);
                    _open--;
                }

                throw;
            }
        }
        catch
        {
            _free.Release();
            throw;
        }
    }
}
