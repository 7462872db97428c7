namespace HttpCaching.Tests.Control;

/// <summary>A wall clock that can be set, and a timer that can't. Its timers are the system's.</summary>
internal sealed class TwoClocks : TimeProvider
{
    private DateTimeOffset _wall = CacheFixture.Start;
    private long _ticks = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Pass(TimeSpan time)
    {
        _wall += time;
        _ticks += time.Ticks;
    }

    public void SetWall(TimeSpan step) => _wall += step;

    public override DateTimeOffset GetUtcNow() => _wall;

    public override long GetTimestamp() => _ticks;
}
