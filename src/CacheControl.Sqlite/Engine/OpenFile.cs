using System.Collections.Concurrent;

namespace HttpCaching.Sqlite.Engine;

/// <summary>What an open store consists of: the file, the database that it is now, the queue of changes, and what goes on beside the requests.</summary>
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

    /// <summary>The number that bodies belong to while this store writes them.</summary>
    public long Owner => _table.Id;

    public bool IsDisposed => _isDisposed;

    /// <summary>The database as it was seen last. Whoever has rented a reader from it asks <see cref="WasReplaced"/> then.</summary>
    public Database Database => _database;

    /// <summary>Whether another process has set the file aside. To be asked while a reader is rented: else the memory that tells may be gone.</summary>
    public bool WasReplaced => _table.WasReplaced;

    /// <summary>The database that stands in the place of one that was set aside.</summary>
    public Database DatabaseAfter(Database replaced) => Reopen(replaced, isDamaged: false);

    /// <summary>The database that the path leads to now: in one that was deleted or replaced, other processes' changes would go unseen.</summary>
    public Database DatabaseToRead()
    {
        var database = _database;
        return File.Identity() == database.Identity ? database : Reopen(database, isDamaged: false);
    }

    /// <summary>The database to write to, which the path leads to: what is written to a deleted file would be lost.</summary>
    public Database DatabaseToWrite()
    {
        ThrowIfDisposed();
        var database = _database;
        return !_table.WasReplaced && File.Identity() == database.Identity ? database : Reopen(database, isDamaged: false);
    }

    /// <summary>Sets a damaged file aside and begins another, if that can be done now. Whoever found the damage has a fault to tell already.</summary>
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

    /// <summary>The same beside the request that has met the damage.</summary>
    public void TryReplaceLater(Database damaged) => ThreadPool.UnsafeQueueUserWorkItem(_ => TryReplace(damaged), null);

    /// <summary>Notes what a transaction has changed.</summary>
    public void Changed(WriteConnection writer) => Maintenance.Changed(writer.Usage, writer.HasDoomed);

    /// <summary>Has a body given up that was not committed. If that fails, as it may on a full disk, it is tried again with the next sweep.</summary>
    public void AbandonLater(long body)
    {
        _abandoned[body] = true;
        _ = ObserveAsync(DoomAbandonedAsync(CancellationToken.None));
    }

    /// <summary>Gives up the bodies that were not committed.</summary>
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

    /// <summary>Has damaged entries removed, each once however often it is met until then.</summary>
    public void RemoveLater(Database database, List<long> ids)
    {
        if (ids.FindAll(database.Damage.TryAddEntry) is { Count: > 0 } found)
        {
            RemoveLater(
                writer => found.ForEach(id => writer.RemoveEntry(id)),
                () => found.ForEach(database.Damage.RemoveEntry));
        }
    }

    /// <summary>Has the response with a damaged body removed. No later read of the file shows it: who tries again is not given it again.</summary>
    public void RemoveLater(Database database, CacheKey key, StoredResponse head)
    {
        if (database.Damage.TryAddBody(head.BodyId))
        {
            RemoveLater(
                writer => writer.RemoveBody(key, head.BodyId),
                () => database.Damage.RemoveBody(head.BodyId));
        }
    }

    /// <summary>Makes the table of readers again if somebody has deleted it: other processes would not see which bodies this one reads.</summary>
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

    /// <summary>Waits for something that nobody else waits for.</summary>
    public static async Task ObserveAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException or OperationCanceledException)
        {
            // It is tried again when the damage is met again, or swept.
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

            // Another process may have been quicker, where files have no identity. Forgotten first: who sets the file aside from now on says so again.
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
