namespace HttpCaching.Sqlite.Engine;

/// <summary>
/// The background work of a store: it writes uses down, deletes doomed bodies, sweeps orphans, makes room and gives space back. Reads and writes start it, never a timer, so
/// that an idle process stays idle. Several processes may do it at the same time: each step is a short transaction that reads the current state.
/// </summary>
internal sealed class Maintenance(OpenFile file) : IDisposable
{
    private const double HighWater = 0.95;
    private const double LowWater = 0.85;

    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(5);

    private readonly SqliteStoreSettings _settings = file.Settings;
    private readonly UseLog _uses = new(file.Settings.Time);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1);
    private Task _running = Task.CompletedTask;
    private long _lastSweep;
    private bool _wasSwept;
    private bool _isAskedAgain;
    private bool _isDisposed;
    private bool _isToBeCut;

    /// <summary>Records the size of the store after a change.</summary>
    public void Changed((long Bytes, long Responses) usage, bool hasDoomed)
    {
        if (hasDoomed || IsAbove(usage, HighWater) || IsSweepDue())
        {
            Start();
        }
    }

    /// <summary>The number of times that uses have been written down: see <see cref="UseLog.Forgotten"/>.</summary>
    public int UsesWritten => _uses.Forgotten;

    /// <summary>The last use of an entry that is not written down yet, if there is one.</summary>
    public DateTimeOffset? RecentUseOf(long id) => _uses.LastUseOf(id);

    /// <summary>The last use of an entry.</summary>
    /// <param name="recent">The use that is not written down.</param>
    /// <param name="used">The millisecond of its row.</param>
    public static DateTimeOffset LastUse(DateTimeOffset? recent, long used)
    {
        var written = DateTimeOffset.FromUnixTimeMilliseconds(used);
        return recent is { } use && use > written ? use : written;
    }

    /// <summary>Records that an entry was read.</summary>
    public void Used(long id)
    {
        if (_uses.Count(id))
        {
            Start();
        }
    }

    /// <summary>Does all the work now.</summary>
    public async Task RunNowAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await FlushUsesAsync(cancellationToken).ConfigureAwait(false);
            await SweepAsync(cancellationToken).ConfigureAwait(false);
            await EvictAsync(cancellationToken).ConfigureAwait(false);
            await DeleteDoomedAsync(cancellationToken).ConfigureAwait(false);
            await ShrinkAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes the uses down, and waits a few seconds at most for the running work.</summary>
    public void Dispose()
    {
        Task running;
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            running = _running;
        }

        _stop.Cancel();
        running.Wait(DisposeTimeout);
        OpenFile.ObserveAsync(FlushUsesAsync(CancellationToken.None)).Wait(DisposeTimeout);
    }

    private static bool IsAbove((long Bytes, long Responses) usage, SqliteStoreSettings settings, double mark) =>
        usage.Bytes > settings.MaximumBytes * mark || usage.Responses > settings.MaximumResponses * mark;

    private bool IsAbove((long Bytes, long Responses) usage, double mark) => IsAbove(usage, _settings, mark);

    private bool IsSweepDue() => !_wasSwept || _settings.Time.GetElapsedTime(Volatile.Read(ref _lastSweep)) > SweepInterval;

    private void Start()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            if (!_running.IsCompleted)
            {
                _isAskedAgain = true;
                return;
            }

            _running = Task.Run(RunGuardedAsync);
        }
    }

    private async Task RunGuardedAsync()
    {
        do
        {
            try
            {
                await RunAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                // The store is being closed.
            }
            catch (Exception exception)
            {
                // Nothing depends on this work: if the disk is full or the file is read-only, no caller gets an exception.
                TellFailed(exception);
            }
        }
        while (MustGoOn());
    }

    /// <summary>Logs a failure. A logger that throws ends neither maintenance nor the process.</summary>
    private void TellFailed(Exception exception)
    {
        try
        {
            SqliteStoreLog.MaintenanceFailed(_settings.Logger, exception);
        }
        catch
        {
            // No logger is left for this fault.
        }
    }

    private bool MustGoOn()
    {
        lock (_lock)
        {
            var must = _isAskedAgain && !_isDisposed;
            _isAskedAgain = false;
            if (!must)
            {
                // A later caller finds no running task: the task ends a moment later, and would miss a request made now.
                _running = Task.CompletedTask;
            }

            return must;
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await FlushUsesAsync(cancellationToken).ConfigureAwait(false);
            if (IsSweepDue())
            {
                await SweepAsync(cancellationToken).ConfigureAwait(false);
            }

            if (IsAbove(await file.Queue.RunAsync(static writer => writer.Usage, cancellationToken).ConfigureAwait(false), HighWater))
            {
                await EvictAsync(cancellationToken).ConfigureAwait(false);
            }

            await DeleteDoomedAsync(cancellationToken).ConfigureAwait(false);
            await ShrinkAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task FlushUsesAsync(CancellationToken cancellationToken)
    {
        const int AtOnce = 1024;
        var taken = _uses.Take();
        var isEnded = false;
        try
        {
            foreach (var chunk in taken.Chunk(AtOnce))
            {
                await file.Queue.RunAsync(
                    writer =>
                    {
                        writer.AddUses(chunk);
                        return true;
                    },
                    cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The store is being closed, and will write them down then.
            isEnded = true;
            throw;
        }
        finally
        {
            if (!isEnded)
            {
                _uses.Forget(taken);
            }
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        _wasSwept = true;
        Volatile.Write(ref _lastSweep, _settings.Time.GetTimestamp());
        await file.KeepTableAsync(cancellationToken).ConfigureAwait(false);
        var readers = file.File.Readers;
        await file.Queue.RunAsync(
            writer =>
            {
                writer.DoomOrphans(owner => owner == file.Owner || ReaderTable.IsAlive(readers, owner));
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        await file.DoomAbandonedAsync(cancellationToken).ConfigureAwait(false);
        await RemoveUselessAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task RemoveUselessAsync(CancellationToken cancellationToken)
    {
        while (await file.Queue.RunAsync(static writer => writer.RemoveUseless(), cancellationToken).ConfigureAwait(false) > 0)
        {
            // Some hundred in each transaction, so that other writers get their turn.
        }
    }

    private async Task EvictAsync(CancellationToken cancellationToken)
    {
        var bytes = (long)(_settings.MaximumBytes * LowWater);
        var responses = (long)(_settings.MaximumResponses * LowWater);
        if (!IsAbove(await file.Queue.RunAsync(static writer => writer.Usage, cancellationToken).ConfigureAwait(false), HighWater))
        {
            return;
        }

        await RemoveUselessAsync(cancellationToken).ConfigureAwait(false);
        bool isMore;
        do
        {
            // Told after the transaction: one that fails evicts nothing.
            List<StoreEviction> evicted = [];
            isMore = await file.Queue.RunAsync(writer => writer.Evict(bytes, responses, evicted), cancellationToken).ConfigureAwait(false);
            evicted.ForEach(file.Evictions.Note);
            if (isMore)
            {
                await DeleteDoomedAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        while (isMore);
    }

    /// <summary>Deletes doomed bodies that no snapshot in any process can need: see <see cref="ReaderTable"/> for the order of the steps.</summary>
    private async Task DeleteDoomedAsync(CancellationToken cancellationToken)
    {
        await file.KeepTableAsync(cancellationToken).ConfigureAwait(false);
        var seq = await ReadAsync(static reader => reader.ReadNumber("SELECT seq FROM state WHERE id = 1"), cancellationToken).ConfigureAwait(false);
        var claims = ReaderTable.Claims(file.File.Readers);
        while (await file.Queue.RunAsync(writer => writer.DeleteDoomed(seq, claims), cancellationToken).ConfigureAwait(false))
        {
            // Each transaction deletes a few megabytes at most, so that other writers get their turn.
        }
    }

    /// <summary>Gives space back to the file system if much of the file is empty.</summary>
    private async Task ShrinkAsync(CancellationToken cancellationToken)
    {
        var space = await ReadAsync(
            static reader => new FileSpace(reader.ReadNumber("PRAGMA page_count"), reader.ReadNumber("PRAGMA freelist_count")), cancellationToken).ConfigureAwait(false);
        if (space.IsWasteful)
        {
            _isToBeCut = true;
            while (await file.Queue.RunAsync(static writer => writer.Shrink(), cancellationToken).ConfigureAwait(false))
            {
                // A megabyte in each transaction.
            }
        }

        // The file itself is cut when the whole log has been carried over. If a reader is in the way, that happens the next time.
        if (_isToBeCut)
        {
            _isToBeCut = !await ReadAsync(static reader => reader.Checkpoint(), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<T> ReadAsync<T>(Func<ReadConnection, T> read, CancellationToken cancellationToken)
    {
        var database = file.Database;
        var reader = await database.RentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return read(reader);
        }
        finally
        {
            database.Return(reader);
        }
    }
}
