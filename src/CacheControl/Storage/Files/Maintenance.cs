using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>
/// The background work of a store: it writes uses down, sweeps orphans and makes room. Reads and writes start it, never a timer, so that an
/// idle process stays idle. One process at a time does it for all.
/// </summary>
internal sealed class Maintenance : IDisposable
{
    // The growth of the store between two checks of its size, as a share of the limit, for each writing process.
    private const int Looks = 64;

    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PauseBetweenTries = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(5);

    private readonly StoreDirectory _directory;
    private readonly FileStoreSettings _settings;
    private readonly UseLog _uses;
    private readonly Evictor _evictor;
    private readonly Sweeper _sweeper;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1);
    private Task _running = Task.CompletedTask;
    private long _writtenBytes;
    private long _writes;
    private long _lastSweep;
    private bool _wasSwept;
    private int _isWaiting;
    private bool _isDisposed;

    public Maintenance(StoreDirectory directory, FileStoreSettings settings)
    {
        _directory = directory;
        _settings = settings;
        _uses = new UseLog(settings);
        _sweeper = new Sweeper(directory, settings);
        _evictor = new Evictor(directory, settings, _sweeper) { Evictions = Evictions };
    }

    /// <summary>Counts and tells what this process evicts.</summary>
    public EvictionFeed Evictions { get; } = new();

    /// <summary>Records that the store changed by so many bytes.</summary>
    public void Wrote(long bytes)
    {
        var written = Interlocked.Add(ref _writtenBytes, Math.Max(0, bytes));
        if (written > _settings.MaximumBytes / Looks || Interlocked.Increment(ref _writes) > _settings.MaximumKeys / Looks || IsSweepDue())
        {
            Start();
        }
    }

    /// <summary>Whether a record was read recently.</summary>
    public bool WasUsed(string recordPath) => _uses.Has(recordPath);

    /// <summary>The last use of a record by this process, if it is not written down yet. Must be asked before the file's time is read: the use may be written down in between.</summary>
    public DateTimeOffset? RecentUseOf(string recordPath) => _uses.LastUseOf(recordPath);

    /// <summary>The last use of a record.</summary>
    /// <param name="recent">The use that was not written down.</param>
    /// <param name="stamp">The use that is.</param>
    public static DateTimeOffset LastUse(DateTimeOffset? recent, UseStamp stamp)
    {
        var written = new DateTimeOffset(DateTime.SpecifyKind(stamp.LastUse, DateTimeKind.Utc));
        return recent is { } use && use > written ? use : written;
    }

    /// <summary>Records that a record was read.</summary>
    public void Used(string recordPath)
    {
        if (_uses.Count(recordPath))
        {
            Start();
        }
    }

    /// <summary>Finishes the running work, and does all work once more.</summary>
    public async Task RunNowAsync(CancellationToken cancellationToken)
    {
        Task running;
        lock (_lock)
        {
            running = _running;
        }

        await running.WaitAsync(cancellationToken).ConfigureAwait(false);
        await RunAsync(_settings.MaintenancePatience, isWhole: true, cancellationToken).ConfigureAwait(false);
    }

    private Task RunAsync(CancellationToken cancellationToken) => RunAsync(TimeSpan.Zero, isWhole: false, cancellationToken);

    private async Task RunAsync(TimeSpan patience, bool isWhole, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await RunInTurnAsync(patience, isWhole, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task RunInTurnAsync(TimeSpan patience, bool isWhole, CancellationToken cancellationToken)
    {
        _uses.Flush();

        // A process that does maintenance makes the room for all, unless it has been stopped.
        using var locked = await LockAsync(_evictor.IsDue ? _settings.MaintenancePatience : patience, cancellationToken).ConfigureAwait(false);
        Interlocked.Exchange(ref _writtenBytes, 0);
        Interlocked.Exchange(ref _writes, 0);
        if (locked is null)
        {
            await _evictor.RunAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        _directory.Refresh();
        var isSweepDue = isWhole || IsSweepDue();
        if (isSweepDue)
        {
            _wasSwept = true;
            Volatile.Write(ref _lastSweep, _settings.Time.GetTimestamp());
            _sweeper.SweepTemporary();
        }

        // Room first: no other fault may prevent it.
        await _evictor.RunAsync(cancellationToken).ConfigureAwait(false);
        await _sweeper.RepairAsync(cancellationToken).ConfigureAwait(false);
        if (isSweepDue)
        {
            await _sweeper.AuditAsync(isWhole, cancellationToken).ConfigureAwait(false);
        }

        await _evictor.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Takes the right to do maintenance; null if another process has it. An explicit call waits for a moment: a process that this one has just
    /// started holds the lock until its program begins.
    /// </summary>
    private async Task<SafeFileHandle?> LockAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var locked = _directory.TryLockMaintenance();
        for (var waited = TimeSpan.Zero; locked is null && waited < patience; waited += PauseBetweenTries)
        {
            await Task.Delay(PauseBetweenTries, cancellationToken).ConfigureAwait(false);
            locked = _directory.TryLockMaintenance();
        }

        return locked;
    }

    /// <summary>Runs work in the background, now or after the running work. Its faults are ignored: the work is tried again later.</summary>
    public void Start(Func<CancellationToken, Task> work)
    {
        lock (_lock)
        {
            if (!_isDisposed)
            {
                var before = _running;
                _running = Task.Run(() => RunGuardedAsync(before, work));
            }
        }
    }

    /// <summary>Does the due work in the background. If a run is going on, one more follows: the run may have missed later changes.</summary>
    private void Start()
    {
        // One waiting run is enough for all callers.
        if (Interlocked.Exchange(ref _isWaiting, 1) == 0)
        {
            Start(async cancellationToken =>
            {
                Interlocked.Exchange(ref _isWaiting, 0);
                await RunAsync(cancellationToken).ConfigureAwait(false);
            });
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
        try
        {
            _uses.Flush();
        }
        catch (Exception exception)
        {
            FileStoreLog.MaintenanceFailed(_settings.Logger, exception);
        }
    }

    private bool IsSweepDue() => !_wasSwept || _settings.Time.GetElapsedTime(Volatile.Read(ref _lastSweep)) > SweepInterval;

    private async Task RunGuardedAsync(Task before, Func<CancellationToken, Task> work)
    {
        try
        {
            await before.ConfigureAwait(false);
            await work(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The store has been disposed.
        }
        catch (Exception exception)
        {
            // Nothing depends on this work. If the directory was deleted or is read-only, no caller gets an exception, and later runs still happen.
            FileStoreLog.MaintenanceFailed(_settings.Logger, exception);
        }
    }
}
