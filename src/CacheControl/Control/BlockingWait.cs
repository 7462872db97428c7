using CacheControl.Storage;

namespace CacheControl.Control;

/// <summary>Waits for calls of the store, within a limit: on the thread itself where the caller blocks.</summary>
internal static class BlockingWait
{
    // How often a caller who blocks looks at the clock of the limit, whose timers would need a thread of the pool.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>The task, or one that has failed with a <see cref="TimeoutException"/> or was cancelled. For a caller who blocks it has ended when this returns.</summary>
    public static Task<T> WithinAsync<T>(Task<T> task, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        if (task.IsCompleted || !BlockingCalls.IsCurrent)
        {
            return task.WaitAsync(limit, time, cancellationToken);
        }

        Block(task, limit, time, cancellationToken);
        return task.IsCompleted ? task
            : cancellationToken.IsCancellationRequested ? Task.FromCanceled<T>(cancellationToken)
            : Task.FromException<T>(new TimeoutException());
    }

    /// <summary>The same for a task without a result.</summary>
    public static Task WithinAsync(Task task, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        if (task.IsCompleted || !BlockingCalls.IsCurrent)
        {
            return task.WaitAsync(limit, time, cancellationToken);
        }

        Block(task, limit, time, cancellationToken);
        return task.IsCompleted ? task
            : cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken)
            : Task.FromException(new TimeoutException());
    }

    private static void Block(Task task, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        try
        {
            while (!task.Wait(Look, cancellationToken))
            {
                if (limit != Timeout.InfiniteTimeSpan && time.GetElapsedTime(start) >= limit)
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is AggregateException or OperationCanceledException)
        {
            // The task tells, or the token.
        }
    }
}
