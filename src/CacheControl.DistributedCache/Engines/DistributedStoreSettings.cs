namespace HttpCaching.DistributedCache.Engines;

/// <summary>The checked options of a store.</summary>
internal sealed record DistributedStoreSettings
{
    public required string KeyPrefix { get; init; }

    public required long MaximumEntryBytes { get; init; }

    public required int MaximumVariants { get; init; }

    public required int InlineBytes { get; init; }

    public required int ChunkBytes { get; init; }

    public required TimeSpan MaximumRetention { get; init; }

    public required TimeSpan LargeBodyRetention { get; init; }

    public required TimeSpan Grace { get; init; }

    public required TimeSpan MaximumEpochAge { get; init; }

    public required TimeSpan EngineTimeout { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Now, in ticks of UTC: the unit in which records say until when they are of use.</summary>
    public long NowTicks => Time.GetUtcNow().UtcTicks;
}
