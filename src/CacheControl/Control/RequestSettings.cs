using CacheControl.Model;

namespace CacheControl.Control;

/// <summary>What one request wants of the cache; travels in the request's options.</summary>
internal sealed record RequestSettings
{
    public static RequestSettings Default { get; } = new();

    /// <summary>The one key under which all of it travels.</summary>
    public static HttpRequestOptionsKey<RequestSettings> Key { get; } = new("CacheControl.Request");

    /// <summary>Where what the cache did is noted on the request of a response that did not come from the store.</summary>
    public static HttpRequestOptionsKey<CacheStatus> StatusKey { get; } = new("CacheControl.Status");

    public HttpCacheMode Mode { get; init; }

    public string? Partition { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public TimeSpan? StaleIfError { get; init; }

    public TimeSpan? StaleWhileRevalidate { get; init; }

    // Set for good once any request has settings. Until then none is asked for them: the first look at a request's options makes a dictionary.
    private static volatile bool s_areUsed;

    public static RequestSettings Of(HttpRequestMessage request) =>
        s_areUsed && request.Options.TryGetValue(Key, out var settings) ? settings : Default;

    public static void Set(HttpRequestMessage request, RequestSettings settings)
    {
        s_areUsed = true;
        request.Options.Set(Key, settings);
    }
}
