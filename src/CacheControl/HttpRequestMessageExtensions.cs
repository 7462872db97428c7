using HttpCaching.Control.Keys;

namespace HttpCaching;

/// <summary>Settings of one request for the cache. They are part of the request's options and are not sent.</summary>
public static partial class HttpRequestMessageExtensions
{
    /// <summary>Sets the mode of this request. Most modes have the names of the Fetch standard.</summary>
    /// <param name="request">The request.</param>
    /// <param name="mode">The mode.</param>
    /// <returns>The request.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="mode"/> has no name.</exception>
    public static HttpRequestMessage WithCache(this HttpRequestMessage request, HttpCacheMode mode)
    {
        if (!Enum.IsDefined(mode))
        {
            throw new ArgumentOutOfRangeException(nameof(mode), mode, "Use one of the modes that have names.");
        }

        return Change(request, settings => settings with { Mode = mode });
    }

    /// <summary>Puts this request into a partition. A request never gets a stored response of another partition.</summary>
    /// <param name="request">The request.</param>
    /// <param name="partition">Any text that tells users or tenants apart. Do not use a secret.</param>
    /// <returns>The request.</returns>
    public static HttpRequestMessage WithCachePartition(this HttpRequestMessage request, string partition)
    {
        ArgumentNullException.ThrowIfNull(partition);
        return Change(request, settings => settings with { Partition = "own " + partition });
    }

    /// <summary>Gives the response these tags if it is stored. <see cref="IHttpCache.RemoveByTagAsync"/> removes all responses with a tag.</summary>
    /// <param name="request">The request.</param>
    /// <param name="tags">The tags, compared ordinally.</param>
    /// <returns>The request.</returns>
    /// <exception cref="ArgumentException">A tag is empty, or begins with "group ", which is reserved for cache groups.</exception>
    public static HttpRequestMessage WithCacheTags(this HttpRequestMessage request, params string[] tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        if (tags.Any(tag => string.IsNullOrEmpty(tag) || !Policy.GroupRules.IsOwn(tag)))
        {
            throw new ArgumentException("Tags must not be empty or begin with \"group \".", nameof(tags));
        }

        return Change(request, settings => settings with { Tags = [.. tags] });
    }

    /// <summary>Allows a stale response for this request if the origin fails, for this long past its freshness lifetime (RFC 5861 §4).</summary>
    /// <param name="request">The request.</param>
    /// <param name="window">The time; not negative.</param>
    /// <returns>The request.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="window"/> is negative.</exception>
    public static HttpRequestMessage WithStaleIfError(this HttpRequestMessage request, TimeSpan window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, TimeSpan.Zero);
        return Change(request, settings => settings with { StaleIfError = window });
    }

    /// <summary>Allows a stale response for this request while a validation runs in the background, for this long past its freshness lifetime (RFC 5861 §3).</summary>
    /// <param name="request">The request.</param>
    /// <param name="window">The time; not negative.</param>
    /// <returns>The request.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="window"/> is negative.</exception>
    public static HttpRequestMessage WithStaleWhileRevalidate(this HttpRequestMessage request, TimeSpan window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, TimeSpan.Zero);
        return Change(request, settings => settings with { StaleWhileRevalidate = window });
    }

    /// <summary>
    /// Has <see cref="IHttpCache.ExplainAsync"/> and <see cref="IHttpCache.FindAsync(HttpRequestMessage)"/> look among the responses that a server has made itself and <see cref="HttpCache.SendAsync"/>
    /// has stored. Without it they look among those that clients got. For the sending of the request it does nothing.
    /// </summary>
    /// <param name="request">The request, as a client sends it to the server.</param>
    /// <returns>The request.</returns>
    public static HttpRequestMessage WithServerResponses(this HttpRequestMessage request) => Change(request, settings => settings.As(served: true));

    private static HttpRequestMessage Change(HttpRequestMessage request, Func<RequestSettings, RequestSettings> change)
    {
        ArgumentNullException.ThrowIfNull(request);
        RequestSettings.Set(request, change(RequestSettings.Of(request)));
        return request;
    }
}
