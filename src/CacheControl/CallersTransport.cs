using HttpCaching.Control;

namespace HttpCaching;

/// <summary>An origin that is there as long as the caller waits, such as the code that answers a server's request.</summary>
/// <param name="origin">Gives the responses.</param>
internal sealed class CallersTransport(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> origin) : IOriginTransport
{
    /// <inheritdoc/>
    public bool MayDecode => false;

    /// <inheritdoc/>
    public bool BelongsToCaller => true;

    /// <inheritdoc/>
    public ValueTask<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool async, CancellationToken cancellationToken) => new(origin(request, cancellationToken));

    /// <inheritdoc/>
    public IOriginTransport Lasting() => this;
}
