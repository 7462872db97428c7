
namespace HttpCaching.Control.Time;

/// <summary>Waits on the thread itself where the caller blocks: for calls of the store, within a limit, and for others' exchanges.</summary>
internal static class BlockingWait
{
    /// <summary>The task, or one that has failed with a <see cref="TimeoutException"/> or was cancelled. For a caller who blocks it has ended when this returns.</summary>
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

    /// <summary>Blocks until the task has ended, however it has.</summary>
    /// <exception cref="TaskCanceledException">The token was cancelled first: the same exception as of a wait that does not block.</exception>
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
