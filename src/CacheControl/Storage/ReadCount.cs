namespace HttpCaching.Storage;

/// <summary>The reads of a body that are under way, and whether it is closed: what is read must not be released before the last read has ended.</summary>
internal struct ReadCount
{
    private const int Closed = 1;
    private const int OneRead = 2;

    // Whether it is closed, and above that the number of reads.
    private int _state;

    /// <summary>Begins a read.</summary>
    /// <param name="owner">What is read.</param>
    /// <exception cref="ObjectDisposedException">It is closed.</exception>
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

    /// <summary>Ends a read; true if it is up to the caller to release what was read, now.</summary>
    public bool Leave() => Interlocked.Add(ref _state, -OneRead) == Closed;

    /// <summary>Lets no read begin any more; true, once, if it is up to the caller to release what was read, now.</summary>
    public bool Close() => Interlocked.Or(ref _state, Closed) == 0;
}
