namespace HttpCaching.Storage;

/// <summary>
/// One's part in a flight that several processes may want: either it leads, and the others wait for it to end, or it can wait for the one who leads.
/// Used by one caller at a time.
/// </summary>
public abstract class HttpCacheFlight : IAsyncDisposable
{
    /// <summary>Whether this one leads. The lead is kept until it is ended or given up, and lost when the process dies or the engine can't be reached for a while.</summary>
    public abstract bool IsLead { get; }

    /// <summary>Waits until the flight that somebody else leads is over, whether that one says so or is lost.</summary>
    /// <param name="limit">How long to wait at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What came of it; <see cref="HttpCacheFlightEnd.Overdue"/> after the limit.</returns>
    public abstract ValueTask<HttpCacheFlightEnd> WaitAsync(TimeSpan limit, CancellationToken cancellationToken);

    /// <summary>Gives the lead back, and tells those who wait what came of the flight. Without a lead, or a second time, it does nothing.</summary>
    /// <param name="end">What came of it.</param>
    /// <param name="cancellationToken">Ends the wait for the engine.</param>
    public abstract ValueTask EndAsync(HttpCacheFlightEnd end, CancellationToken cancellationToken);

    /// <summary>Lets go of what the part needed; a lead that was not ended is given up as <see cref="HttpCacheFlightEnd.Failed"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await DisposeAsyncCore().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Does the work of <see cref="DisposeAsync"/>.</summary>
    protected abstract ValueTask DisposeAsyncCore();
}
