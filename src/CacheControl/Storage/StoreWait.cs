namespace HttpCaching.Storage;

/// <summary>
/// For stores: the ways to wait for a caller of <see cref="HttpClient.Send(HttpRequestMessage)"/>. Such a caller blocks its thread while the store works, and all threads of the pool
/// may be such callers. A store that waits by these methods, or by blocking where <see cref="IsBlocking"/> is true, needs no thread of the pool.
/// </summary>
public static class StoreWait
{
    /// <summary>
    /// Whether the caller of the store blocks. Then the work of the store should have ended when its method returns. True only on the caller's own thread, and only before
    /// the first await that did not complete synchronously.
    /// </summary>
    public static bool IsBlocking => BlockingCalls.IsInCall;

    /// <summary>
    /// Returns a task that ends as <paramref name="task"/> does, or with a <see cref="TimeoutException"/>, or is cancelled. If the caller blocks, the task has ended when this method
    /// returns, unless the caller gave up: then the store continues without it.
    /// </summary>
    /// <param name="task">The task to wait for. Nothing that it needs may wait for the pool.</param>
    /// <param name="limit">The longest wait.</param>
    /// <param name="time">The clock of the limit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<T> WithinAsync<T>(Task<T> task, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(time);
        return !task.IsCompleted && IsBlocking && BlockingCalls.Wait(task, limit, time, cancellationToken) && !task.IsCompleted
            ? Task.FromException<T>(new TimeoutException())
            : task.WaitAsync(limit, time, cancellationToken);
    }

    /// <summary>Returns the task. If the caller blocks, the task has ended when this method returns, unless the caller gave up.</summary>
    /// <param name="task">The task to wait for. Nothing that it needs may wait for the pool.</param>
    public static TTask For<TTask>(TTask task)
        where TTask : Task
    {
        ArgumentNullException.ThrowIfNull(task);
        if (!task.IsCompleted && IsBlocking)
        {
            BlockingCalls.Wait(task);
        }

        return task;
    }
}
