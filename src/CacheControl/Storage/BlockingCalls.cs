namespace HttpCaching.Storage;

/// <summary>
/// Whether the thread works for a caller that blocks. What waits on its behalf then waits on this thread: the threads of the pool may all be callers who block, and none is
/// left to go on with what was awaited.
/// </summary>
internal static class BlockingCalls
{
    // How often a caller who blocks looks at the clock of a limit, whose timers would need a thread of the pool.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    // Facts of the thread's stack, not state: set where a blocking call comes in, and taken back where it leaves.
    [ThreadStatic]
    private static bool _isCurrent;

    [ThreadStatic]
    private static Patience _patience;

    /// <summary>Whether the caller blocks.</summary>
    public static bool IsCurrent => _isCurrent;

    /// <summary>Whether a caller that blocks waits for a call of the store that is made on this thread.</summary>
    public static bool IsInCall => _isCurrent && _patience.Time is not null;

    /// <summary>Notes for what follows on this thread whether its caller blocks.</summary>
    public static Scope Enter(bool blocks)
    {
        var scope = new Scope(_isCurrent);
        _isCurrent = blocks;
        return scope;
    }

    /// <summary>Notes how long the caller waits for the call that follows on this thread. Nothing is noted, nor needed, if it does not block.</summary>
    /// <param name="limit">How long, from now.</param>
    /// <param name="time">The clock of the limit.</param>
    /// <param name="cancellationToken">Ends the wait before.</param>
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

    /// <summary>Waits on this thread until the task has ended, or the caller's patience. The task tells how it has ended.</summary>
    public static void Wait(Task task) => Wait(task, default);

    /// <summary>The same within a limit.</summary>
    /// <param name="task">The task.</param>
    /// <param name="limit">How long.</param>
    /// <param name="time">The clock of the limit.</param>
    /// <param name="cancellationToken">Ends the wait before.</param>
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
                // The next look.
            }
        }
        catch (Exception exception) when (exception is AggregateException or OperationCanceledException)
        {
            // The task tells, or the token.
        }

        return own.HasPassed;
    }

    /// <summary>How long a caller waits.</summary>
    internal readonly record struct Patience(TimeSpan Limit, TimeProvider? Time, long Start, CancellationToken CancellationToken)
    {
        public bool HasPassed => Time is not null && Limit != Timeout.InfiniteTimeSpan && Time.GetElapsedTime(Start) >= Limit;

        public bool HasEnded => CancellationToken.IsCancellationRequested || HasPassed;
    }

    /// <summary>Ends what <see cref="Enter"/> began.</summary>
    /// <param name="before">What was so before.</param>
    internal readonly struct Scope(bool before) : IDisposable
    {
        public void Dispose() => _isCurrent = before;
    }

    /// <summary>Ends what <see cref="Begin"/> began.</summary>
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
