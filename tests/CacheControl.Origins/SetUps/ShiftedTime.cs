namespace HttpCaching.Origins.SetUps;

/// <summary>The system's clock, moved forward by the test: limits elapse as they do in production, lifetimes when the test says so.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _shift;

    public void Advance(TimeSpan time) => Interlocked.Add(ref _shift, time.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _shift));

    public override long GetTimestamp() => base.GetTimestamp() + (long)(TimeSpan.FromTicks(Volatile.Read(ref _shift)).TotalSeconds * TimestampFrequency);
}
