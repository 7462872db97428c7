using System.Collections.Concurrent;

namespace HttpCaching.StoreContract;

/// <summary>A store in front of another one, with injected faults.</summary>
public sealed class FaultyStore : IHttpCacheStore, IDisposable
{
    private readonly IHttpCacheStore _inner;
    private readonly ConcurrentDictionary<StoreCall, int> _calls = new();
    private readonly ConcurrentDictionary<StoreCall, Plan> _plans = new();
    private readonly CancellationTokenSource _disposed = new();

    /// <summary>Creates a store that behaves like <paramref name="inner"/> until a fault is injected.</summary>
    /// <param name="inner">The store behind. The caller disposes it.</param>
    public FaultyStore(IHttpCacheStore inner) => _inner = inner;

    private sealed record Plan(StoreFault Fault, int First, int Last);

    /// <summary>Makes calls fail. Replaces the fault that was injected for this kind of call before.</summary>
    /// <param name="call">The kind of call.</param>
    /// <param name="fault">The fault.</param>
    /// <param name="first">The first call of its kind to fail, counted from 1 since the store was made.</param>
    /// <param name="count">The number of calls that fail.</param>
    /// <returns>This store.</returns>
    public FaultyStore Inject(StoreCall call, StoreFault fault, int first = 1, int count = int.MaxValue)
    {
        _plans[call] = new Plan(fault, first, (int)Math.Min(int.MaxValue, (long)first + count - 1));
        return this;
    }

    /// <summary>Makes calls of this kind work again.</summary>
    /// <param name="call">The kind of call.</param>
    public void Heal(StoreCall call) => _plans.TryRemove(call, out _);

    /// <summary>Returns the number of calls of this kind so far.</summary>
    /// <param name="call">The kind of call.</param>
    public int CallsOf(StoreCall call) => _calls.GetValueOrDefault(call);

    /// <inheritdoc/>
    public long? MaximumEntryBytes => _inner.MaximumEntryBytes;

    /// <inheritdoc/>
    public async ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken)
    {
        var fault = await EnterAsync(StoreCall.Read, cancellationToken).ConfigureAwait(false);
        return new FaultySnapshot(this, await _inner.ReadAsync(key, cancellationToken).ConfigureAwait(false), fault);
    }

    /// <inheritdoc/>
    public async ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken)
    {
        if (await EnterAsync(StoreCall.BeginWrite, cancellationToken).ConfigureAwait(false) is not null)
        {
            return null;
        }

        var writer = await _inner.BeginWriteAsync(key, expectedLength, cancellationToken).ConfigureAwait(false);
        return writer is null ? null : new FaultyWriter(this, writer);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ReplaceHeadAsync(
        CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken) =>
        await EnterAsync(StoreCall.ReplaceHead, cancellationToken).ConfigureAwait(false) is { } fault
            ? fault != StoreFault.Stale
            : await _inner.ReplaceHeadAsync(key, generation, head, stamp, retention, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken)
    {
        if (await EnterAsync(StoreCall.Remove, cancellationToken).ConfigureAwait(false) is null)
        {
            await _inner.RemoveAsync(key, generation, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken)
    {
        if (await EnterAsync(StoreCall.Invalidate, cancellationToken).ConfigureAwait(false) is null)
        {
            await _inner.InvalidateAsync(uri, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends all calls that hang, with an <see cref="OperationCanceledException"/>.</summary>
    public void Dispose() => _disposed.Cancel();

    /// <summary>Counts a call, and fails it if that is planned. Returns the fault if the answer has to be wrong, or else null.</summary>
    internal async ValueTask<StoreFault?> EnterAsync(StoreCall call, CancellationToken cancellationToken)
    {
        var fault = Next(call);
        switch (fault)
        {
            case StoreFault.Throw:
                throw Failure(call);
            case StoreFault.Hang:
                using (var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token))
                {
                    await Task.Delay(Timeout.Infinite, either.Token).ConfigureAwait(false);
                    return null;
                }

            default:
                return fault;
        }
    }

    /// <summary>The same for a call that blocks.</summary>
    internal StoreFault? Enter(StoreCall call)
    {
        var fault = Next(call);
        switch (fault)
        {
            case StoreFault.Throw:
                throw Failure(call);
            case StoreFault.Hang:
                _disposed.Token.WaitHandle.WaitOne();
                throw new OperationCanceledException(_disposed.Token);
            default:
                return fault;
        }
    }

    private static IOException Failure(StoreCall call) => new($"Injected fault: {call}.");

    private StoreFault? Next(StoreCall call)
    {
        var number = _calls.AddOrUpdate(call, 1, static (_, count) => count + 1);
        return _plans.TryGetValue(call, out var plan) && number >= plan.First && number <= plan.Last ? plan.Fault : null;
    }
}
