using System.Net;

namespace HttpCaching.Http;

/// <summary>A content that also disposes the source of its bytes.</summary>
/// <param name="inner">The content.</param>
/// <param name="owned">The source, disposed after the content.</param>
internal sealed class OwningContent(HttpContent inner, params IDisposable?[] owned) : ForwardContent
{
    protected override bool TryComputeLength(out long length)
    {
        length = inner.Headers.ContentLength ?? 0;
        return inner.Headers.ContentLength is not null;
    }

    protected override Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) => inner.ReadAsStreamAsync(cancellationToken);

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => inner.ReadAsStream(cancellationToken);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        inner.CopyToAsync(stream, context, cancellationToken);

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        inner.CopyTo(stream, context, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            foreach (var one in owned)
            {
                one?.Dispose();
            }
        }

        base.Dispose(disposing);
    }
}
