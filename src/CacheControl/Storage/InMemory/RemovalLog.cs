namespace HttpCaching.Storage.InMemory;

/// <summary>
/// Knows which commits and refreshes come too late, because their response was requested before a removal that covers it (RFC 9111 §4.4).
/// Remembers a bounded number of removals. Beyond that it refuses too much rather than too little. Not thread-safe.
/// </summary>
internal sealed class RemovalLog(int capacity)
{
    // By hash: a long URI takes no more room than a short one. If two have the same hash, both are refused, which is not wrong.
    private readonly Dictionary<Removal, long> _stamps = [];
    private readonly Queue<(Removal Removal, long Stamp)> _order = new();

    // The number of removals of a prefix with this length.
    private readonly Dictionary<int, int> _prefixes = [];
    private long _floor;
    private long _latest;

    private enum Kind
    {
        Uri,
        Tag,
        Prefix,
    }

    /// <summary>Whether a response comes too late that was requested when <paramref name="stamp"/> was the last removal's.</summary>
    public bool Forbid(string uri, IReadOnlyList<string> tags, long stamp)
    {
        if (stamp >= _latest)
        {
            return false;
        }

        if (stamp < _floor || IsLater(Removal.Of(Kind.Uri, uri), stamp))
        {
            return true;
        }

        for (var i = 0; i < tags.Count; i++)
        {
            if (IsLater(Removal.Of(Kind.Tag, tags[i]), stamp))
            {
                return true;
            }
        }

        foreach (var length in _prefixes.Keys)
        {
            if (length <= uri.Length && IsLater(Removal.Of(Kind.Prefix, uri.AsSpan(0, length)), stamp))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Refuses responses of a URI that were requested before <paramref name="stamp"/>, which is later than any recorded.</summary>
    public void AddUri(string uri, long stamp) => Add(Removal.Of(Kind.Uri, uri), stamp);

    /// <summary>Refuses responses with a tag that were requested before <paramref name="stamp"/>, which is later than any recorded.</summary>
    public void AddTag(string tag, long stamp) => Add(Removal.Of(Kind.Tag, tag), stamp);

    /// <summary>Refuses responses of URIs with this prefix that were requested before <paramref name="stamp"/>, which is later than any recorded.</summary>
    public void AddPrefix(string prefix, long stamp) => Add(Removal.Of(Kind.Prefix, prefix), stamp);

    /// <summary>Refuses all responses that were requested before <paramref name="stamp"/>, which is later than any recorded.</summary>
    public void AddAll(long stamp)
    {
        _stamps.Clear();
        _order.Clear();
        _prefixes.Clear();
        _floor = _latest = stamp;
    }

    private bool IsLater(Removal removal, long stamp) => _stamps.TryGetValue(removal, out var removed) && stamp < removed;

    private void Add(Removal removal, long stamp)
    {
        if (!_stamps.ContainsKey(removal) && removal.Kind == Kind.Prefix)
        {
            _prefixes[removal.Length] = _prefixes.GetValueOrDefault(removal.Length) + 1;
        }

        _stamps[removal] = _latest = stamp;
        _order.Enqueue((removal, stamp));
        if (_order.Count <= capacity)
        {
            return;
        }

        var (oldest, recorded) = _order.Dequeue();
        if (_stamps.TryGetValue(oldest, out var latest) && latest == recorded)
        {
            Forget(oldest);
            _floor = Math.Max(_floor, recorded);
        }
    }

    private void Forget(Removal removal)
    {
        _stamps.Remove(removal);
        if (removal.Kind == Kind.Prefix && --_prefixes[removal.Length] == 0)
        {
            _prefixes.Remove(removal.Length);
        }
    }

    private readonly record struct Removal(Kind Kind, int Length, int Hash)
    {
        public static Removal Of(Kind kind, ReadOnlySpan<char> text) => new(kind, text.Length, string.GetHashCode(text));
    }
}
