using System.IO.Compression;

namespace CacheControl.Http;

/// <summary>Decodes a body while it is read. A body that ends too early throws.</summary>
internal sealed class DecodedStream : Stream
{
    /// <summary>The gzip coding (RFC 9110 §8.4.1.3).</summary>
    public const string Gzip = "gzip";

    /// <summary>The deflate coding, which is the zlib format (RFC 9110 §8.4.1.2); some servers send bare deflate data.</summary>
    public const string Deflate = "deflate";

    /// <summary>The Brotli coding (RFC 7932).</summary>
    public const string Brotli = "br";

    private const int ZlibMethod = 8;

    private readonly CodedStream _coded;
    private readonly string _coding;
    private Stream? _decoder;

    /// <summary>Decodes a stream.</summary>
    /// <param name="coded">The coded bytes; disposed with this stream.</param>
    /// <param name="coding">One of the codings above.</param>
    public DecodedStream(Stream coded, string coding)
    {
        _coded = new CodedStream(coded, mayContinue: coding == Gzip);
        _coding = coding;
    }

    /// <inheritdoc/>
    public override bool CanRead => _coded.CanRead;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        _decoder ??= Decoder(_coding == Deflate ? _coded.Peek() : 0);
        return _decoder.Read(buffer);
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _decoder ??= Decoder(_coding == Deflate ? await _coded.PeekAsync(cancellationToken).ConfigureAwait(false) : 0);
        return await _decoder.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await (_decoder ?? _coded).DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            (_decoder ?? _coded).Dispose();
        }

        base.Dispose(disposing);
    }

    private Stream Decoder(int firstByte) => _coding switch
    {
        Gzip => new GZipStream(_coded, CompressionMode.Decompress),
        Brotli => new BrotliStream(_coded, CompressionMode.Decompress),
        _ when (firstByte & 0x0f) == ZlibMethod => new ZLibStream(_coded, CompressionMode.Decompress),
        _ => new DeflateStream(_coded, CompressionMode.Decompress),
    };
}
