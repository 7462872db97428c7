namespace CacheControl.StoreContract;

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
}
