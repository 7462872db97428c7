namespace HttpCaching.Storage.Tiers;

/// <summary>
/// A number for the time in which responses read from the back count as its current ones. It changes when that ends for all responses together: when
/// many are removed, when changes were missed, and when the back begins or stops to tell of changes. Its lowest bit says whether the back tells of them.
/// </summary>
internal sealed class BackView
{
    private long _current;

    /// <summary>The current number. Read before the back is asked, and kept with the answer.</summary>
    public long Current => Volatile.Read(ref _current);

    /// <summary>Whether the back tells of changes in this view.</summary>
    public static bool IsFollowing(long view) => (view & 1) != 0;

    /// <summary>Begins another view with the same lowest bit.</summary>
    public void Change()
    {
        // Adding two does not change the lowest bit.
        Interlocked.Add(ref _current, 2);
    }

    /// <summary>Begins another view.</summary>
    /// <param name="isFollowing">Whether the back tells of changes from now on.</param>
    public void Change(bool isFollowing)
    {
        long seen, next;
        do
        {
            seen = Volatile.Read(ref _current);
            next = ((seen | 1) + 1) | (isFollowing ? 1L : 0L);
        }
        while (Interlocked.CompareExchange(ref _current, next, seen) != seen);
    }
}
