using System.Net;
using Microsoft.AspNetCore.Http;

namespace HttpCaching;

/// <summary>
/// The body of a server's request. The endpoint reads it itself. If the cache has to know it, as the key of a QUERY, it is kept and read again by the endpoint.
/// </summary>
/// <param name="context">The exchange.</param>
internal sealed class RequestBodyContent(HttpContext context) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? transport) => SerializeToStreamAsync(stream, transport, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? transport, CancellationToken cancellationToken)
    {
        context.Request.EnableBuffering();
        await context.Request.Body.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
        context.Request.Body.Position = 0;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
