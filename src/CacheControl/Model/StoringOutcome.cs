namespace HttpCaching.Model;

/// <summary>The outcome of storing one response: open until its body has ended. Set by one thread, read by any.</summary>
internal sealed class StoringOutcome
{
    private const int Open = -2;
    private const int Kept = -1;

    private int _state = Open;

    /// <summary>An outcome that is open.</summary>
    public StoringOutcome()
    {
    }

    /// <summary>An outcome that is known from the beginning.</summary>
    /// <param name="reason">Why the response is not stored; null if it is.</param>
    public StoringOutcome(NotStoredReason? reason) => _state = StateOf(reason);

    /// <summary>Whether the body is still on its way into the store.</summary>
    public bool IsOpen => Volatile.Read(ref _state) == Open;

    /// <summary>Whether the response is stored.</summary>
    public bool IsStored => Volatile.Read(ref _state) == Kept;

    /// <summary>Why the response is not stored; null if it is, or if that is open.</summary>
    public NotStoredReason? Reason => Volatile.Read(ref _state) is var state and >= 0 ? (NotStoredReason)state : null;

    /// <summary>The largest response that the store takes, in bytes; null if that was not the reason or is not known. Set before the outcome is.</summary>
    public long? Limit { get; set; }

    /// <summary>Settles the outcome; false if it was settled before.</summary>
    /// <param name="reason">Why the response is not stored; null if it is.</param>
    public bool TrySettle(NotStoredReason? reason) => Interlocked.CompareExchange(ref _state, StateOf(reason), Open) == Open;

    /// <summary>Notes that a response was removed again: its body turned out to be damaged above the cache.</summary>
    public void Revoke(NotStoredReason reason) => Volatile.Write(ref _state, (int)reason);

    private static int StateOf(NotStoredReason? reason) => reason is { } known ? (int)known : Kept;
}
