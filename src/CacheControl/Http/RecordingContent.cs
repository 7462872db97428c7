using System.Net;

namespace HttpCaching.Http;

/// <summary>
/// The content of a response that is stored while the caller reads it. Its bytes, end and errors are those of the content from the network.
/// A faulty sink or an unfinished read ends the recording, and never affects the caller. Only the first reading is recorded.
/// </summary>
internal sealed class RecordingContent : ForwardContent
{
    private readonly HttpContent _upstream;
    private readonly Recording _recording;
    private int _isClaimed;

    /// <summary>Wraps the content from the network and copies its header lines unchanged.</summary>
    /// <param name="upstream">The content; disposed with this one.</param>
    /// <param name="sink">Also receives the bytes.</param>
    /// <param name="declaredLength">
    /// The length that the wire framing declared, or <see langword="null"/> if there was none or the bytes were decoded since.
    /// </param>
    public RecordingContent(HttpContent upstream, IRecordingSink sink, long? declaredLength)
    {
        _upstream = upstream;
        _recording = new Recording(sink, declaredLength);
        RawHeaders.Copy(upstream.Headers, Headers);
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        // Asked only when no Content-Length line was copied: the answer of the content from the network is as good as without the cache.
        var known = _upstream.Headers.ContentLength;
        length = known ?? 0;
        return known is not null;
    }

    /// <inheritdoc/>
    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken)
    {
        if (!TryClaim())
        {
            return await _upstream.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return new RecordingStream(await _upstream.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), _recording);
        }
        catch
        {
            _recording.Abort(RecordingEnd.ReadFailed);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override Stream CreateContentReadStream(CancellationToken cancellationToken)
    {
        if (!TryClaim())
        {
            return _upstream.ReadAsStream(cancellationToken);
        }

        try
        {
            return new RecordingStream(_upstream.ReadAsStream(cancellationToken), _recording);
        }
        catch
        {
            _recording.Abort(RecordingEnd.ReadFailed);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (!TryClaim())
        {
            await _upstream.CopyToAsync(stream, context, cancellationToken).ConfigureAwait(false);
            return;
        }

        try
        {
            await _upstream.CopyToAsync(new RecordingWriteStream(stream, _recording), context, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _recording.Abort(exception is OperationCanceledException ? RecordingEnd.Disposed : RecordingEnd.ReadFailed);
            throw;
        }

        await _recording.EndedAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (!TryClaim())
        {
            _upstream.CopyTo(stream, context, cancellationToken);
            return;
        }

        try
        {
            _upstream.CopyTo(new RecordingWriteStream(stream, _recording), context, cancellationToken);
        }
        catch (Exception exception)
        {
            _recording.Abort(exception is OperationCanceledException ? RecordingEnd.Disposed : RecordingEnd.ReadFailed);
            throw;
        }

        using var blocking = BlockingCalls.Enter(blocks: true);
        Recording.Wait(_recording.EndedAsync());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _recording.Close();
            _upstream.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool TryClaim() => Interlocked.Exchange(ref _isClaimed, 1) == 0;
}
