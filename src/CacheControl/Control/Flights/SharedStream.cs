using HttpCaching.Http;

namespace HttpCaching.Control.Flights;

/// <summary>Reads a <see cref="SharedContent"/> from beginning to end. Forward only, like a stream from the network.</summary>
/// <param name="content">The content.</param>
internal sealed class SharedStream(SharedContent content) : ForwardReadStream
{
    private SharedContent? _content = content;

    /// <inheritdoc/>
    public override bool CanRead => _content is not null;

    private SharedContent Content => _content ?? throw new ObjectDisposedException(nameof(SharedStream));

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Content.Read(buffer.AsMemory(offset, count));
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Content.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override void CopyTo(Stream destination, int bufferSize)
    {
        ValidateCopyToArguments(destination, bufferSize);
        Content.WriteTo(destination, CancellationToken.None);
    }

    /// <inheritdoc/>
    public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        ValidateCopyToArguments(destination, bufferSize);
        return Content.WriteToAsync(destination, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Interlocked.Exchange(ref _content, null)?.Leave();
        }

        base.Dispose(disposing);
    }
}
