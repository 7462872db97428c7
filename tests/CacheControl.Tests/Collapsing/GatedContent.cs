using System.Net;
using System.Threading.Channels;

namespace CacheControl.Tests.Collapsing;

/// <summary>A body whose pieces arrive when the test says so.</summary>
internal sealed class GatedContent : HttpContent
{
    private readonly Channel<byte[]> _pieces = Channel.CreateUnbounded<byte[]>();

    public bool IsDisposed { get; private set; }

    public GatedContent Send(byte[] piece)
    {
        _pieces.Writer.TryWrite(piece).Should().BeTrue();
        return this;
    }

    public void End() => _pieces.Writer.TryComplete().Should().BeTrue();

    public void Fail(Exception exception) => _pieces.Writer.TryComplete(exception).Should().BeTrue();

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(new Pieces(_pieces.Reader));

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => new Pieces(_pieces.Reader);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => new Pieces(_pieces.Reader).CopyToAsync(stream);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        _pieces.Writer.TryComplete(new ObjectDisposedException(nameof(GatedContent)));
        base.Dispose(disposing);
    }

    private sealed class Pieces(ChannelReader<byte[]> pieces) : Stream
    {
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
            while (_rest.IsEmpty)
            {
                if (!await pieces.WaitToReadAsync(cancellationToken))
                {
                    return 0;
                }

                _rest = pieces.TryRead(out var piece) ? piece : default;
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
