
namespace HttpCaching.Control.Time;

/// <summary>Waits on the thread itself if the caller blocks: for calls of the store, within a limit, and for exchanges of other requests.</summary>
internal static class BlockingWait
{
    /// <summary>Returns the task, or one that has failed with a <see cref="TimeoutException"/> or was cancelled. If the caller blocks, it has ended when this returns.</summary>
    public static Task<T> WithinAsync<T>(Task<T> task, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        if (task.IsCompleted || !BlockingCalls.IsCurrent)
        {
            return task.WaitAsync(limit, time, cancellationToken);
        }

        BlockingCalls.Wait(task, limit, time, cancellationToken);
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

        BlockingCalls.Wait(task, limit, time, cancellationToken);
        return task.IsCompleted ? task
            : cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken)
            : Task.FromException(new TimeoutException());
    }

    /// <summary>Blocks until the task has ended, in any way.</summary>
    /// <exception cref="TaskCanceledException">The token was cancelled first: the same exception as for a wait that does not block.</exception>
    public static void Until(Task task, CancellationToken cancellationToken)
    {
        try
        {
            task.Wait(cancellationToken);
        }
        catch (AggregateException)
        {
            // The task tells.
        }
        catch (OperationCanceledException exception)
        {
            throw new TaskCanceledException(exception.Message, exception, cancellationToken);
        }
    }
}
