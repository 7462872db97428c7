namespace HttpCaching.Control.Flights;

/// <summary>
/// The sources that end abandoned reads from the network. Every body from the network needs one and few use it, so the last unused
/// one is kept for the next body.
/// </summary>
internal sealed class ReadEndings
{
    private CancellationTokenSource? _spare;

    /// <summary>Gives a body a source, unless it has one.</summary>
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

    /// <summary>Takes back a source that is no longer used, neither to read with nor to end reads.</summary>
    public void GiveBack(CancellationTokenSource? ending)
    {
        if (ending?.TryReset() is true)
        {
            Volatile.Write(ref _spare, ending);
        }
    }

    /// <summary>Ends the running read. Never throws.</summary>
    public static void End(CancellationTokenSource? ending)
    {
        try
        {
            ending?.Cancel();
        }
        catch (AggregateException)
        {
            // Thrown by a registration of a handler below; it does not concern the leaving caller.
        }
    }
}
