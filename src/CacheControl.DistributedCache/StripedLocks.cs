using HttpCaching.DistributedCache.Engines;


namespace HttpCaching.DistributedCache;

/// <summary>
/// A bounded number of locks for an unbounded number of names. A holder makes a few calls to the engine, each limited in time. A waiter waits
/// no longer than one such call may take.
/// </summary>
internal sealed class StripedLocks
{
    private const int Stripes = 64;

    private readonly SemaphoreSlim[] _stripes = new SemaphoreSlim[Stripes];
    private readonly DistributedStoreSettings _settings;

    public StripedLocks(DistributedStoreSettings settings)
    {
        _settings = settings;
        for (var i = 0; i < Stripes; i++)
        {
            _stripes[i] = new SemaphoreSlim(1);
        }
    }

    /// <summary>Takes the lock of a name.</summary>
    /// <exception cref="TimeoutException">Other changes held it for too long.</exception>
    public async ValueTask<Held> EnterAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var stripe = _stripes[(uint)string.GetHashCode(name, StringComparison.Ordinal) % Stripes];
        if (stripe.Wait(0, CancellationToken.None))
        {
            return new Held(stripe);
        }

        if (StoreWait.IsBlocking)
        {
            return await EnterHereAsync(stripe, cancellationToken).ConfigureAwait(false);
        }

        using var limit = new CancellationTokenSource(_settings.EngineTimeout, _settings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await stripe.WaitAsync(either.Token).ConfigureAwait(false);
            return new Held(stripe);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("Other changes of the key took too long.");
        }
    }

    /// <summary>For a caller that blocks: with a token or a limit of its own the lock would need the pool.</summary>
    private async ValueTask<Held> EnterHereAsync(SemaphoreSlim stripe, CancellationToken cancellationToken)
    {
        var entering = stripe.WaitAsync(Timeout.Infinite, CancellationToken.None);
        try
        {
            await StoreWait.WithinAsync(entering, _settings.EngineTimeout, _settings.Time, cancellationToken).ConfigureAwait(false);
            return new Held(stripe);
        }
        catch (Exception)
        {
            _ = entering.ContinueWith(_ => stripe.Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }
    }

    /// <summary>A lock that is held until it is disposed, once.</summary>
    internal readonly struct Held(SemaphoreSlim stripe) : IDisposable
    {
        public void Dispose() => stripe.Release();
    }
}
