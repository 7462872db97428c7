using CacheControl.Model;

namespace CacheControl;

/// <summary>What can be set on a cache. Every default is what RFC 9111 asks of a private cache; the options are copied once, when the cache is built.</summary>
public sealed class HttpCacheOptions
{
    /// <summary>Whether the cache serves one user or many (RFC 9111 §1). Default: <see cref="CacheKind.Private"/>.</summary>
    public CacheKind Kind { get; set; } = CacheKind.Private;
}
