using System.Collections.Concurrent;

namespace HttpCaching.Sqlite.Engine;

/// <summary>
/// Makes changes one after the other, all that wait in one transaction: the cost of a commit is shared by those who come at the same time. It has a thread of its own,
/// because all threads of the pool may be callers that wait for it. The thread ends when there has been nothing to do for a while.
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

    /// <summary>Has a change made.</summary>
    /// <param name="change">The change; called within a transaction, on another thread, and once more if that transaction fails.</param>
    /// <param name="cancellationToken">Ends the wait for the beginning. A change that has begun is waited for: it takes no longer than the lock does.</param>
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

    /// <summary>Refuses further changes, and closes what they need once those that wait are made.</summary>
    public void Close(Action close)
    {
        Volatile.Write(ref _close, close);
        lock (_gate)
        {
            if (_isRunning && !_isIdle)
            {
                return;
            }

            // Here and not on the thread that waits for work: the caller who has closed the store may want its file.
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
            // There are no more threads: then the caller makes the changes that wait.
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

    /// <summary>Waits for work; false if none came, or another thread has taken over.</summary>
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
                // Here and not where it was replaced: only this thread knows that nobody writes with it.
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

        // Who holds the lock holds it against each of them: it was waited for once.
        if (fault is not (DamagedFileException or LockedFileException) && _batch.Count > 1)
        {
            RunEach(database);
            return;
        }

        if (fault is DamagedFileException)
        {
            // Before the callers hear of it: whoever tries again finds a file that works.
            file.TryReplace(database);
        }

        _batch.ForEach(job => job.Fail(fault!));
    }

    /// <summary>One change may have spoiled the transaction for the others: each for itself then.</summary>
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
