using HttpCaching.Policy;

namespace HttpCaching.Control.Keys;

/// <summary>The settings of one request for the cache. They are in the request's options.</summary>
internal sealed record RequestSettings
{
    public static RequestSettings Default { get; } = new();

    private static readonly RequestSettings Served = new() { IsServed = true };

    /// <summary>The one key of all settings.</summary>
    public static HttpRequestOptionsKey<RequestSettings> Key { get; } = new("CacheControl.Request");

    /// <summary>The key of the outcome, on the request of a response that did not come from the store.</summary>
    public static HttpRequestOptionsKey<CacheStatus> StatusKey { get; } = new("CacheControl.Status");

    public HttpCacheMode Mode { get; init; }

    public string? Partition { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public TimeSpan? StaleIfError { get; init; }

    public TimeSpan? StaleWhileRevalidate { get; init; }

    /// <summary>The request's own rule, which goes over the rule of its URI; null for none.</summary>
    public RuleSettings? Rule { get; init; }

    /// <summary>The name that takes the place of the path and query in the key; null for none.</summary>
    public string? KeyName { get; init; }

    /// <summary>Whether the caller says that its POST only asks.</summary>
    public bool OnlyAsks { get; init; }

    /// <summary>Whether it asks a server for its own response, and not a client for another's: see <see cref="KeyMaker"/>.</summary>
    public bool IsServed { get; init; }

    /// <summary>The settings of a request. Asking makes the request's dictionary of options, which there is no public way to ask for without making it.</summary>
    public static RequestSettings Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var settings) ? settings : Default;

    /// <summary>Whether a request has options of others than the cache.</summary>
    /// <param name="request">The request that these settings are of.</param>
    public bool HasOthers(HttpRequestMessage request) =>
        ((IReadOnlyDictionary<string, object?>)request.Options).Count > (ReferenceEquals(this, Default) || ReferenceEquals(this, Served) ? 0 : 1);

    /// <summary>Whether a request has settings of its own.</summary>
    public static bool AreGiven(HttpRequestMessage request) => request.Options.TryGetValue(Key, out _);

    /// <summary>The same settings of a request to a server or to a client, whatever the message says: a server's function may hand it on to a client of the cache.</summary>
    public RequestSettings As(bool served) => IsServed == served ? this : ReferenceEquals(this, Default) ? Served : this with { IsServed = served };

    public static void Set(HttpRequestMessage request, RequestSettings settings) => request.Options.Set(Key, settings);
}
