using HttpCaching.StoreContract;
using HttpCaching.Tests.Control;
using HttpCaching.Tests.Http;

namespace HttpCaching.Tests.Issues;

/// <summary>Others fail requests when the store does, cut bodies above a limit, send twice when the origin fails, or read all before they answer.</summary>
public sealed class FaultsThatReachTheCaller
{
    [Theory]
    [InlineData(StoreCall.Read)]
    [InlineData(StoreCall.BeginWrite)]
    [InlineData(StoreCall.Invalidate)]
    public async Task Send_StoreThrows_RequestSucceeds(StoreCall call)
    {
        using var store = new FaultyStore(new MemoryHttpCacheStore());
        store.Inject(call, StoreFault.Throw);
        using var fixture = new CacheFixture(store: store);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));

        foreach (var method in new[] { "GET", "GET", "PUT", "GET" })
        {
            (await fixture.SendAsync(CacheFixture.Request(method, "http://h/"))).Body.Should().Be("x");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Get_BodyAboveTheLimitOfTheStore_ArrivesWhole(bool lengthIsKnown)
    {
        var bytes = Make.Bytes(300_000);
        using var store = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = 100_000 });
        using var fixture = new CacheFixture(store: store);
        fixture.Origin.Otherwise = _ =>
        {
            var response = ScriptedOrigin.Response(200, null, ("Cache-Control", "max-age=60"));
            response.Content = lengthIsKnown ? new ByteArrayContent(bytes) : new ScriptedContent(bytes[..100_000], bytes[100_000..250_000], bytes[250_000..]);
            return response;
        };

        for (var i = 0; i < 2; i++)
        {
            (await fixture.Client.GetByteArrayAsync("http://h/")).Should().Equal(bytes);
        }

        fixture.Origin.Requests.Should().HaveCount(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Get_OriginFails_IsAskedOnce(bool wasStored)
    {
        using var fixture = new CacheFixture();
        if (wasStored)
        {
            fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=1"), ("ETag", "\"a\""));
            await fixture.GetAsync();
            fixture.Time.Advance(TimeSpan.FromSeconds(2));
        }

        var before = fixture.Origin.Requests.Count;
        fixture.Origin.ThenFails();

        await fixture.Invoking(f => f.GetAsync()).Should().ThrowAsync<HttpRequestException>();

        fixture.Origin.Requests.Should().HaveCount(before + 1);
    }

    [Fact]
    public async Task Get_LargeBodyOfUnknownLength_IsNotReadBeforeTheAnswer()
    {
        var read = 0;
        using var fixture = new CacheFixture();
        fixture.Origin.Then(_ =>
        {
            var response = ScriptedOrigin.Response(200, null, ("Cache-Control", "max-age=60"));
            response.Content = new StreamContent(new Counting(20_000_000, n => read += n));
            return response;
        });

        using var response = await fixture.Client.GetAsync("http://h/", HttpCompletionOption.ResponseHeadersRead);

        read.Should().Be(0);
        using var stream = await response.Content.ReadAsStreamAsync();
        await stream.ReadExactlyAsync(new byte[1000]);
        read.Should().BeLessThan(200_000);
    }

    [Fact]
    public async Task Get_AfterAMissThatWasNotAllowedOut_IsStored()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "private", ("Cache-Control", "no-store")).Then(200, "x", ("Cache-Control", "max-age=60"));

        (await fixture.SendAsync(CacheFixture.Request("GET", "http://h/").WithCache(HttpCacheMode.OnlyIfCached))).Status.Should().Be(504);
        (await fixture.GetAsync()).Body.Should().Be("private");
        (await fixture.GetAsync()).Body.Should().Be("x");
        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue();
    }

    /// <summary>A stream without a length that counts what is read of it.</summary>
    private sealed class Counting(int length, Action<int> onRead) : Stream
    {
        private int _left = length;

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
            var taken = Math.Min(count, _left);
            _left -= taken;
            onRead(taken);
            return taken;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
