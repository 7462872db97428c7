namespace HttpCaching.Control.Time;

/// <summary>The lifetime of a piece of work without a caller.</summary>
/// <param name="limit">Its time limit.</param>
/// <param name="time">The clock of the limit.</param>
/// <param name="stop">Ends it earlier.</param>
internal sealed class WorkLifetime(TimeSpan limit, TimeProvider time, CancellationToken stop) : IDisposable
{
    private readonly CancellationTokenSource _timeout = new(limit, time);
    private CancellationTokenSource? _either;

    /// <summary>Cancelled at the end of the lifetime.</summary>
    public CancellationToken Token => (_either ??= CancellationTokenSource.CreateLinkedTokenSource(_timeout.Token, stop)).Token;

    /// <summary>Ends it now, unless the work has ended already.</summary>
    public void End()
    {
        try
        {
            _timeout.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The work has ended in between.
        }
    }

    public void Dispose()
    {
        _either?.Dispose();
        _timeout.Dispose();
    }
}
