using System.Net;
using System.Threading.Channels;

namespace HttpCaching.Tests.Collapsing;

/// <summary>A body whose pieces arrive when the test says so.</summary>
internal sealed class GatedContent : HttpContent
{
    private readonly Channel<byte[]> _pieces = Channel.CreateUnbounded<byte[]>();
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reads;

    public bool IsDisposed { get; private set; }

    /// <summary>Ends when somebody has begun to read.</summary>
    public Task WhenRead => _read.Task;

    public Task WhenDisposed => _disposed.Task;

    /// <summary>Whether it was disposed while a read was under way, which real connections do not bear.</summary>
    public bool WasDisposedUnderARead { get; private set; }

    public GatedContent Send(byte[] piece)
    {
        _pieces.Writer.TryWrite(piece).Should().BeTrue();
        return this;
    }

    public void End() => _pieces.Writer.TryComplete().Should().BeTrue();

    public void Fail(Exception exception) => _pieces.Writer.TryComplete(exception).Should().BeTrue();

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(new Pieces(this));

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => new Pieces(this);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => new Pieces(this).CopyToAsync(stream);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        new Pieces(this).CopyToAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        WasDisposedUnderARead |= Volatile.Read(ref _reads) > 0;
        IsDisposed = true;
        _disposed.TrySetResult();
        _pieces.Writer.TryComplete(new ObjectDisposedException(nameof(GatedContent)));
        base.Dispose(disposing);
    }

    private sealed class Pieces(GatedContent content) : Stream
    {
        private readonly ChannelReader<byte[]> _pieces = content._pieces.Reader;
        private ReadOnlyMemory<byte> _rest;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref content._reads);
            content._read.TrySetResult();
            try
            {
                while (_rest.IsEmpty)
                {
                    if (!await _pieces.WaitToReadAsync(cancellationToken))
                    {
                        return 0;
                    }

                    _rest = _pieces.TryRead(out var piece) ? piece : default;
                }
            }
            finally
            {
                Interlocked.Decrement(ref content._reads);
            }

            var count = Math.Min(buffer.Length, _rest.Length);
            _rest[..count].CopyTo(buffer);
            _rest = _rest[count..];
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
