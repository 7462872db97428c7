namespace HttpCaching.Redis.Connection;

/// <summary>What a store works with: the options, checked.</summary>
internal sealed record RedisStoreSettings
{
    /// <summary>What all keys begin with.</summary>
    public required string Prefix { get; init; }

    /// <summary>The number of the database, or -1 for the connection's.</summary>
    public required int Database { get; init; }

    /// <summary>The most bytes of one response, head included.</summary>
    public required long MaximumResponseBytes { get; init; }

    /// <summary>The largest body that stands beside its head.</summary>
    public required int InlineBytes { get; init; }

    /// <summary>The bytes of a chunk.</summary>
    public required int ChunkBytes { get; init; }

    /// <summary>The most responses under a key.</summary>
    public required int MaximumVariants { get; init; }

    /// <summary>The longest that anything is kept.</summary>
    public required TimeSpan MaximumRetention { get; init; }

    /// <summary>How long a request may take from its look-up to its commit.</summary>
    public required TimeSpan MaximumExchange { get; init; }

    /// <summary>How long a body without a head stays: one being written, or one that was replaced.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>How long one server of a Cluster may take to answer.</summary>
    public required TimeSpan ServerTimeout { get; init; }

    /// <summary>Whether other stores are told of changes.</summary>
    public required bool PublishesChanges { get; init; }

    /// <summary>How often it is checked that others' changes arrive.</summary>
    public required TimeSpan FeedCheckInterval { get; init; }

    /// <summary>The times of flights.</summary>
    public required FlightSettings Flights { get; init; }

    /// <summary>The clock of renewals.</summary>
    public required TimeProvider Time { get; init; }
}
