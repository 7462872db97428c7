namespace HttpCaching;

/// <content>Answers for a server whose own code is the origin.</content>
public sealed partial class HttpCache
{
    /// <summary>Whether the cache serves one user or many.</summary>
    public CacheKind Kind => _services.Policy.IsShared ? CacheKind.Shared : CacheKind.Private;

    /// <summary>
    /// Answers a request as a <see cref="CachingHandler"/> of this cache does, with a function as the origin. The exchange belongs to its caller: no other request reads its body along, nothing of it
    /// goes on in the background, and no patience ends before the origin's. Requests for the same thing wait until a short response is stored. A stale response is validated before it is served.
    /// What is stored answers no request of a <see cref="CachingHandler"/>, and the other way round: whose name a request to a server has is up to its sender.
    /// </summary>
    /// <param name="request">The request, with an absolute URI.</param>
    /// <param name="origin">
    /// Gives the response of the origin. It gets <paramref name="request"/>, or a copy with the fields that the cache asks with; and a second time if its 304 fits nothing that is stored.
    /// </param>
    /// <param name="cancellationToken">Ends the wait for the response head.</param>
    /// <returns>The response: the very one of <paramref name="origin"/>, if the client is to get that.</returns>
    public ValueTask<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> origin, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(origin);
        return Controller.SendAsync(request, new CallersTransport(origin), async: true, cancellationToken);
    }
}
