namespace ConcurrentWriters;

/// <summary>What the second client does to the entry while the first one is on its way.</summary>
public enum Interference
{
    /// <summary>Stores another response in its place.</summary>
    Replace,

    /// <summary>Has it confirmed by a 304, which replaces its head.</summary>
    Refresh,

    /// <summary>Fetches so much else that the store drops it.</summary>
    Evict,

    /// <summary>Empties the cache.</summary>
    Clear,

    /// <summary>Sends a PUT, which invalidates it.</summary>
    Invalidate,
}
