namespace QuickStart;

/// <summary>The system's time plus what has been skipped: responses grow stale without anybody waiting.</summary>
public sealed class AdjustableTime : TimeProvider
{
    private long _skippedTicks;

    /// <summary>Lets time pass.</summary>
    /// <param name="time">How much.</param>
    public void Skip(TimeSpan time) => Interlocked.Add(ref _skippedTicks, time.Ticks);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _skippedTicks));
}
