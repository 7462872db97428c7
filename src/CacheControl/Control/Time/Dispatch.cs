namespace HttpCaching.Control.Time;

/// <summary>
/// Continues waiting callers, and begins background work: on threads of the pool, never on the stack of the code that triggers it.
/// A test may pass another place, and so decide the order.
/// </summary>
/// <param name="post">Takes each piece of work and runs it later; null for the pool.</param>
internal sealed class Dispatch(Action<Action>? post)
{
    /// <summary>The pool of threads.</summary>
    public static Dispatch OfPool { get; } = new(null);

    /// <summary>The options of the tasks that <see cref="GoOn(TaskCompletionSource)"/> ends.</summary>
    public TaskCreationOptions Options => post is null ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None;

    /// <summary>Continues all waiting callers.</summary>
    public void GoOn(TaskCompletionSource wait)
    {
        if (post is null)
        {
            wait.TrySetResult();
        }
        else
        {
            post(() => wait.TrySetResult());
        }
    }

    /// <summary>Continues all callers that wait for a result.</summary>
    public void GoOn<T>(TaskCompletionSource<T> wait, T result)
    {
        if (post is null)
        {
            wait.TrySetResult(result);
        }
        else
        {
            post(() => wait.TrySetResult(result));
        }
    }

    /// <summary>Begins work on a new stack, without the ambient context.</summary>
    public Task<T> Run<T>(Func<Task<T>> work)
    {
        if (post is null)
        {
            using (ExecutionContext.SuppressFlow())
            {
                return Task.Run(work);
            }
        }

        var start = new TaskCompletionSource();
        var running = AfterAsync(start.Task, work);
        post(start.SetResult);
        return running;
    }

    /// <summary>Begins work without a result on a new stack.</summary>
    public Task Run(Func<Task> work) => Run(async () =>
    {
        await work().ConfigureAwait(false);
        return true;
    });

    private static async Task<T> AfterAsync<T>(Task start, Func<Task<T>> work)
    {
        await start.ConfigureAwait(false);
        return await work().ConfigureAwait(false);
    }
}
