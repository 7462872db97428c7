namespace HttpCaching.Storage;

/// <summary>
/// For stores: how to wait for a caller of <see cref="HttpClient.Send(HttpRequestMessage)"/>, which keeps its thread while the store is at work. All threads of the pool
/// may be such callers. A store that waits by these methods, or by blocking where <see cref="IsBlocking"/> is true, needs none of them to go on.
/// </summary>
public static class StoreWait
{
    /// <summary>
    /// Whether the caller of the store blocks. Then what the store waits for should have ended when its method returns. True only on the caller's own thread, before
    /// anything was awaited that had not ended.
    /// </summary>
    public static bool IsBlocking => BlockingCalls.IsInCall;

    /// <summary>
    /// Returns a task that ends as <paramref name="task"/> does, or with a <see cref="TimeoutException"/>, or is cancelled. For a caller that blocks it has ended when this
    /// returns, except that the caller lost patience: then the store goes on without it.
    /// </summary>
    /// <param name="task">What is waited for. Nothing that it needs may wait for the pool.</param>
    /// <param name="limit">How long is waited.</param>
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

    /// <summary>Returns the task. For a caller that blocks it has ended when this returns, except that the caller lost patience.</summary>
    /// <param name="task">What is waited for. Nothing that it needs may wait for the pool.</param>
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
