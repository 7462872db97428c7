namespace HttpCaching.Control.Flights;

/// <summary>Counts the bytes that all spools hold. A body that would exceed the limit is not shared; one that is shared already is never cut short.</summary>
internal sealed class SpoolBudget(long limit)
{
    private long _used;

    /// <summary>The bytes held or promised now.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Whether a body of this length may be begun; its bytes are counted from now on if so.</summary>
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
