namespace HttpCaching.StoreContract;

/// <summary>A clock that stands still until a test moves it. It has no timers. It begins at the system's time, because stores compare it with the times of files.</summary>
internal sealed class SetTime : TimeProvider
{
    private long _ticks = System.GetUtcNow().UtcTicks;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(GetTimestamp(), TimeSpan.Zero);

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    /// <summary>Moves the clock.</summary>
    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
