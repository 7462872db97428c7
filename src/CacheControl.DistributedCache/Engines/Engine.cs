using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;

namespace HttpCaching.DistributedCache.Engines;

/// <summary>
/// The one place that calls the engine: each call limited in time, and by buffers where the engine offers that. For a caller that blocks it calls the engine's blocking
/// members, because the others may need a thread of the pool to go on. It does so on a thread of its own, because those can't be left.
/// </summary>
internal sealed class Engine(IDistributedCache cache, DistributedStoreSettings settings)
{
    // An engine counts in seconds, and refuses zero.
    private static readonly TimeSpan ShortestRetention = TimeSpan.FromSeconds(1);

    private readonly IBufferDistributedCache? _buffered = cache as IBufferDistributedCache;
    private readonly BlockingThreads _threads = new();
    private volatile bool _cannotBlock;

    /// <summary>Reads a value.</summary>
    /// <param name="name">Its key in the engine.</param>
    /// <param name="likelyBytes">How many bytes it will probably have.</param>
    /// <param name="mostBytes">The most bytes that it may have.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The value, which the caller releases; null if there is none.</returns>
    /// <exception cref="ValueTooLongException">The value has more bytes.</exception>
    /// <exception cref="TimeoutException">The engine took too long.</exception>
    public async ValueTask<EngineValue?> GetAsync(string name, int likelyBytes, int mostBytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_buffered is null)
        {
            var bytes = await LimitAsync(token => cache.GetAsync(name, token), () => cache.Get(name), cancellationToken).ConfigureAwait(false);
            return bytes is null ? null : bytes.Length <= mostBytes ? new EngineValue(bytes) : throw new ValueTooLongException();
        }

        var buffer = new ValueBuffer(likelyBytes, mostBytes);
        Task<bool>? call = null;
        var isFound = false;
        try
        {
            isFound = await LimitAsync(
                token => _buffered.TryGetAsync(name, buffer, token).AsTask(), () => _buffered.TryGet(name, buffer), cancellationToken, running => call = running).ConfigureAwait(false);
            return isFound ? buffer.ToValue() : null;
        }
        finally
        {
            // A call that failed, or continues after its time, may still write to the memory: then the memory is not given back.
            if (!isFound && call is { IsCompletedSuccessfully: true })
            {
                buffer.Return();
            }
        }
    }

    /// <summary>Writes a value, and replaces an existing one.</summary>
    /// <param name="name">Its key in the engine.</param>
    /// <param name="value">The bytes; must not change before the call has ended, nor after it if it threw.</param>
    /// <param name="retention">The retention.</param>
    /// <param name="slides">Whether each read begins the retention again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask SetAsync(string name, ReadOnlySequence<byte> value, TimeSpan retention, bool slides, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        retention = retention > ShortestRetention ? retention : ShortestRetention;
        var options = slides
            ? new DistributedCacheEntryOptions { SlidingExpiration = retention }
            : new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = retention };
        await LimitAsync(
            async token =>
            {
                await (_buffered is not null ? _buffered.SetAsync(name, value, options, token).AsTask() : cache.SetAsync(name, value.ToArray(), options, token)).ConfigureAwait(false);
                return true;
            },
            () =>
            {
                if (_buffered is not null)
                {
                    _buffered.Set(name, value, options);
                }
                else
                {
                    cache.Set(name, value.ToArray(), options);
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes a value.</summary>
    public async ValueTask RemoveAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await LimitAsync(
            async token =>
            {
                await cache.RemoveAsync(name, token).ConfigureAwait(false);
                return true;
            },
            () =>
            {
                cache.Remove(name);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<T> LimitAsync<T>(
        Func<CancellationToken, Task<T>> call, Func<T> blockingCall, CancellationToken cancellationToken, Action<Task<T>>? begun = null)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (StoreWait.IsBlocking && !_cannotBlock)
        {
            try
            {
                return await WaitAsync(_threads.RunAsync(blockingCall), end, begun, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is NotSupportedException or NotImplementedException)
            {
                _cannotBlock = true;
            }
        }

        return await WaitAsync(call(end.Token), end, begun, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<T> WaitAsync<T>(Task<T> running, CancellationTokenSource end, Action<Task<T>>? begun, CancellationToken cancellationToken)
    {
        begun?.Invoke(running);
        if (running.IsCompleted)
        {
            return await running.ConfigureAwait(false);
        }

        try
        {
            return await StoreWait.WithinAsync(running, settings.EngineTimeout, settings.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!running.IsCompleted)
        {
            await end.CancelAsync().ConfigureAwait(false);
            _ = running.ContinueWith(
                static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }
    }
}
