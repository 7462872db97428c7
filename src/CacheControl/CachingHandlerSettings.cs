using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace HttpCaching;

/// <summary>Everything that a <see cref="CachingHandler"/> with a cache of its own can be given, for programs without registration. A property that is not set leaves the default.</summary>
public sealed class CachingHandlerSettings
{
    /// <summary>Keep responses here; the store stays the caller's to dispose. Default: <see langword="null"/>, for memory of the cache's own.</summary>
    public IHttpCacheStore? Store { get; init; }

    /// <summary>Use these options. Default: <see langword="null"/>, for the defaults.</summary>
    public HttpCacheOptions? Options { get; init; }

    /// <summary>Read this clock. Default: <see langword="null"/>, for the system's.</summary>
    public TimeProvider? TimeProvider { get; init; }

    /// <summary>Log here, in the category <c>CacheControl</c>. Default: <see langword="null"/>, for no logs. A factory or logger that throws harms no request.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>Make the meter here. Default: <see langword="null"/>, for a meter of the cache's own. If the factory throws, the cache makes the meter itself.</summary>
    public IMeterFactory? MeterFactory { get; init; }

    /// <summary>Tell these of the cache's events. Default: none. One that throws or blocks harms no request.</summary>
    public IReadOnlyList<IHttpCacheObserver> Observers { get; init; } = [];
}
