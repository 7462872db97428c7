using System.Net;
using CacheControl.Storage;

namespace CacheControl.Http;

/// <summary>A stored part of a body followed by the rest of it from the network, as one stream.</summary>
/// <param name="prefix">The stored part; disposed with this.</param>
/// <param name="prefixLength">How many bytes of it.</param>
/// <param name="rest">The content that goes on where it ends.</param>
/// <param name="length">The length of the whole.</param>
internal sealed class PrefixedContent(StoredBody prefix, long prefixLength, HttpContent rest, long length) : HttpContent
{
    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return length >= 0;
    }

    protected override async Task<Stream> CreateContentReadStreamAsync() =>
        new PrefixedStream(prefix, prefixLength, await rest.ReadAsStreamAsync().ConfigureAwait(false));

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        new PrefixedStream(prefix, prefixLength, await rest.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) =>
        new PrefixedStream(prefix, prefixLength, rest.ReadAsStream(cancellationToken));

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var source = await CreateContentReadStreamAsync(cancellationToken).ConfigureAwait(false);
        await source.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        CreateContentReadStream(cancellationToken).CopyTo(stream);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            prefix.Dispose();
            rest.Dispose();
        }

        base.Dispose(disposing);
    }
}
