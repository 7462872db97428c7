namespace HttpCaching.Redis.Connection;

/// <summary>The checked options of a store.</summary>
internal sealed record RedisStoreSettings
{
    /// <summary>The prefix of all keys.</summary>
    public required string Prefix { get; init; }

    /// <summary>The number of the database, or -1 for the connection's.</summary>
    public required int Database { get; init; }

    /// <summary>The most bytes of one response, head included.</summary>
    public required long MaximumResponseBytes { get; init; }

    /// <summary>The largest body next to its head.</summary>
    public required int InlineBytes { get; init; }

    /// <summary>The bytes of a chunk.</summary>
    public required int ChunkBytes { get; init; }

    /// <summary>The most responses under a key.</summary>
    public required int MaximumVariants { get; init; }

    /// <summary>The longest retention.</summary>
    public required TimeSpan MaximumRetention { get; init; }

    /// <summary>The longest time of a request from its look-up to its commit.</summary>
    public required TimeSpan MaximumExchange { get; init; }

    /// <summary>The lifetime of a body without a head: one that is being written, or that was replaced.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>The longest wait for one server of a Cluster.</summary>
    public required TimeSpan ServerTimeout { get; init; }

    /// <summary>Whether other stores are told of changes.</summary>
    public required bool PublishesChanges { get; init; }

    /// <summary>The interval of the checks that others' changes arrive.</summary>
    public required TimeSpan FeedCheckInterval { get; init; }

    /// <summary>The times of flights.</summary>
    public required FlightSettings Flights { get; init; }

    /// <summary>The clock of renewals.</summary>
    public required TimeProvider Time { get; init; }
}
