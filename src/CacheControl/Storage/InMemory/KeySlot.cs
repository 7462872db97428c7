namespace CacheControl.Storage.InMemory;

/// <summary>Where the current view of one key stands. Written under the store's lock, read without.</summary>
internal class KeySlot
{
    private MemorySnapshot? _current;

    /// <summary>The current view, or null if nothing is stored under the key.</summary>
    public MemorySnapshot? Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }

    /// <summary>
    /// The view that was seen, with a later stamp, for this reader and the next ones. A view that a writer has put there meanwhile stays.
    /// </summary>
    public MemorySnapshot AsOf(MemorySnapshot seen, long stamp)
    {
        var later = seen.WithStamp(stamp);
        Interlocked.CompareExchange(ref _current, later, seen);
        return later;
    }
}
