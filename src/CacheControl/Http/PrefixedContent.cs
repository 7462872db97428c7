using System.Net;

namespace HttpCaching.Http;

/// <summary>
/// A stored part of a body followed by the rest from the network, as one stream. If both together have not as many bytes as the whole, reading fails.
/// </summary>
/// <param name="prefix">The stored part; disposed with this.</param>
/// <param name="prefixLength">The number of its bytes.</param>
/// <param name="rest">The content that continues where it ends.</param>
/// <param name="length">The length of the whole.</param>
/// <param name="spoilt">Called when the part is found to be useless, before reading fails.</param>
internal sealed class PrefixedContent(StoredBody prefix, long prefixLength, HttpContent rest, long length, Action spoilt) : ForwardContent
{
    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        Join(await rest.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => Join(rest.ReadAsStream(cancellationToken));

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

    private PrefixedStream Join(Stream stream) => new(prefix, prefixLength, stream, rest, length, spoilt);
}
