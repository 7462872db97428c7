namespace HttpCaching.Redis.Keys;

/// <summary>The kinds of a store's keys.</summary>
internal enum StoreKeyKind
{
    /// <summary>Not a key of the store.</summary>
    Foreign,

    /// <summary>A record of heads and small bodies.</summary>
    Record,

    /// <summary>A body in chunks.</summary>
    Body,

    /// <summary>The set of the responses with a tag.</summary>
    Tag,

    /// <summary>The epoch of a bucket.</summary>
    Epoch,
}
