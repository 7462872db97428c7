namespace HttpCaching.Control;

/// <summary>The pipeline below the cache.</summary>
internal interface IOriginTransport
{
    /// <summary>Sends a request on towards the origin.</summary>
    /// <param name="request">The request.</param>
    /// <param name="async">False to block, for callers of <see cref="HttpClient.Send(HttpRequestMessage)"/>.</param>
    /// <param name="cancellationToken">Ends the wait for the response head.</param>
    ValueTask<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool async, CancellationToken cancellationToken);

    /// <summary>Fails as <see cref="HttpClient"/> does if a handler below has given no response.</summary>
    /// <param name="response">What a handler has given.</param>
    static HttpResponseMessage Required(HttpResponseMessage? response) =>
        response ?? throw new InvalidOperationException("Handler did not return a response message.");

    /// <summary>Whether a handler on the way may remove codings from bodies.</summary>
    bool MayDecode { get; }

    /// <summary>Whether it is there for one caller, and no longer than that waits: then no other request may read a body along, and no work in the background may use it.</summary>
    bool BelongsToCaller => false;

    /// <summary>
    /// The same way to the origin for work that may outlive its caller, and with the caller the handlers that the request came through. It stays open
    /// as long as what is returned is referenced.
    /// </summary>
    IOriginTransport Lasting();
}
