using System.Net;
using System.Net.Http.Headers;

namespace HttpCaching.Tests.Storage.InMemory;

/// <summary>Whatever a caller does with a response, the cache gives back what it has borrowed for it, and takes nothing from one who still reads.</summary>
public sealed class PooledHitTests : IDisposable
{
    private const int Segments = 30;
    private const int Length = Segments * PoisoningPool.Segment;
    private const string Url = "https://example.org/large";

    private readonly PoisoningPool _pool = new();
    private readonly MemoryHttpCacheStore _store;
    private readonly HttpMessageInvoker _client;

    public PooledHitTests()
    {
        _store = new MemoryHttpCacheStore(new() { MaximumBytes = 1 << 20, MaximumEntryBytes = 1 << 18 }, _pool);
        _client = new HttpMessageInvoker(new CachingHandler(_store) { InnerHandler = new Origin() });
    }

    public void Dispose()
    {
        _client.Dispose();
        _store.Dispose();
    }

    [Theory]
    [InlineData("read to its end, and never disposed")]
    [InlineData("disposed unread")]
    [InlineData("disposed half read")]
    [InlineData("copied")]
    [InlineData("copied into a stream that fails")]
    [InlineData("a part of it")]
    [InlineData("not modified")]
    [InlineData("HEAD")]
    [InlineData("validated")]
    [InlineData("synchronous")]
    public async Task Hit_Over_GivesEverythingBack(string use)
    {
        await StoreAsync();

        await UseAsync(use);

        _pool.Returned.Should().Be(0, "the store holds the body");
        await _store.InvalidateAsync(Url, default);
        _pool.Returned.Should().Be(Segments, "nobody else does");
    }

    [Fact]
    public async Task Hit_ClearedWhileRead_GivesTheBytesThatItBeganWith()
    {
        await StoreAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, Url);
        using var response = await _client.SendAsync(request, default);
        await using var stream = await response.Content.ReadAsStreamAsync();
        var bytes = new byte[Length];
        await stream.ReadExactlyAsync(bytes.AsMemory(0, 5000));

        await _store.ClearAsync(default);
        await StoreAsync("https://example.org/other");
        await stream.ReadExactlyAsync(bytes.AsMemory(5000));

        bytes.Should().Equal(Origin.Body);
        _pool.Returned.Should().Be(Segments);
    }

    [Fact]
    public async Task Copy_ClearedWhileTheDestinationWrites_GivesTheBytesThatItBeganWith()
    {
        await StoreAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, Url);
        using var response = await _client.SendAsync(request, default);
        using var destination = new GatedStream();
        var copying = response.Content.CopyToAsync(destination);
        await destination.Entered.WaitAsync(TimeSpan.FromSeconds(30));

        await _store.ClearAsync(default);
        response.Dispose();
        _pool.Returned.Should().Be(0, "the destination still reads the segment");
        destination.MayGoOn.SetResult();
        await copying.WaitAsync(TimeSpan.FromSeconds(30));

        destination.Written.ToArray().Should().Equal(Origin.Body);
        _pool.Returned.Should().Be(Segments);
    }

    private async Task StoreAsync(string url = Url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using var response = await _client.SendAsync(request, default);
        (await response.Content.ReadAsByteArrayAsync()).Should().Equal(Origin.Body);
        using var snapshot = await _store.ReadAsync(new CacheKey(url, null), default);
        snapshot.Responses.Should().ContainSingle();
    }

    private async Task UseAsync(string use)
    {
        using var request = new HttpRequestMessage(use == "HEAD" ? HttpMethod.Head : HttpMethod.Get, Url);
        if (use == "a part of it")
        {
            request.Headers.Range = new RangeHeaderValue(3000, 7000);
        }
        else if (use == "not modified")
        {
            request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"e\""));
        }
        else if (use == "validated")
        {
            request.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
        }

        var response = use == "synchronous" ? _client.Send(request, default) : await _client.SendAsync(request, default);
        response.GetCacheStatus()!.Hit.Should().Be(use != "validated");
        switch (use)
        {
            case "read to its end, and never disposed":
                var stream = await response.Content.ReadAsStreamAsync();
                await stream.ReadExactlyAsync(new byte[Length]);
                break;
            case "disposed half read":
                (await (await response.Content.ReadAsStreamAsync()).ReadAsync(new byte[100])).Should().Be(100);
                response.Dispose();
                break;
            case "copied into a stream that fails":
                var act = () => response.Content.CopyToAsync(new MemoryStream(new byte[10]));
                await act.Should().ThrowAsync<Exception>();
                break;
            case "copied" or "a part of it" or "validated":
                (await response.Content.ReadAsByteArrayAsync()).Should().HaveCount(use == "a part of it" ? 4001 : Length);
                break;
            case "synchronous":
                response.Content.CopyTo(Stream.Null, null, default);
                break;
            default:
                response.Dispose();
                break;
        }
    }

    private sealed class Origin : HttpMessageHandler
    {
        public static byte[] Body { get; } = [.. Enumerable.Range(0, Length).Select(i => (byte)(i * 7))];

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Headers.IfNoneMatch.Count > 0)
            {
                return new HttpResponseMessage(HttpStatusCode.NotModified) { Headers = { { "ETag", "\"e\"" }, { "Cache-Control", "max-age=3600" } } };
            }

            var response = new HttpResponseMessage { RequestMessage = request, Content = new ByteArrayContent(Body) };
            response.Headers.TryAddWithoutValidation("Cache-Control", "max-age=3600");
            response.Headers.TryAddWithoutValidation("ETag", "\"e\"");
            response.Content.Headers.ContentLength = Length;
            return response;
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(Send(request, cancellationToken));
    }

    /// <summary>A destination whose first write waits, and copies only then.</summary>
    private sealed class GatedStream : MemoryStream
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Entered => _entered.Task;

        public TaskCompletionSource MayGoOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public MemoryStream Written { get; } = new();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _entered.TrySetResult();
            await MayGoOn.Task;
            Written.Write(buffer.Span);
        }

        protected override void Dispose(bool disposing)
        {
            Written.Dispose();
            base.Dispose(disposing);
        }
    }
}
