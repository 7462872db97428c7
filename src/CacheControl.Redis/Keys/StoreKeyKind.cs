namespace HttpCaching.Redis.Keys;

/// <summary>What a key of a store is for.</summary>
internal enum StoreKeyKind
{
    /// <summary>It is none of the store's.</summary>
    Foreign,

    /// <summary>A record of heads and small bodies.</summary>
    Record,

    /// <summary>A body in chunks.</summary>
    Body,

    /// <summary>What has a tag.</summary>
    Tag,

    /// <summary>The epoch of a bucket.</summary>
    Epoch,
}
