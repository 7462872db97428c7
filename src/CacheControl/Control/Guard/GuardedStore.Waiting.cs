using System.Runtime.CompilerServices;
using HttpCaching.Control.Time;

namespace HttpCaching.Control.Guard;

/// <content>Waits for calls that have begun, and sees those to their end whose callers have left.</content>
internal sealed partial class GuardedStore
{
    /// <summary>The same for a call that gets its arguments, and so needs no closure.</summary>
    private ValueTask<T?> RunAsync<TCall, T>(
        string operation, TCall arguments, Func<TCall, ValueTask<T>> call, Action<T>? late, CancellationToken cancellationToken)
    {
        using var waiting = Wait(cancellationToken);
        return RunInTimeAsync(operation, arguments, call, late, cancellationToken);
    }

    /// <summary>Waits for a call as long as the limit allows; what comes later is seen to by <paramref name="late"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<T?> WatchAsync<T>(string operation, ValueTask<T> running, Action<T>? late, CancellationToken cancellationToken)
    {
        var task = running.AsTask();
        try
        {
            var result = Checked(await BlockingWait.WithinAsync(task, _limit, _time, cancellationToken).ConfigureAwait(false));
            Succeeded();
            return result;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _ = AbandonAsync(operation, task, late);
            throw;
        }
        catch (Exception exception)
        {
            // Whether it has ended by now or not: it may have in the moment in which the limit did.
            _ = CleanUpAsync(task, late);
            Fault(exception, operation);
            return default;
        }
    }

    /// <summary>
    /// Goes on waiting for a call whose caller has left: that says nothing about the store, but what comes of the call does. Otherwise a store that hangs would never be
    /// left alone if all callers are less patient than the limit.
    /// </summary>
    private Task AbandonAsync<T>(string operation, Task<T> task, Action<T>? late)
    {
        using var unattended = BlockingCalls.Enter(blocks: false);
        return SeeToTheEndAsync(operation, task, late);
    }

    private async Task SeeToTheEndAsync<T>(string operation, Task<T> task, Action<T>? late)
    {
        if (await WatchAsync(operation, new ValueTask<T>(task), late, CancellationToken.None).ConfigureAwait(false) is not null)
        {
            await CleanUpAsync(task, late).ConfigureAwait(false);
        }
    }

    /// <summary>Sees an abandoned call to its end, so that neither its result nor its exception is lost.</summary>
    private static async Task CleanUpAsync<T>(Task<T> task, Action<T>? late)
    {
        try
        {
            var result = await task.ConfigureAwait(false);
            late?.Invoke(result);
        }
        catch (Exception)
        {
            // The caller has left, and the circuit knows the fault already.
        }
    }

    /// <summary>Why a call did not write: a store that is well says no only if another writer was first.</summary>
    private static NotStoredReason ReasonOf(Task<bool>? call) =>
        call is { IsCompletedSuccessfully: true } ? NotStoredReason.LostToAnotherWriter : NotStoredReason.StoreUnavailable;

    private static ValueTask<T> Begin<TCall, T>(TCall arguments, Func<TCall, ValueTask<T>> call)
    {
        try
        {
            return call(arguments);
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<T>(exception);
        }
    }

    /// <summary>A commit, and what becomes of it.</summary>
    private sealed class CommitCall(HttpCacheWriter writer, StoreCommit commit)
    {
        public Task<bool>? Running { get; private set; }

        public Task<bool> Begin() => Running = writer.CommitAsync(commit, CancellationToken.None).AsTask();
    }

    private sealed class ReplaceCall(IHttpCacheStore store, CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention)
    {
        public Task<bool>? Running { get; private set; }

        public ValueTask<bool> Begin()
        {
            var call = store.ReplaceHeadAsync(key, generation, head, stamp, retention, CancellationToken.None);
            Running = call.AsTask();
            return new ValueTask<bool>(Running);
        }
    }
}
