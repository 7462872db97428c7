using System.Globalization;
using System.Net;
using HttpCaching.StoreContract;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Interleavings;

/// <summary>
/// An origin with one resource. A request waits before it is handled, and its response before it is delivered, and so does each piece of the body. Every response
/// says which version of the resource it carries and which of all exchanges brought it.
/// </summary>
internal sealed class SteeredOrigin(Gates gates, FakeTimeProvider time, string cacheControl) : HttpMessageHandler
{
    public const int PieceBytes = 24;

    private readonly List<Pieces> _bodies = [];
    private readonly Dictionary<int, int> _puts = [];

    /// <summary>The version of the resource now.</summary>
    public int Version { get; set; } = 1;

    /// <summary>The number of exchanges handled so far.</summary>
    public int Serial { get; private set; }

    /// <summary>How many requests have come.</summary>
    public int Requests { get; private set; }

    /// <summary>Makes the next request fail.</summary>
    public Func<HttpResponseMessage>? FailsNext { get; set; }

    /// <summary>How many requests were made to fail.</summary>
    public int Failures { get; private set; }

    /// <summary>How many response bodies were neither read to their end nor disposed: connections that nobody gives back.</summary>
    public int LostConnections => _bodies.Count(b => !b.IsDisposed && !b.IsAtEnd);

    /// <summary>How often a response body was disposed, or read once more, while a read of it was under way: on a real connection somebody gets another's bytes.</summary>
    public int Collisions => _bodies.Sum(b => b.Collisions);

    /// <summary>Takes a request back that was not the cache's.</summary>
    public void Uncount() => Requests--;

    /// <summary>The version that the PUT of a lane has made.</summary>
    public int VersionPutBy(int lane) => _puts[lane];

    /// <summary>The number of body bytes of a version: every version has its own.</summary>
    public static int LengthOf(int version) => 30 + version;

    /// <summary>The tag of a version.</summary>
    public static string TagOf(int version) => "\"" + version.ToString(CultureInfo.InvariantCulture) + "\"";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests++;
        await gates.PassAsync("handle", cancellationToken);
        var response = Handle(request);
        try
        {
            await gates.PassAsync("deliver", cancellationToken);
        }
        catch (OperationCanceledException)
        {
            response.Dispose();
            throw;
        }

        response.RequestMessage = request;
        if ((int)response.StatusCode == 599)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The origin can't be reached.");
        }

        return response;
    }

    private HttpResponseMessage Handle(HttpRequestMessage request)
    {
        if (FailsNext is { } fail)
        {
            FailsNext = null;
            Failures++;
            return fail();
        }

        Serial++;
        if (request.Method == HttpMethod.Put)
        {
            _puts[gates.Lane] = ++Version;
            return new HttpResponseMessage(HttpStatusCode.NoContent);
        }

        var response = new HttpResponseMessage(HttpStatusCode.OK);
        var tag = TagOf(Version);
        response.Headers.TryAddWithoutValidation("ETag", tag);
        response.Headers.TryAddWithoutValidation("Cache-Control", cacheControl);
        response.Headers.TryAddWithoutValidation("Date", time.GetUtcNow().ToString("r"));
        response.Headers.TryAddWithoutValidation("X-Version", Version.ToString(CultureInfo.InvariantCulture));
        response.Headers.TryAddWithoutValidation("X-Serial", Serial.ToString(CultureInfo.InvariantCulture));
        if (request.Headers.NonValidated.TryGetValues("If-None-Match", out var known) && known.Any(line => line.Split(',').Any(t => t.Trim() == tag)))
        {
            response.StatusCode = HttpStatusCode.NotModified;
            return response;
        }

        var (first, last) = (0, LengthOf(Version) - 1);
        if (request.Headers.Range?.Ranges.SingleOrDefault() is { } range
            && (!request.Headers.NonValidated.TryGetValues("If-Range", out var wanted) || wanted.ToString() == tag))
        {
            response.StatusCode = HttpStatusCode.PartialContent;
            (first, last) = ((int)range.From!, Math.Min(last, (int)(range.To ?? last)));
        }

        var bytes = SelfDescribingBody.Create(Version, LengthOf(Version))[first..(last + 1)];
        var pieces = new Pieces(request.Method == HttpMethod.Head ? [] : bytes, gates);
        _bodies.Add(pieces);
        response.Content = new StreamContent(pieces);
        response.Content.Headers.ContentLength = bytes.Length;
        if (response.StatusCode == HttpStatusCode.PartialContent)
        {
            response.Content.Headers.TryAddWithoutValidation("Content-Range", $"bytes {first}-{last}/{LengthOf(Version)}");
        }

        return response;
    }

    private sealed class Pieces(byte[] bytes, Gates gates) : Stream
    {
        private int _position;
        private bool _isReading;

        public bool IsDisposed { get; private set; }

        public int Collisions { get; private set; }

        public bool IsAtEnd => _position == bytes.Length;

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
            if (IsAtEnd)
            {
                return 0;
            }

            Collisions += _isReading ? 1 : 0;
            _isReading = true;
            try
            {
                await gates.PassAsync("piece", cancellationToken);
            }
            finally
            {
                _isReading = false;
            }

            if (IsDisposed)
            {
                throw new IOException("The connection was closed.");
            }

            var count = Math.Min(Math.Min(PieceBytes, buffer.Length), bytes.Length - _position);
            bytes.AsMemory(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Nothing blocks here.");

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            Collisions += _isReading ? 1 : 0;
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
