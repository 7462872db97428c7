namespace HttpCaching.Control.Flights;

/// <summary>
/// What ends reads from the network that nobody waits for any more. Every body read from the network needs one and few use it, so the last one that was not
/// used is kept for the next body.
/// </summary>
internal sealed class ReadEndings
{
    private CancellationTokenSource? _spare;

    /// <summary>Provides a body with one, unless it has one.</summary>
    public void Provide(ref CancellationTokenSource? ending)
    {
        if (Volatile.Read(ref ending) is not null)
        {
            return;
        }

        var made = Interlocked.Exchange(ref _spare, null) ?? new CancellationTokenSource();
        if (Interlocked.CompareExchange(ref ending, made, null) is not null)
        {
            GiveBack(made);
        }
    }

    /// <summary>Takes one back that nobody will use any more, neither to read with nor to end reads.</summary>
    public void GiveBack(CancellationTokenSource? ending)
    {
        if (ending?.TryReset() is true)
        {
            Volatile.Write(ref _spare, ending);
        }
    }

    /// <summary>Ends the read that is under way. Never throws.</summary>
    public static void End(CancellationTokenSource? ending)
    {
        try
        {
            ending?.Cancel();
        }
        catch (AggregateException)
        {
            // Thrown by what a handler below has registered; not the affair of the caller who leaves.
        }
    }
}
