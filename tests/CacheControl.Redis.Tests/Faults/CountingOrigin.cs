using System.Net;

namespace HttpCaching.Redis.Tests.Faults;

/// <summary>Answers every request with a body of a size, fresh for an hour, and counts.</summary>
internal sealed class CountingOrigin(int bodyBytes) : HttpMessageHandler
{
    private int _requests;

    public int Requests => Volatile.Read(ref _requests);

    public byte[] Body { get; } = MakeBody(bodyBytes);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _requests);
        var response = new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request, Content = new ByteArrayContent(Body) };
        response.Headers.Date = DateTimeOffset.UtcNow;
        response.Headers.TryAddWithoutValidation("Cache-Control", "max-age=3600");
        response.Headers.TryAddWithoutValidation("Vary", "Accept");
        return Task.FromResult(response);
    }

    private static byte[] MakeBody(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
