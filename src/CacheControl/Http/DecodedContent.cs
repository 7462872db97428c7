using System.Net;

namespace HttpCaching.Http;

/// <summary>A content with its last content coding removed. Can be read once, like content from the network.</summary>
internal sealed class DecodedContent : ForwardContent
{
    private readonly HttpContent _coded;
    private readonly string _coding;
    private readonly Func<ValueTask>? _report;
    private int _isConsumed;
    private DecodedStream? _stream;

    /// <summary>Wraps a coded content and takes over its header lines, without those that describe the coded bytes.</summary>
    /// <param name="coded">The coded content; disposed with this one.</param>
    /// <param name="coding">The coding to remove.</param>
    /// <param name="codingsLeft">The codings that were applied before it.</param>
    /// <param name="report">Called once, if the bytes do not match the coding, or continue after its end.</param>
    public DecodedContent(HttpContent coded, string coding, IReadOnlyList<string> codingsLeft, Func<ValueTask>? report)
    {
        _coded = coded;
        _coding = coding;
        _report = report;
        foreach (var header in coded.Headers.NonValidated)
        {
            if (!HttpFields.SameName(header.Key, "Content-Length") && !HttpFields.SameName(header.Key, "Content-Encoding"))
            {
                RawHeaders.Add(Headers, header.Key, header.Value);
            }
        }

        foreach (var left in codingsLeft)
        {
            Headers.TryAddWithoutValidation("Content-Encoding", left);
        }
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    /// <inheritdoc/>
    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken)
    {
        Consume();
        return _stream = new DecodedStream(await _coded.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), _coding, _coded, _report);
    }

    /// <inheritdoc/>
    protected override Stream CreateContentReadStream(CancellationToken cancellationToken)
    {
        Consume();
        return _stream = new DecodedStream(_coded.ReadAsStream(cancellationToken), _coding, _coded, _report);
    }

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var decoded = await CreateContentReadStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (decoded.ConfigureAwait(false))
        {
            await decoded.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var decoded = CreateContentReadStream(cancellationToken);
        decoded.CopyTo(stream);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // A stream disposes the coded content when nothing reads from it any more.
            ((IDisposable?)_stream ?? _coded).Dispose();
        }

        base.Dispose(disposing);
    }

    private void Consume()
    {
        if (Interlocked.Exchange(ref _isConsumed, 1) != 0)
        {
            throw new InvalidOperationException("The content was already read; it cannot be read again.");
        }
    }
}
