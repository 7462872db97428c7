namespace HttpCaching;

/// <summary>Whether the cache serves one user agent or many (RFC 9111 §1).</summary>
public enum CacheKind
{
    /// <summary>A private cache: dedicated to one user, or partitioned so that no two users share a stored response.</summary>
    Private,

    /// <summary>A shared cache, such as a reverse proxy: obeys s-maxage, proxy-revalidate, private and the rules for Authorization.</summary>
    Shared,
}
