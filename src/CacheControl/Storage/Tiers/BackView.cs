namespace HttpCaching.Storage.Tiers;

/// <summary>
/// A number for the time in which what was read from the back may be taken for what the back holds. It changes whenever that ends for everything at once: when
/// much is removed, when changes were missed, and when the changes that others make begin or cease to be told. Its lowest bit says whether they are told.
/// </summary>
internal sealed class BackView
{
    private long _current;

    /// <summary>The number now. Read before the back is asked, and kept with the answer.</summary>
    public long Current => Volatile.Read(ref _current);

    /// <summary>Whether changes are told in this view.</summary>
    public static bool IsFollowing(long view) => (view & 1) != 0;

    /// <summary>Begins another view, in which changes are told or not as in this one.</summary>
    public void Change()
    {
        // Two of them leave the lowest bit alone.
        Interlocked.Add(ref _current, 2);
    }

    /// <summary>Begins another view.</summary>
    /// <param name="isFollowing">Whether changes are told from now on.</param>
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
