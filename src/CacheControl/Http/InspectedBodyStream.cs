namespace HttpCaching.Http;

/// <summary>Reads a stored body that a tool has opened. It owns the body and the snapshot.</summary>
/// <param name="snapshot">What the body was opened from.</param>
/// <param name="body">The body.</param>
internal sealed class InspectedBodyStream(HttpCacheSnapshot snapshot, StoredBody body) : ForwardReadStream
{
    private StoredBody? _body = body;
    private long _position;

    /// <inheritdoc/>
    public override bool CanRead => _body is not null;

    private StoredBody Body => _body ?? throw new ObjectDisposedException(nameof(InspectedBodyStream));

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var count = Body.Read(_position, buffer);
        _position += count;
        return count;
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await Body.ReadAsync(_position, buffer, cancellationToken).ConfigureAwait(false);
        _position += count;
        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _body, null) is { } open)
        {
            open.Dispose();
            snapshot.Dispose();
        }

        base.Dispose(disposing);
    }
}
