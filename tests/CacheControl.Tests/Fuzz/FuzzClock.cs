namespace HttpCaching.Tests.Fuzz;

/// <summary>A clock whose wall time can be set back while the steady time goes on, as it does in life. Its timers never fire.</summary>
internal sealed class FuzzClock : TimeProvider
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private long _steady;
    private long _behind;

    /// <summary>The time that it really is.</summary>
    public DateTimeOffset TrueNow => Start.AddTicks(_steady);

    public double Seconds => (TrueNow - DateTimeOffset.UnixEpoch).TotalSeconds;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(double seconds) => _steady += (long)(seconds * TimeSpan.TicksPerSecond);

    public void StepBack(double seconds) => _behind += (long)(seconds * TimeSpan.TicksPerSecond);

    public override DateTimeOffset GetUtcNow() => TrueNow.AddTicks(-_behind);

    public override long GetTimestamp() => _steady;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => SilentTimer.Instance;

    private sealed class SilentTimer : ITimer
    {
        public static readonly SilentTimer Instance = new();

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
