namespace HttpCaching.Control.Time;

/// <summary>
/// Where those go on who waited for somebody else, and where work in the background begins: on threads of the pool, never on the stack of whoever sets it off.
/// A test may give another place, and so decide whose turn it is.
/// </summary>
/// <param name="post">Takes each piece of work and runs it later; null for the pool.</param>
internal sealed class Dispatch(Action<Action>? post)
{
    /// <summary>The pool of threads.</summary>
    public static Dispatch OfPool { get; } = new(null);

    /// <summary>How the tasks are made that <see cref="GoOn(TaskCompletionSource)"/> ends.</summary>
    public TaskCreationOptions Options => post is null ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None;

    /// <summary>Lets everybody go on who waits.</summary>
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

    /// <summary>Lets everybody go on who waits for a result.</summary>
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

    /// <summary>Begins work that nobody's stack carries. The ambient context does not come along.</summary>
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

    /// <summary>Begins work that nobody's stack carries and that has no result.</summary>
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
