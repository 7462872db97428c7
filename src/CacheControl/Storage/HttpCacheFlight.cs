namespace HttpCaching.Storage;

/// <summary>
/// The part of one process in a flight that several processes share. Either it holds the lead, and the others wait for the end, or it can wait for the leader.
/// One caller uses it at a time.
/// </summary>
public abstract class HttpCacheFlight : IAsyncDisposable
{
    /// <summary>Whether this process leads. It keeps the lead until it ends or disposes the flight. It loses the lead if it dies or can't reach the engine for a while.</summary>
    public abstract bool IsLead { get; }

    /// <summary>Waits until the flight of another leader is over: the leader ended it, or the leader is lost.</summary>
    /// <param name="limit">The longest wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The result of the flight; <see cref="HttpCacheFlightEnd.Overdue"/> after the limit.</returns>
    public abstract ValueTask<HttpCacheFlightEnd> WaitAsync(TimeSpan limit, CancellationToken cancellationToken);

    /// <summary>Gives the lead back, and tells the waiting processes the result of the flight. Without a lead, or when called again, it does nothing.</summary>
    /// <param name="end">The result of the flight.</param>
    /// <param name="cancellationToken">Ends the wait for the engine.</param>
    public abstract ValueTask EndAsync(HttpCacheFlightEnd end, CancellationToken cancellationToken);

    /// <summary>Releases the flight. A lead that was not ended is given up as <see cref="HttpCacheFlightEnd.Failed"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await DisposeAsyncCore().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Does the work of <see cref="DisposeAsync"/>.</summary>
    protected abstract ValueTask DisposeAsyncCore();
}
