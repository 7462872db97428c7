namespace HttpCaching.Storage;

/// <summary>
/// Tells whether the thread works for a caller that blocks. Then waits happen on this thread. The threads of the pool may all be blocking callers, and none may be
/// free to continue after an await.
/// </summary>
internal static class BlockingCalls
{
    // How often a blocking caller checks the clock of a limit. A timer would need a thread of the pool.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    // Facts of the thread's stack, not state: set where a blocking call enters, and reset where it leaves.
    [ThreadStatic]
    private static bool _isCurrent;

    [ThreadStatic]
    private static Patience _patience;

    /// <summary>Whether the caller blocks.</summary>
    public static bool IsCurrent => _isCurrent;

    /// <summary>Whether a blocking caller waits for a call of the store that is made on this thread.</summary>
    public static bool IsInCall => _isCurrent && _patience.Time is not null;

    /// <summary>Records whether the caller of the following work on this thread blocks.</summary>
    public static Scope Enter(bool blocks)
    {
        var scope = new Scope(_isCurrent);
        _isCurrent = blocks;
        return scope;
    }

    /// <summary>Records how long the caller waits for the following call on this thread. Does nothing if the caller does not block.</summary>
    /// <param name="limit">The longest wait, from now.</param>
    /// <param name="time">The clock of the limit.</param>
    /// <param name="cancellationToken">Ends the wait earlier.</param>
    public static CallScope Begin(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!_isCurrent)
        {
            return default;
        }

        var scope = new CallScope(_patience);
        _patience = new Patience(limit, time, time.GetTimestamp(), cancellationToken);
        return scope;
    }

    /// <summary>Waits on this thread until the task has ended or the caller gives up. The task tells how it ended.</summary>
    public static void Wait(Task task) => Wait(task, default);

    /// <summary>The same within a limit.</summary>
    /// <param name="task">The task.</param>
    /// <param name="limit">The longest wait.</param>
    /// <param name="time">The clock of the limit.</param>
    /// <param name="cancellationToken">Ends the wait earlier.</param>
    /// <returns>Whether the limit has passed.</returns>
    public static bool Wait(Task task, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken) =>
        Wait(task, new Patience(limit, time, time.GetTimestamp(), cancellationToken));

    private static bool Wait(Task task, Patience own)
    {
        var callers = _patience;
        try
        {
            while (!own.HasEnded && !callers.HasEnded && !task.Wait(Look, own.CancellationToken.CanBeCanceled ? own.CancellationToken : callers.CancellationToken))
            {
                // The next check.
            }
        }
        catch (Exception exception) when (exception is AggregateException or OperationCanceledException)
        {
            // The task or the token tells.
        }

        return own.HasPassed;
    }

    /// <summary>How long a caller waits.</summary>
    internal readonly record struct Patience(TimeSpan Limit, TimeProvider? Time, long Start, CancellationToken CancellationToken)
    {
        public bool HasPassed => Time is not null && Limit != Timeout.InfiniteTimeSpan && Time.GetElapsedTime(Start) >= Limit;

        public bool HasEnded => CancellationToken.IsCancellationRequested || HasPassed;
    }

    /// <summary>Ends a scope of <see cref="Enter"/>.</summary>
    /// <param name="before">The value before it.</param>
    internal readonly struct Scope(bool before) : IDisposable
    {
        public void Dispose() => _isCurrent = before;
    }

    /// <summary>Ends a scope of <see cref="Begin"/>.</summary>
    internal readonly struct CallScope : IDisposable
    {
        private readonly bool _hasBegun;
        private readonly Patience _before;

        public CallScope(Patience before) => (_hasBegun, _before) = (true, before);

        public void Dispose()
        {
            if (_hasBegun)
            {
                _patience = _before;
            }
        }
    }
}
