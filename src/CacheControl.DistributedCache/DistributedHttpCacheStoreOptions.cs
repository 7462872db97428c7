using HttpCaching.DistributedCache;
using HttpCaching.DistributedCache.Engines;

namespace HttpCaching;

/// <summary>
/// The options of a <see cref="DistributedHttpCacheStore"/>, copied once when the store is made. Use the same options in all nodes that share an engine:
/// with another <see cref="KeyPrefix"/> they share nothing.
/// </summary>
public sealed class DistributedHttpCacheStoreOptions
{
    private const int MostPrefixCharacters = 200;
    private const int FewestChunkBytes = 4 * 1024;
    private const int MostChunkBytes = 16 * 1024 * 1024;

    /// <summary>The prefix of all keys in the engine; at most 200 characters. The rest of a key has up to 46. Default: "http-cache:".</summary>
    public string KeyPrefix { get; set; } = "http-cache:";

    /// <summary>The most bytes of one stored response, head included. A larger response is not stored. Default: 64 MiB.</summary>
    public long MaximumEntryBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>The most stored responses under one key. Beyond that the oldest one is dropped. Default: 32.</summary>
    public int MaximumVariants { get; set; } = 32;

    /// <summary>
    /// Keep bodies of up to this many bytes in one value with their head. The value is written again with each new head. From 0 to <see cref="ChunkBytes"/>.
    /// Default: 64 KiB.
    /// </summary>
    public int InlineBodyBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// Keep larger bodies in values of this many bytes. That much of a body is in memory during a write or read. From 4 KiB to 16 MiB.
    /// Default: 256 KiB. Keep it below the engine's limit (1 MiB for Memcached, 2 MiB for Cosmos DB).
    /// </summary>
    public int ChunkBytes { get; set; } = 256 * 1024;

    /// <summary>The longest time that a value stays in the engine after its last change. Default: 30 days.</summary>
    public TimeSpan MaximumRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// The longest time that a body of more than one chunk stays in the engine. When the store writes the chunks, the retention of the response is not known yet, and an
    /// engine can't change it later. So this is also how long the body of a killed process stays. At most <see cref="MaximumRetention"/>. Default: 1 day.
    /// </summary>
    public TimeSpan LargeBodyRetention { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long the chunks of a replaced or removed body stay for their readers. Default: 10 minutes.</summary>
    public TimeSpan ReplacedBodyGrace { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How old a node's knowledge of other nodes' removals by tag, of an origin and of everything may be. Zero asks the engine at each read. Invalidations of a URI always
    /// take effect immediately. Default: 1 s.
    /// </summary>
    public TimeSpan MaximumEpochAge { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long one call to the engine may take before it counts as failed. Default: 5 s.</summary>
    public TimeSpan EngineTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">At least one value is out of range; the message lists all that are.</exception>
    internal DistributedStoreSettings ToSettings()
    {
        List<string> errors = [];
        Require(errors, KeyPrefix is not null, "KeyPrefix is null: set it to a text, which may be empty.");
        Require(errors, KeyPrefix is null || KeyPrefix.Length <= MostPrefixCharacters, $"KeyPrefix has {KeyPrefix?.Length} characters: shorten it to {MostPrefixCharacters}, since engines limit the length of keys.");
        Require(errors, MaximumEntryBytes >= 1, $"MaximumEntryBytes is {MaximumEntryBytes}: set it to at least 1.");
        Require(errors, MaximumVariants is >= 1 and <= RecordFormat.MostParts, $"MaximumVariants is {MaximumVariants}: set it to between 1 and {RecordFormat.MostParts}.");
        Require(errors, ChunkBytes is >= FewestChunkBytes and <= MostChunkBytes, $"ChunkBytes is {ChunkBytes}: set it to between {FewestChunkBytes} and {MostChunkBytes}.");
        Require(errors, InlineBodyBytes >= 0 && InlineBodyBytes <= ChunkBytes, $"InlineBodyBytes is {InlineBodyBytes}: set it to between 0 and ChunkBytes ({ChunkBytes}).");
        Require(errors, MaximumRetention >= TimeSpan.FromSeconds(1), $"MaximumRetention is {MaximumRetention}: set it to at least a second.");
        Require(errors, MaximumRetention <= TimeSpan.FromDays(3650), $"MaximumRetention is {MaximumRetention}: set it to ten years at most.");
        Require(errors, LargeBodyRetention >= TimeSpan.FromSeconds(1) && LargeBodyRetention <= MaximumRetention, $"LargeBodyRetention is {LargeBodyRetention}: set it to between a second and MaximumRetention ({MaximumRetention}).");
        Require(errors, ReplacedBodyGrace >= TimeSpan.Zero && ReplacedBodyGrace <= TimeSpan.FromDays(1), $"ReplacedBodyGrace is {ReplacedBodyGrace}: set it to between zero and a day.");
        Require(errors, MaximumEpochAge >= TimeSpan.Zero && MaximumEpochAge <= TimeSpan.FromHours(1), $"MaximumEpochAge is {MaximumEpochAge}: set it to between zero and an hour.");
        Require(errors, EngineTimeout > TimeSpan.Zero && EngineTimeout <= TimeSpan.FromHours(1), $"EngineTimeout is {EngineTimeout}: set it to more than zero and to an hour at most.");
        Require(errors, TimeProvider is not null, "TimeProvider is null: leave it as it was for the system's clock.");
        return errors.Count > 0 ? throw new ArgumentException(string.Join(' ', errors)) : new DistributedStoreSettings
        {
            KeyPrefix = KeyPrefix!,
            MaximumEntryBytes = MaximumEntryBytes,
            MaximumVariants = MaximumVariants,
            InlineBytes = InlineBodyBytes,
            ChunkBytes = ChunkBytes,
            MaximumRetention = MaximumRetention,
            LargeBodyRetention = LargeBodyRetention,
            Grace = ReplacedBodyGrace,
            MaximumEpochAge = MaximumEpochAge,
            EngineTimeout = EngineTimeout,
            Time = TimeProvider!,
        };
    }

    private static void Require(List<string> errors, bool holds, string error)
    {
        if (!holds)
        {
            errors.Add(error);
        }
    }
}
