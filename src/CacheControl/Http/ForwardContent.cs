using System.Net;

namespace HttpCaching.Http;

/// <summary>A content whose calls without a token are those with one.</summary>
internal abstract class ForwardContent : HttpContent
{
    /// <inheritdoc/>
    protected sealed override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    /// <inheritdoc/>
    protected abstract override Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected abstract override Stream CreateContentReadStream(CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected sealed override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected abstract override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected abstract override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken);
}
