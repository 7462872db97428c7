namespace CacheControl.Storage;

/// <summary>
/// Whether the thread works for a caller that blocks. What waits on its behalf then waits on this thread: the threads of the pool may all be callers who block, and none is
/// left to go on with what was awaited.
/// </summary>
internal static class BlockingCalls
{
    // A fact of the thread's stack, not state: set where a blocking call comes in, and taken back where it leaves.
    [ThreadStatic]
    private static bool _isCurrent;

    /// <summary>Whether the caller blocks.</summary>
    public static bool IsCurrent => _isCurrent;

    /// <summary>Notes for what follows on this thread whether its caller blocks.</summary>
    public static Scope Enter(bool blocks)
    {
        var scope = new Scope(_isCurrent);
        _isCurrent = blocks;
        return scope;
    }

    /// <summary>Ends what <see cref="Enter"/> began.</summary>
    /// <param name="before">What was so before.</param>
    internal readonly struct Scope(bool before) : IDisposable
    {
        public void Dispose() => _isCurrent = before;
    }
}
