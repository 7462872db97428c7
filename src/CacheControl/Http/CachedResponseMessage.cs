using System.Net;

namespace HttpCaching.Http;

/// <summary>A response that the cache made.</summary>
/// <param name="statusCode">The status code.</param>
internal sealed class CachedResponseMessage(HttpStatusCode statusCode) : HttpResponseMessage(statusCode)
{
    /// <summary>The outcome; set by the maker of the response. The hits of a second share one.</summary>
    public CacheStatus Status { get; set; } = null!;
}
