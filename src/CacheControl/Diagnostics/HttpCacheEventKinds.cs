namespace HttpCaching;

/// <summary>The kinds of events that an <see cref="IHttpCacheObserver"/> can be told.</summary>
[Flags]
public enum HttpCacheEventKinds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A request was answered out of the cache without a wait for the origin.</summary>
    Hit = 1,

    /// <summary>A response was stored.</summary>
    Stored = 2,

    /// <summary>A response of the origin was not stored.</summary>
    NotStored = 4,

    /// <summary>The origin confirmed a stored response.</summary>
    Validated = 8,

    /// <summary>A store removed a response to make room.</summary>
    Evicted = 16,

    /// <summary>Responses were invalidated or removed.</summary>
    Invalidated = 32,

    /// <summary>A call of the store failed.</summary>
    StoreFault = 64,

    /// <summary>All kinds.</summary>
    All = Hit | Stored | NotStored | Validated | Evicted | Invalidated | StoreFault,
}
