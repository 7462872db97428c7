using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HttpCaching.StressHost.Blocking;

/// <summary>Sends over a connection of its own for each request, by blocking calls alone. The platform's handler needs threads of the pool for its connections.</summary>
internal sealed class SocketHandler : HttpMessageHandler
{
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var uri = request.RequestUri!;
        var client = new TcpClient(uri.Host, uri.Port) { NoDelay = true };
        var stream = client.GetStream();
        stream.Write(Encoding.ASCII.GetBytes($"GET {uri.AbsolutePath} HTTP/1.1\r\nHost: {uri.Authority}\r\n\r\n"));
        var response = new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request };
        ReadLine(stream);
        var length = 0L;
        while (ReadLine(stream) is { Length: > 0 } line)
        {
            var (name, value) = (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim());
            if (name == "Content-Length")
            {
                length = long.Parse(value, CultureInfo.InvariantCulture);
            }
            else
            {
                response.Headers.TryAddWithoutValidation(name, value);
            }
        }

        response.Content = new StreamContent(new Body(stream, length));
        response.Content.Headers.ContentLength = length;
        return response;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(Send(request, cancellationToken));

    private static string ReadLine(NetworkStream stream)
    {
        var line = new StringBuilder();
        while (stream.ReadByte() is var next and not '\n')
        {
            line.Append(next < 0 ? throw new IOException("The origin has left.") : (char)next);
        }

        return line.ToString().TrimEnd('\r');
    }

    /// <summary>So many bytes of a connection, which ends with it.</summary>
    private sealed class Body(NetworkStream inner, long length) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            // A read of nothing would wait for the other end.
            var read = _left == 0 ? 0 : inner.Read(buffer, offset, (int)Math.Min(count, _left));
            _left -= read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing) => inner.Socket.Dispose();
    }
}
