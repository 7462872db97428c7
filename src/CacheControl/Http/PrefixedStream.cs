using CacheControl.Storage;

namespace CacheControl.Http;

/// <summary>Reads a stored part of a body, then the rest from the network.</summary>
/// <param name="prefix">The stored part.</param>
/// <param name="prefixLength">How many bytes of it.</param>
/// <param name="rest">What follows.</param>
internal sealed class PrefixedStream(StoredBody prefix, long prefixLength, Stream rest) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) =>
        buffer.IsEmpty || _position >= prefixLength ? rest.Read(buffer) : Took(prefix.Read(_position, buffer[..Wanted(buffer.Length)]));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty || _position >= prefixLength
            ? await rest.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)
            : Took(await prefix.ReadAsync(_position, buffer[..Wanted(buffer.Length)], cancellationToken).ConfigureAwait(false));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            rest.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Wanted(int available) => (int)Math.Min(available, prefixLength - _position);

    private int Took(int count)
    {
        if (count <= 0)
        {
            throw new IOException("The stored part is shorter than its recorded length.");
        }

        _position += count;
        return count;
    }
}
