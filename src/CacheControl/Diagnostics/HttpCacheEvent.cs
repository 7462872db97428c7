namespace HttpCaching;

/// <summary>An event of a cache. URIs are complete, with their queries, but without userinfo and fragment: they may hold secrets.</summary>
public abstract record HttpCacheEvent
{
    private protected HttpCacheEvent(HttpCacheEventKinds kind) => Kind = kind;

    /// <summary>The kind of the event.</summary>
    public HttpCacheEventKinds Kind { get; }

    /// <summary>The name of the client whose cache it is; <see langword="null"/> for a cache without a name.</summary>
    public string? Client { get; init; }

    /// <summary>The time of the event by the clock of the cache.</summary>
    public DateTimeOffset Time { get; init; }
}
