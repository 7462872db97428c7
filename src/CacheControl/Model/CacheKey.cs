namespace HttpCaching.Storage;

/// <summary>
/// The cache key of RFC 9111 §2: the normalised target URI without its fragment, and a scope that keeps apart what must never meet
/// (the partition of a credential or tenant, extra key material, the content of a QUERY).
/// Stored responses of all methods and variants of one URI and scope stand under one key.
/// </summary>
/// <param name="Uri">The normalised target URI. Stores may remove everything under one URI, whatever its scope.</param>
/// <param name="Scope">An opaque, unambiguous text, or <see langword="null"/> for the common scope. Holds no secret: credentials enter it as keyed hashes.</param>
public readonly record struct CacheKey(string Uri, string? Scope = null);
