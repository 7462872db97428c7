using System.Net;

namespace CacheControl.Http;

/// <summary>A response that the cache made.</summary>
/// <param name="statusCode">The status code.</param>
internal sealed class CachedResponseMessage(HttpStatusCode statusCode) : HttpResponseMessage(statusCode)
{
    /// <summary>What the cache did, for whoever asks the response about it.</summary>
    internal object? CacheStatus { get; set; }
}
