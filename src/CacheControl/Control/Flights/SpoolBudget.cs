namespace HttpCaching.Control.Flights;

/// <summary>Counts the bytes of all spools. A body that would exceed the limit is not shared; a body that is already shared is never cut short.</summary>
internal sealed class SpoolBudget(long limit)
{
    private long _used;

    /// <summary>The bytes in use or reserved now.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Whether a body of this length may begin. If so, its bytes are counted from now on.</summary>
    public bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit)
        {
            return true;
        }

        Release(bytes);
        return false;
    }

    public void Take(long bytes) => Interlocked.Add(ref _used, bytes);

    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}
