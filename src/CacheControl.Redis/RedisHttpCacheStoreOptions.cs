using System.Buffers;
using HttpCaching.Redis.Connection;

namespace HttpCaching;

/// <summary>The options of a <see cref="RedisHttpCacheStore"/>, copied once when the store is built. Use the same options in all processes that share an engine and a prefix.</summary>
public sealed class RedisHttpCacheStoreOptions
{
    private const int MostPrefixCharacters = 64;
    private const int MostInlineBytes = 256 * 1024;

    /// <summary>The smallest chunk.</summary>
    internal const int FewestChunkBytes = 4096;

    /// <summary>The largest chunk.</summary>
    internal const int MostChunkBytes = 1024 * 1024;

    /// <summary>The most chunks of a body.</summary>
    internal const int MostChunks = 65_536;

    private const int MostVariants = 64;

    private static readonly SearchValues<char> PrefixCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.:-_/");

    private static readonly TimeSpan LongestRetention = TimeSpan.FromDays(3650);

    /// <summary>
    /// The prefix of all keys. Stores with different prefixes share nothing. Letters, digits and <c>. : - _ /</c>, 64 at most.
    /// Default: <c>cachecontrol:</c>.
    /// </summary>
    public string Prefix { get; set; } = "cachecontrol:";

    /// <summary>The number of the database; a Cluster has only 0. Default: <see langword="null"/>, for the database of the connection.</summary>
    public int? Database { get; set; }

    /// <summary>The most bytes of one stored response, head included. A larger response is not stored. Default: 64 MiB.</summary>
    public long MaximumResponseBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>
    /// Keep bodies of up to this many bytes next to their head, so that both come in one round trip; from 0 to 262,144. Default: 16,384.
    /// </summary>
    public int InlineBodyBytes { get; set; } = 16 * 1024;

    /// <summary>Write and read larger bodies in chunks of this many bytes; from 4,096 to 1,048,576. Default: 122,880,
    /// which together with its overhead fills a buffer of 128 KiB.</summary>
    public int ChunkBytes { get; set; } = 120 * 1024;

    /// <summary>The most stored responses under one key, at most 64. Beyond that the oldest one is dropped. Default: 32.</summary>
    public int MaximumVariants { get; set; } = 32;

    /// <summary>The longest time that a response stays in the engine; from one second to ten years. Default: 30 days.</summary>
    public TimeSpan MaximumRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// The longest time of an exchange from its look-up to the head of its response. If it takes longer, the response is not stored. The body may take any
    /// time. For this time the engine remembers each URI that was looked up and not found, with about 200 bytes. From ten seconds to
    /// one day. Default: five minutes.
    /// </summary>
    public TimeSpan MaximumExchange { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long the chunks of a body stay after its replacement or removal, or after the death of its writer. Readers and writers prolong it. From one second to
    /// one hour. Default: one minute.
    /// </summary>
    public TimeSpan BodyGrace { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// In a Cluster, the longest wait for one server. After that the store does not use that server for a second, and uses the others as before. Keep it shorter than
    /// <see cref="HttpCacheStorageOptions.Timeout"/>, which opens the circuit of the whole store. From ten milliseconds to one hour. Default: one second.
    /// </summary>
    public TimeSpan ServerTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The clock by which readers and writers prolong the bodies in use. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>
    /// Publish each change to the other processes with a first tier in front of the same store. The pub/sub channel is the prefix and <c>changes</c>. If one
    /// process does not publish, the others keep old responses until they are too old. So switch it off only in all processes, for example if the engine's user
    /// may not publish. Default: true.
    /// </summary>
    public bool TellChanges { get; set; } = true;

    /// <summary>How often it is checked that others' changes arrive.</summary>
    internal TimeSpan FeedCheckInterval { get; set; } = Redis.Backplane.ChangeFeed.DefaultInterval;

    /// <summary>The times of flights.</summary>
    internal Redis.Connection.FlightSettings Flights { get; set; } = new();

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">At least one value is out of range; the message lists all that are.</exception>
    internal RedisStoreSettings ToSettings()
    {
        List<string> errors = [];
        Require(errors, IsPrefix(Prefix), $"Prefix is \"{Prefix}\": use 1 to {MostPrefixCharacters} of the letters, digits and . : - _ /.");
        Require(errors, Database is null or >= 0, $"Database is {Database}: set it to 0 or more, or to null for the connection's.");
        Require(errors, MaximumResponseBytes >= 1, $"MaximumResponseBytes is {MaximumResponseBytes}: set it to at least 1.");
        Require(errors, InlineBodyBytes is >= 0 and <= MostInlineBytes, $"InlineBodyBytes is {InlineBodyBytes}: set it to between 0 and {MostInlineBytes}.");
        Require(errors, ChunkBytes is >= FewestChunkBytes and <= MostChunkBytes, $"ChunkBytes is {ChunkBytes}: set it to between {FewestChunkBytes} and {MostChunkBytes}.");
        Require(errors, ChunkBytes < 1 || MaximumResponseBytes / ChunkBytes < MostChunks, $"MaximumResponseBytes is {MaximumResponseBytes}, which is more than {MostChunks} chunks of ChunkBytes ({ChunkBytes}): lower the one or raise the other.");
        Require(errors, MaximumVariants is >= 1 and <= MostVariants, $"MaximumVariants is {MaximumVariants}: set it to between 1 and {MostVariants}.");
        Require(errors, MaximumRetention >= TimeSpan.FromSeconds(1) && MaximumRetention <= LongestRetention, $"MaximumRetention is {MaximumRetention}: set it to between one second and ten years.");
        Require(errors, MaximumExchange >= TimeSpan.FromSeconds(10) && MaximumExchange <= TimeSpan.FromDays(1), $"MaximumExchange is {MaximumExchange}: set it to between ten seconds and one day.");
        Require(errors, BodyGrace >= TimeSpan.FromSeconds(1) && BodyGrace <= TimeSpan.FromHours(1), $"BodyGrace is {BodyGrace}: set it to between one second and one hour.");
        Require(errors, ServerTimeout >= TimeSpan.FromMilliseconds(10) && ServerTimeout <= TimeSpan.FromHours(1), $"ServerTimeout is {ServerTimeout}: set it to between ten milliseconds and one hour.");
        Require(errors, TimeProvider is not null, "TimeProvider is null: leave it as it was for the system's clock.");
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', errors));
        }

        return new RedisStoreSettings
        {
            Prefix = Prefix,
            Database = Database ?? -1,
            MaximumResponseBytes = MaximumResponseBytes,
            InlineBytes = InlineBodyBytes,
            ChunkBytes = ChunkBytes,
            MaximumVariants = MaximumVariants,
            MaximumRetention = MaximumRetention,
            MaximumExchange = MaximumExchange,
            Grace = BodyGrace,
            ServerTimeout = ServerTimeout,
            FeedCheckInterval = FeedCheckInterval,
            Flights = Flights,
            PublishesChanges = TellChanges,
            Time = TimeProvider!,
        };
    }

    private static bool IsPrefix(string? prefix) =>
        prefix is { Length: >= 1 and <= MostPrefixCharacters } && !prefix.AsSpan().ContainsAnyExcept(PrefixCharacters);

    private static void Require(List<string> errors, bool condition, string message)
    {
        if (!condition)
        {
            errors.Add(message);
        }
    }
}
