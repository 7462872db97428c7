namespace CacheControl.Storage.InMemory;

/// <summary>
/// Knows which commits come too late because what they store was requested before an invalidation (RFC 9111 §4.4).
/// Remembers a bounded number of URIs; beyond that it refuses rather too much. Not thread-safe.
/// </summary>
internal sealed class InvalidationLog(int capacity)
{
    private readonly Dictionary<string, long> _stamps = [];
    private readonly Queue<(string Uri, long Stamp)> _order = new();
    private long _floor;

    /// <summary>Whether a commit to <paramref name="uri"/> that began at <paramref name="stamp"/> comes too late.</summary>
    public bool Forbids(string uri, long stamp) =>
        stamp < _floor || (_stamps.TryGetValue(uri, out var invalidated) && stamp < invalidated);

    /// <summary>Forbids commits to a URI that began before <paramref name="stamp"/>.</summary>
    public void Add(string uri, long stamp)
    {
        _stamps[uri] = stamp;
        _order.Enqueue((uri, stamp));
        if (_order.Count > capacity)
        {
            var (oldest, recorded) = _order.Dequeue();
            if (_stamps.TryGetValue(oldest, out var latest) && latest == recorded)
            {
                _stamps.Remove(oldest);
                _floor = Math.Max(_floor, recorded);
            }
        }
    }

    /// <summary>Forbids all commits that began before <paramref name="stamp"/>, which is later than any recorded.</summary>
    public void AddForAll(long stamp)
    {
        _stamps.Clear();
        _order.Clear();
        _floor = stamp;
    }
}
