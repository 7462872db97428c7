using System.Buffers;
using HttpCaching.Redis.Connection;

namespace HttpCaching;

/// <summary>The limits and manners of a <see cref="RedisHttpCacheStore"/>; copied once, when the store is built. Processes that share an engine and a prefix should agree on them.</summary>
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
    /// What all keys begin with; stores with different prefixes know nothing of each other. Letters, digits and <c>. : - _ /</c>, 64 at most.
    /// Default: <c>cachecontrol:</c>.
    /// </summary>
    public string Prefix { get; set; } = "cachecontrol:";

    /// <summary>The number of the database; a Cluster has only 0. <see langword="null"/>, the default, means the one that the connection names.</summary>
    public int? Database { get; set; }

    /// <summary>The most bytes that one stored response may take, head included; a larger one is not stored. Default: 64 MiB.</summary>
    public long MaximumResponseBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>
    /// Bodies of up to this many bytes stand beside their head, and come with it in one round trip; from 0 to 262,144. Default: 16,384.
    /// </summary>
    public int InlineBodyBytes { get; set; } = 16 * 1024;

    /// <summary>Larger bodies are written and read in chunks of this many bytes; from 4,096 to 1,048,576. Default: 122,880,
    /// which with what belongs to it fills a buffer of 128 KiB.</summary>
    public int ChunkBytes { get; set; } = 120 * 1024;

    /// <summary>The most stored responses under one key, at most 64; beyond that the oldest is dropped. Default: 32.</summary>
    public int MaximumVariants { get; set; } = 32;

    /// <summary>The longest that a response is kept, however long it could be of use; from one second to ten years. Default: 30 days.</summary>
    public TimeSpan MaximumRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// The longest that an exchange may take from its look-up to the head of its response; what took longer is not stored (the body may take as long as it
    /// likes). For so long the engine remembers who asked for what, about 200 bytes for each URI that was looked up and not found. From ten seconds to
    /// one day. Default: five minutes.
    /// </summary>
    public TimeSpan MaximumExchange { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long the chunks of a body outlive its replacement or removal, and a writer that died; those who are reading or writing it prolong it. From one second to
    /// one hour. Default: one minute.
    /// </summary>
    public TimeSpan BodyGrace { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// In a Cluster, how long one server may take to answer before it is left alone for a second, while the others are used as before. To be shorter than
    /// <see cref="HttpCacheStorageOptions.Timeout"/>, which has the whole store left alone. From ten milliseconds to one hour. Default: one second.
    /// </summary>
    public TimeSpan ServerTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The clock by which those who read or write prolong what they use. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>
    /// Whether each change is told, by pub/sub on the channel that is the prefix and <c>changes</c>, to those who keep something in front of the same store. One
    /// process that does not tell leaves the others with what they have until it is too old: switch it off only in all of them, for a user of the engine who
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
