namespace HttpCaching.Storage;

/// <summary>The number of running reads of a body, and whether it is closed. The body must not be released before its last read has ended.</summary>
internal struct ReadCount
{
    private const int Closed = 1;
    private const int OneRead = 2;

    // Whether the body is closed, and in the higher bits the number of reads.
    private int _state;

    /// <summary>Begins a read.</summary>
    /// <param name="owner">The body.</param>
    /// <exception cref="ObjectDisposedException">The body is closed.</exception>
    public void Enter(object owner)
    {
        for (var state = Volatile.Read(ref _state); ;)
        {
            ObjectDisposedException.ThrowIf((state & Closed) != 0, owner);
            var found = Interlocked.CompareExchange(ref _state, state + OneRead, state);
            if (found == state)
            {
                return;
            }

            state = found;
        }
    }

    /// <summary>Ends a read. Returns true if the caller must release the body now.</summary>
    public bool Leave() => Interlocked.Add(ref _state, -OneRead) == Closed;

    /// <summary>Prevents further reads. Returns true, once, if the caller must release the body now.</summary>
    public bool Close() => Interlocked.Or(ref _state, Closed) == 0;
}
