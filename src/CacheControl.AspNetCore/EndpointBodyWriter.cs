using System.IO.Pipelines;

namespace HttpCaching;

/// <summary>The pipe of an endpoint's response. It keeps the bytes until they are flushed.</summary>
/// <param name="response">The response.</param>
internal sealed class EndpointBodyWriter(EndpointResponse response) : PipeWriter
{
    private const int LeastSize = 4096;

    private byte[] _buffer = [];
    private int _length;

    /// <summary>The bytes that are not flushed.</summary>
    public ReadOnlyMemory<byte> Unflushed => _buffer.AsMemory(0, _length);

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _length;

    /// <summary>The bytes have been sent.</summary>
    public void Sent() => _length = 0;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        if (_buffer.Length - _length < Math.Max(sizeHint, 1))
        {
            Array.Resize(ref _buffer, checked(Math.Max(Math.Max(_buffer.Length * 2, LeastSize), _length + sizeHint)));
        }

        return _buffer.AsMemory(_length);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _buffer.Length - _length);
        _length += bytes;
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => response.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        await response.SendUnsentAsync(cancellationToken).ConfigureAwait(false);
        return await response.WriteAsync(source, WayOut.Pipe, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush() => response.CancelPendingFlush();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => response.CompleteWriterAsync(exception).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override ValueTask CompleteAsync(Exception? exception = null) => new(response.CompleteWriterAsync(exception));
}
