using HttpCaching.Control.Keys;
using HttpCaching.Http;

namespace HttpCaching;

/// <summary>Reads the outcome of the cache from a response.</summary>
public static class HttpResponseMessageExtensions
{
    /// <summary>Returns the outcome for this response, in the terms of RFC 9211; <see langword="null"/> if the response did not come through a cache.</summary>
    /// <param name="response">The response.</param>
    public static CacheStatus? GetCacheStatus(this HttpResponseMessage response)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (response is CachedResponseMessage cached)
        {
            return cached.Status;
        }

        return response.RequestMessage is { } request && request.Options.TryGetValue(RequestSettings.StatusKey, out var status) ? status : null;
    }
}
