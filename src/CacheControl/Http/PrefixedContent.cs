using System.Net;

namespace HttpCaching.Http;

/// <summary>
/// A stored part of a body followed by the rest of it from the network, as one stream. Both make as many bytes as the whole has, or reading fails.
/// </summary>
/// <param name="prefix">The stored part; disposed with this.</param>
/// <param name="prefixLength">How many bytes of it.</param>
/// <param name="rest">The content that goes on where it ends.</param>
/// <param name="length">The length of the whole.</param>
/// <param name="spoilt">Told when the part turns out to be of no use, before reading fails.</param>
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
