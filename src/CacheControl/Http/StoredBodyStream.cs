namespace HttpCaching.Http;

/// <summary>
/// Reads a <see cref="StoredContent"/> from beginning to end: throws when the content has been disposed or its bytes are gone, and never
/// ends early. Forward only, like a stream from the network.
/// </summary>
/// <param name="content">The content.</param>
internal sealed class StoredBodyStream(StoredContent content) : ForwardReadStream
{
    private StoredContent? _content = content;
    private long _position;

    /// <inheritdoc/>
    public override bool CanRead => _content is not null;

    private StoredContent Content => _content ?? throw new ObjectDisposedException(nameof(StoredBodyStream));

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var count = Content.Read(_position, buffer);
        _position += count;
        return count;
    }

    /// <inheritdoc/>
    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return Read(one) == 0 ? -1 : one[0];
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = Content.ReadAsync(_position, buffer, cancellationToken);
        if (!read.IsCompletedSuccessfully)
        {
            return AwaitAsync(read);
        }

        var count = read.Result;
        _position += count;
        return new ValueTask<int>(count);
    }

    /// <inheritdoc/>
    public override void CopyTo(Stream destination, int bufferSize)
    {
        ValidateCopyToArguments(destination, bufferSize);
        _position = Content.CopyTo(destination, _position, CancellationToken.None);
    }

    /// <inheritdoc/>
    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        ValidateCopyToArguments(destination, bufferSize);
        _position = await Content.CopyToAsync(destination, _position, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Interlocked.Exchange(ref _content, null)?.Finish();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> AwaitAsync(ValueTask<int> read)
    {
        var count = await read.ConfigureAwait(false);
        _position += count;
        return count;
    }
}
