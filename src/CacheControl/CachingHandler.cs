using CacheControl.Storage;

namespace CacheControl;

/// <summary>The HTTP cache as a handler in <see cref="HttpClient"/>'s pipeline.</summary>
public sealed class CachingHandler : DelegatingHandler
{
    /// <summary>A handler with its own store in memory.</summary>
    public CachingHandler()
        : this(null, null, null)
    {
    }

    /// <summary>A handler over a given store.</summary>
    /// <param name="store">Where responses are kept; <see langword="null"/> for memory.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
    public CachingHandler(IHttpCacheStore? store, HttpCacheOptions? options = null, TimeProvider? timeProvider = null)
    {
    }
}
