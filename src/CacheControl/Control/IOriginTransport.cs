namespace CacheControl.Control;

/// <summary>What lies below the cache.</summary>
internal interface IOriginTransport
{
    /// <summary>Sends a request on towards the origin.</summary>
    /// <param name="request">The request.</param>
    /// <param name="async">False to block, for callers of <see cref="HttpClient.Send(HttpRequestMessage)"/>.</param>
    /// <param name="cancellationToken">Ends the wait for the response head.</param>
    ValueTask<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool async, CancellationToken cancellationToken);
}
