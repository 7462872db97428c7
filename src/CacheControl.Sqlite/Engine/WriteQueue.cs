using System.Collections.Concurrent;

namespace HttpCaching.Sqlite.Engine;

/// <summary>
/// Makes changes one after the other. All waiting changes share one transaction, so concurrent callers share the cost of a commit. The queue has a thread of its own,
/// because all threads of the pool may be callers that wait for it. An idle thread ends after a while.
/// </summary>
internal sealed class WriteQueue(OpenFile file)
{
    private const int MostInTransaction = 256;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<WriteJob> _waiting = new();
    private readonly List<WriteJob> _batch = [];
    private readonly object _gate = new();
    private bool _isRunning;
    private bool _isIdle;
    private Database? _writing;
    private Action? _close;
    private volatile bool _isClosed;

    /// <summary>Makes a change.</summary>
    /// <param name="change">The change; called within a transaction, on another thread, and once more if that transaction fails.</param>
    /// <param name="cancellationToken">Ends the wait for the beginning. After the beginning the caller waits: the change takes no longer than the lock does.</param>
    /// <returns>The change's result, once the transaction is committed.</returns>
    public Task<T> RunAsync<T>(Func<WriteConnection, T> change, CancellationToken cancellationToken)
    {
        var job = new WriteJob<T>(change, cancellationToken);
        _waiting.Enqueue(job);
        Interlocked.MemoryBarrier();
        if (_isClosed)
        {
            FailWaiting();
        }
        else
        {
            SeeToIt();
        }

        return StoreWait.For(job.Completion);
    }

    /// <summary>Refuses further changes. After the waiting ones are made, closes the connection.</summary>
    public void Close(Action close)
    {
        Volatile.Write(ref _close, close);
        lock (_gate)
        {
            if (_isRunning && !_isIdle)
            {
                return;
            }

            // Here and not on the thread that waits for work: the caller that has closed the store may want its file.
            _isRunning = true;
            _isIdle = false;
            Monitor.Pulse(_gate);
        }

        Serve();
    }

    /// <summary>Wakes the thread, or starts one.</summary>
    private void SeeToIt()
    {
        lock (_gate)
        {
            if (_isRunning)
            {
                if (_isIdle)
                {
                    Monitor.Pulse(_gate);
                }

                return;
            }

            _isRunning = true;
        }

        try
        {
            new Thread(Serve) { IsBackground = true, Name = "CacheControl SQLite writer" }.UnsafeStart();
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            // The system gives no more threads: then the caller makes the waiting changes.
            Serve();
        }
    }

    private void Serve()
    {
        do
        {
            while (TakeBatch())
            {
                RunBatch();
                _batch.Clear();
            }

            if (Volatile.Read(ref _close) is { } close)
            {
                _isClosed = true;
                Interlocked.MemoryBarrier();
                FailWaiting();
                close();
                return;
            }
        }
        while (HasMore());
    }

    /// <summary>Waits for work. Returns false if none came, or another thread has taken over.</summary>
    private bool HasMore()
    {
        lock (_gate)
        {
            _isIdle = true;
            while (_isIdle && _waiting.IsEmpty && Volatile.Read(ref _close) is null)
            {
                if (!Monitor.Wait(_gate, Idle) && _isIdle && _waiting.IsEmpty && Volatile.Read(ref _close) is null)
                {
                    _isRunning = false;
                    return _isIdle = false;
                }
            }

            var isMine = _isIdle;
            _isIdle = false;
            return isMine;
        }
    }

    private void FailWaiting()
    {
        while (_waiting.TryDequeue(out var job))
        {
            job.Fail(new ObjectDisposedException(nameof(SqliteHttpCacheStore)));
        }
    }

    private bool TakeBatch()
    {
        while (_batch.Count < MostInTransaction && _waiting.TryDequeue(out var job))
        {
            if (job.IsCanceled)
            {
                job.Cancel();
            }
            else
            {
                _batch.Add(job);
            }
        }

        return _batch.Count > 0;
    }

    private void RunBatch()
    {
        Database database;
        try
        {
            database = file.DatabaseToWrite();
            if (_writing is not null && _writing != database)
            {
                // Here and not at the replacement: only this thread knows that no change writes with it.
                _writing.Writer.Dispose();
            }

            _writing = database;
        }
        catch (Exception exception)
        {
            _batch.ForEach(job => job.Fail(exception));
            return;
        }

        if (TryRun(database, _batch, out var fault))
        {
            return;
        }

        // The lock's holder blocks each of them, and the wait has already been made once.
        if (fault is not (DamagedFileException or LockedFileException) && _batch.Count > 1)
        {
            RunEach(database);
            return;
        }

        if (fault is DamagedFileException)
        {
            // Before the callers are told: a retry then finds a working file.
            file.TryReplace(database);
        }

        _batch.ForEach(job => job.Fail(fault!));
    }

    /// <summary>One change may have spoiled the transaction for the others: then each gets its own.</summary>
    private void RunEach(Database database)
    {
        var isDamaged = false;
        Exception? fault = null;
        foreach (var job in _batch)
        {
            if (fault is LockedFileException)
            {
                job.Fail(fault);
            }
            else if (!TryRun(database, [job], out fault))
            {
                isDamaged |= fault is DamagedFileException;
                job.Fail(fault!);
            }
        }

        if (isDamaged)
        {
            file.TryReplace(database);
        }
    }

    private bool TryRun(Database database, List<WriteJob> jobs, out Exception? fault)
    {
        var writer = database.Writer;
        fault = null;
        try
        {
            writer.Begin();
            try
            {
                jobs.ForEach(job => job.Run(writer));
                writer.Commit();
            }
            catch
            {
                writer.Rollback();
                throw;
            }
        }
        catch (Exception exception)
        {
            fault = exception;
            return false;
        }

        jobs.ForEach(static job => job.Succeed());
        file.Changed(writer);
        return true;
    }
}
