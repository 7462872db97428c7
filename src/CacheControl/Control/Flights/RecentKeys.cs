using HttpCaching.Control.Time;

namespace HttpCaching.Control.Flights;

/// <summary>
/// Remembers keys for a while, in a fixed amount of memory and without a lock. It may drop a key early, and once in four billion
/// times it may take one key for another. Use it only where both cost no more than a request.
/// </summary>
/// <param name="span">How long a key is remembered.</param>
internal sealed class RecentKeys(TimeSpan span)
{
    private const int Slots = 1024;

    // The upper half is the key's hash code, the lower half the second until which it is remembered.
    private readonly long[] _slots = new long[Slots];

    public void Add(in FlightKey key, CacheClock clock)
    {
        var hash = HashOf(key);
        Volatile.Write(ref _slots[hash % Slots], ((long)hash << 32) | SecondOf(clock.Moment.Steady + span));
    }

    public bool Contains(in FlightKey key, CacheClock clock)
    {
        return MayContain(key) && SecondOf(clock.Moment.Steady) <= (uint)Volatile.Read(ref _slots[HashOf(key) % Slots]);
    }

    /// <summary>Whether the key may be remembered, without reading the clock.</summary>
    public bool MayContain(in FlightKey key)
    {
        var hash = HashOf(key);
        var slot = Volatile.Read(ref _slots[hash % Slots]);
        return slot != 0 && (uint)(slot >> 32) == hash;
    }

    private static uint HashOf(in FlightKey key) => (uint)key.GetHashCode();

    // Counted from the process's beginning: 32 bits last for 136 years.
    private static uint SecondOf(TimeSpan steady) => 1 + (uint)(steady.Ticks / TimeSpan.TicksPerSecond);
}
