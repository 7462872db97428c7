namespace HttpCaching.StoreContract;

/// <summary>How a <see cref="FaultyStore"/> fails.</summary>
public enum StoreFault
{
    /// <summary>Throws an <see cref="IOException"/>.</summary>
    Throw,

    /// <summary>Does not return until the call is canceled, or the store is disposed.</summary>
    Hang,

    /// <summary>
    /// Returns an answer that no store should: heads with damaged facts; a body of another length; a body that ends early;
    /// no writer; no room; a commit, a replacement, a removal or an invalidation that is said to be done but isn't.
    /// </summary>
    Garbage,

    /// <summary>Heads that say more bytes than their bodies have; otherwise the same as <see cref="Garbage"/>.</summary>
    WrongLength,

    /// <summary>
    /// Heads whose generations are out of date and a stamp from long ago; commits and replacements that lose to another writer; no writer; an
    /// opened body of another length; a body that ends early; a removal or an invalidation that is said to be done but isn't.
    /// </summary>
    Stale,
}
