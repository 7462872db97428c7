using HttpCaching.Control;
using HttpCaching.Http;

namespace HttpCaching;

/// <summary>
/// Answers requests of a server for one origin out of memory, before a message is made of them: a plain GET that a stored response answers without a question. Each answer is the one that a
/// <see cref="CachingHandler"/> of the same cache would give, counted and logged in the same way. Everything else it leaves to that handler.
/// </summary>
/// <remarks>All members may be called by many threads at the same time.</remarks>
public sealed class HttpCacheFront
{
    private readonly StraightPath? _straight;
    private readonly string _prefix;
    private readonly bool _isServed;

    /// <summary>Creates the front of a cache for an origin.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="origin">The absolute http or https URI under which the handler gets the requests. Its path, if any, comes before that of each target. It has no query and no fragment.</param>
    /// <exception cref="ArgumentException"><paramref name="origin"/> is not such a URI.</exception>
    public HttpCacheFront(HttpCache cache, Uri origin)
        : this(cache, origin, isServed: false)
    {
    }

    private HttpCacheFront(HttpCache cache, Uri origin, bool isServed)
    {
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(origin);
        var prefix = TargetUri.Normalize(origin, null);
        if (prefix is null || (origin.UserInfo + origin.Query + origin.Fragment).Length > 0)
        {
            throw new ArgumentException("The origin must be an absolute http or https URI without user, query and fragment.", nameof(origin));
        }

        _prefix = prefix.TrimEnd('/');
        _straight = cache.Controller.Straight;
        _isServed = isServed;
    }

    /// <summary>Creates the front of a cache for the responses that a server makes itself, which <see cref="HttpCache.SendAsync"/> stores.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="origin">The absolute http or https URI of the server, as its clients know it, without a query and fragment.</param>
    /// <exception cref="ArgumentException"><paramref name="origin"/> is not such a URI.</exception>
    public static HttpCacheFront OfServer(HttpCache cache, Uri origin) => new(cache, origin, isServed: true);

    /// <summary>Answers a GET without content; false if only the handler can tell the answer.</summary>
    /// <param name="target">The path and query as the client wrote them.</param>
    /// <param name="fields">The fields that the handler would get, without Host.</param>
    /// <param name="hit">The answer, which has to be sent.</param>
    public bool TryAnswer<TFields>(string target, TFields fields, out HttpCacheFrontHit hit)
        where TFields : struct, IHttpCacheRequestFields
    {
        ArgumentNullException.ThrowIfNull(target);
        if (_straight is null || !TargetUri.IsPlainTarget(target))
        {
            hit = default;
            return false;
        }

        return _straight.TryAnswer(string.Concat(_prefix, target), _isServed, fields, out hit);
    }
}
