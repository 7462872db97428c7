
namespace HttpCaching.Control.Time;

/// <summary>Waits for calls of the store, within a limit: on the thread itself where the caller blocks.</summary>
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
}
