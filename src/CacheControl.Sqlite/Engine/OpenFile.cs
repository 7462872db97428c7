using System.Collections.Concurrent;

namespace HttpCaching.Sqlite.Engine;

/// <summary>The parts of an open store: the file, its current database, the queue of changes, and the background work.</summary>
internal sealed class OpenFile : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ReaderTable _table;
    private volatile Database _database;
    private readonly ConcurrentDictionary<long, bool> _abandoned = new();
    private volatile bool _isDisposed;

    /// <summary>Opens a file.</summary>
    public OpenFile(string path, SqliteStoreSettings settings)
    {
        Settings = settings;
        File = new CacheFile(path);
        try
        {
            (_table, _database) = Open(File, settings);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or (IOException and not RefusedPathException))
        {
            throw RefusedPathException.Of(File.FullPath, exception);
        }

        Queue = new WriteQueue(this);
        Maintenance = new Maintenance(this);
    }

    public SqliteStoreSettings Settings { get; }

    public CacheFile File { get; }

    public WriteQueue Queue { get; }

    public Maintenance Maintenance { get; }

    /// <summary>Counts and tells what this process evicts.</summary>
    public EvictionFeed Evictions { get; } = new();

    /// <summary>The number of this store as the owner of bodies during their write.</summary>
    public long Owner => _table.Id;

    public bool IsDisposed => _isDisposed;

    /// <summary>The last known database. After renting a reader from it, the caller asks <see cref="WasReplaced"/>.</summary>
    public Database Database => _database;

    /// <summary>Whether another process has set the file aside. Ask only while a reader is rented: otherwise the shared memory may be gone.</summary>
    public bool WasReplaced => _table.WasReplaced;

    /// <summary>The database that replaced one that was set aside.</summary>
    public Database DatabaseAfter(Database replaced) => Reopen(replaced, isDamaged: false);

    /// <summary>The database that the path leads to now. In a deleted or replaced file, other processes' changes would go unnoticed.</summary>
    public Database DatabaseToRead()
    {
        var database = _database;
        return File.Identity() == database.Identity ? database : Reopen(database, isDamaged: false);
    }

    /// <summary>The database for writing, which the path leads to: changes in a deleted file would be lost.</summary>
    public Database DatabaseToWrite()
    {
        ThrowIfDisposed();
        var database = _database;
        return !_table.WasReplaced && File.Identity() == database.Identity ? database : Reopen(database, isDamaged: false);
    }

    /// <summary>Sets a damaged file aside and begins another, if that is possible now. The caller that found the damage already has a fault to throw.</summary>
    public void TryReplace(Database damaged)
    {
        try
        {
            Reopen(damaged, isDamaged: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // The next call meets the damage again, and tries again.
        }
    }

    /// <summary>The same in the background of the request that met the damage.</summary>
    public void TryReplaceLater(Database damaged) => ThreadPool.UnsafeQueueUserWorkItem(_ => TryReplace(damaged), null);

    /// <summary>Records the changes of a transaction.</summary>
    public void Changed(WriteConnection writer) => Maintenance.Changed(writer.Usage, writer.HasDoomed);

    /// <summary>Abandons a body that was not committed. If that fails, for example on a full disk, the next sweep tries again.</summary>
    public void AbandonLater(long body)
    {
        _abandoned[body] = true;
        _ = ObserveAsync(DoomAbandonedAsync(CancellationToken.None));
    }

    /// <summary>Abandons the bodies that were not committed.</summary>
    public async Task DoomAbandonedAsync(CancellationToken cancellationToken)
    {
        var bodies = _abandoned.Keys.ToArray();
        if (bodies.Length == 0)
        {
            return;
        }

        await Queue.RunAsync(
            writer =>
            {
                Array.ForEach(bodies, body => writer.Abandon(body, Owner));
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        Array.ForEach(bodies, body => _abandoned.TryRemove(body, out _));
    }

    /// <summary>Removes damaged entries, each once, however often reads meet it before.</summary>
    public void RemoveLater(Database database, List<long> ids)
    {
        if (ids.FindAll(database.Damage.TryAddEntry) is { Count: > 0 } found)
        {
            RemoveLater(
                writer => found.ForEach(id => writer.RemoveEntry(id)),
                () => found.ForEach(database.Damage.RemoveEntry));
        }
    }

    /// <summary>Removes the response of a damaged body. No later read of the file shows it, so a retry does not get it again.</summary>
    public void RemoveLater(Database database, CacheKey key, StoredResponse head)
    {
        if (database.Damage.TryAddBody(head.BodyId))
        {
            RemoveLater(
                writer => writer.RemoveBody(key, head.BodyId),
                () => database.Damage.RemoveBody(head.BodyId));
        }
    }

    /// <summary>Makes the table of readers again if it was deleted. Without it, other processes would not see which bodies this one reads.</summary>
    public async Task KeepTableAsync(CancellationToken cancellationToken)
    {
        if (_table.IsThere)
        {
            return;
        }

        File.Prepare();
        await Database.WithoutReadersAsync(_table.MakeAgain, cancellationToken).ConfigureAwait(false);
    }

    private void RemoveLater(Action<WriteConnection> remove, Action forget)
    {
        SqliteStoreLog.Damaged(Settings.Logger);
        _ = ObserveAsync(RemoveAsync());

        async Task RemoveAsync()
        {
            await Queue.RunAsync(
                writer =>
                {
                    remove(writer);
                    return true;
                },
                CancellationToken.None).ConfigureAwait(false);
            forget();
        }
    }

    /// <summary>Waits for work that has no other waiter.</summary>
    public static async Task ObserveAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException or OperationCanceledException)
        {
            // The next read that meets the damage, or the next sweep, tries again.
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }
        }

        Maintenance.Dispose();
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        Queue.Close(() =>
        {
            _database.Writer.Dispose();
            _database.RemoveUse();
            _table.RemoveUse();
        });
    }

    private void ThrowIfDisposed()
    {
        if (_isDisposed)
        {
            Throw();
        }

        static void Throw() => throw new ObjectDisposedException(nameof(SqliteHttpCacheStore));
    }

    private Database Reopen(Database old, bool isDamaged)
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            if (_database != old)
            {
                return _database;
            }

            // If files have no identity, another process may have been quicker. Reset first: a process that sets the file aside from now on sets the flag again.
            var mustSetAside = isDamaged && !_table.WasReplaced;
            _table.ForgetReplaced();
            var database = new Database(File, Settings, _table, mustSetAside ? new FoundDamage(old.Identity) : null);

            _database = database;
            old.RemoveUse();
            return database;
        }
    }

    private static (ReaderTable Table, Database Database) Open(CacheFile file, SqliteStoreSettings settings)
    {
        file.Prepare();
        var table = ReaderTable.Create(file.Readers);
        try
        {
            var database = new Database(file, settings, table, damage: null);
            file.NoteUse();
            return (table, database);
        }
        catch
        {
            table.RemoveUse();
            file.ForgetRefused();
            throw;
        }
    }
}
