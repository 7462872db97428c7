namespace HttpCaching.StoreContract;

/// <summary>The ways in which a <see cref="FaultyStore"/> fails.</summary>
public enum StoreFault
{
    /// <summary>Throws an <see cref="IOException"/>.</summary>
    Throw,

    /// <summary>Does not return until the call is cancelled, or the store is disposed.</summary>
    Hang,

    /// <summary>
    /// Returns an answer that no store should give: heads with damaged facts; a body of another length; a body that ends early;
    /// no writer; no room; a commit, a replacement, a removal or an invalidation that claims success but did nothing.
    /// </summary>
    Garbage,

    /// <summary>Returns heads that state more bytes than their bodies have; otherwise the same as <see cref="Garbage"/>.</summary>
    WrongLength,

    /// <summary>
    /// Returns heads whose generations are out of date and a stamp from long ago; commits and replacements that lose to another writer; no writer; an
    /// opened body of another length; a body that ends early; a removal or an invalidation that claims success but did nothing.
    /// </summary>
    Stale,
}
