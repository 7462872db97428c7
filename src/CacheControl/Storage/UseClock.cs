namespace HttpCaching.Storage;

/// <summary>
/// The clock of a store in memory for the times of last use, in whole seconds since 1970: readers of one response write such a number once in a second at most.
/// </summary>
/// <param name="time">The provider of the time.</param>
internal sealed class UseClock(TimeProvider time)
{
    // The system's clock in coarse steps takes a tenth of the time to read. It tells when to look at the wall again.
    private const long BetweenLooks = 500;

    private readonly bool _isSystems = time == TimeProvider.System;
    private long _lookedAt = long.MinValue / 2;
    private uint _seen;

    /// <summary>The time now.</summary>
    public uint Now
    {
        get
        {
            if (!_isSystems)
            {
                return SecondsOf(time.GetUtcNow());
            }

            var steady = Environment.TickCount64;
            if (steady - Volatile.Read(ref _lookedAt) >= BetweenLooks)
            {
                Volatile.Write(ref _seen, SecondsOf(time.GetUtcNow()));
                Volatile.Write(ref _lookedAt, steady);
            }

            return Volatile.Read(ref _seen);
        }
    }

    /// <summary>The time now, for a caller that has just read the system's clock.</summary>
    public uint At(DateTimeOffset systems) => _isSystems ? SecondsOf(systems) : Now;

    /// <summary>The time of a number.</summary>
    public static DateTimeOffset TimeOf(uint seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);

    private static uint SecondsOf(DateTimeOffset time) => (uint)Math.Clamp((time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerSecond, 1, uint.MaxValue);
}
