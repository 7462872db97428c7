using System.Net;
using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Predecessor;

/// <summary>What is stored, and when.</summary>
public sealed class StoringTests
{
    [Theory]
    [InlineData(200, true)]
    [InlineData(203, true)]
    [InlineData(300, true)]
    [InlineData(301, true)]
    [InlineData(308, true)]
    [InlineData(404, true)]
    [InlineData(410, true)]
    [InlineData(429, false)]
    [Trait("Predecessor", "K33")]
    public async Task Response_WithExplicitFreshness_IsStoredByItsStatus(int status, bool isStored)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(status, "x", ("Cache-Control", "max-age=60"));

        await fixture.GetAsync();

        (await fixture.GetAsync()).Cache.Hit.Should().Be(isStored);
    }

    [Fact]
    [Trait("Predecessor", "K33")]
    public async Task StatusFilter_NarrowsWhatIsStored()
    {
        using var fixture = new CacheFixture(options => options.Store.StatusFilter = status => status == 200);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(404, "x", ("Cache-Control", "max-age=60"));

        await fixture.GetAsync();

        (await fixture.GetAsync()).Cache.Hit.Should().BeFalse();
    }

    [Fact]
    [Trait("Predecessor", "K34")]
    public async Task Response_ShorterThanItsContentLength_IsNotStored()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "short", ("Cache-Control", "max-age=60"), ("Content-Length", "50"));

        for (var i = 0; i < 2; i++)
        {
            using var response = await fixture.Client.GetAsync("http://h/", HttpCompletionOption.ResponseHeadersRead);
            var reading = async () => await response.Content.ReadAsStringAsync();
            try
            {
                await reading();
            }
            catch (Exception exception) when (exception is IOException or HttpRequestException)
            {
                // Whether a short body is an error is the transport's to say; that it is not stored is the cache's.
            }
        }

        fixture.Origin.Requests.Should().HaveCount(2);
    }

    [Fact]
    [Trait("Predecessor", "K35")]
    public async Task Response_NoStore_RemovesWhatWasStored()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "old", ("Cache-Control", "max-age=60"))
            .Then(200, "secret", ("Cache-Control", "no-store"))
            .Then(200, "new", ("Cache-Control", "max-age=60"));

        await fixture.GetAsync();
        await fixture.GetAsync("http://h/", ("Cache-Control", "no-cache"));

        (await fixture.GetAsync()).Body.Should().Be("new");
    }

    [Fact]
    [Trait("Predecessor", "K35")]
    public async Task Request_NoStore_IsNotAnsweredFromTheCacheNorStored()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));

        await fixture.GetAsync("http://h/", ("Cache-Control", "no-store"));
        var second = await fixture.GetAsync("http://h/", ("Cache-Control", "no-store"));

        second.Cache.Should().Match<CacheStatus>(status => !status.Hit && !status.Stored);
    }

    [Fact]
    [Trait("Predecessor", "K37")]
    public async Task Response_WithETagAlone_IsStoredAndValidated()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "x", ("ETag", "\"a\"")).Then(304, null, ("ETag", "\"a\""));

        await fixture.GetAsync();
        var answer = await fixture.GetAsync();

        answer.Body.Should().Be("x");
        fixture.Origin.Requests[1]["If-None-Match"].Should().Be("\"a\"");
    }

    [Fact]
    [Trait("Predecessor", "K42")]
    public async Task Response_NotReadToItsEnd_IsNotStored()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, new string('x', 100_000), ("Cache-Control", "max-age=60"));

        using (var response = await fixture.Client.GetAsync("http://h/", HttpCompletionOption.ResponseHeadersRead))
        {
            var stream = await response.Content.ReadAsStreamAsync();
            await stream.ReadAtLeastAsync(new byte[10], 10);
        }

        (await fixture.GetAsync()).Cache.Hit.Should().BeFalse();
    }

    [Fact]
    [Trait("Predecessor", "K44")]
    public async Task Response_OfUnknownLength_IsStoredWithoutTransferEncoding()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(_ =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new Unseekable("chunk by chunk"u8.ToArray())) };
            response.Headers.TryAddWithoutValidation("Cache-Control", "max-age=60");
            response.Headers.TransferEncodingChunked = true;
            return response;
        });

        await fixture.GetAsync();
        var hit = await fixture.GetAsync();

        hit.Cache.Hit.Should().BeTrue();
        hit.Body.Should().Be("chunk by chunk");
        hit["Transfer-Encoding"].Should().BeNull();
    }

    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
