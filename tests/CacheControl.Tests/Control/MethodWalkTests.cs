namespace HttpCaching.Tests.Control;

public sealed class MethodWalkTests
{
    private static readonly (string, string) MaxAge = ("Cache-Control", "max-age=60");

    [Theory]
    [InlineData("MTH-1", "OPTIONS")]
    [InlineData("MTH-1", "TRACE")]
    [InlineData("MTH-1", "POST")]
    [InlineData("MTH-1", "QUERY")]
    [InlineData("MTH-1", "FOO")]
    public async Task Send_OtherMethodTwice_ReachesTheOriginTwice(string spec, string method)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, MaxAge, ("Content-Location", Walks.Uri));

        await fixture.SendAsync(method);
        await fixture.SendAsync(method);

        fixture.Hits().Should().Be(2, spec);
    }

    [Theory]
    [InlineData("MTH-1", "GET")]
    [InlineData("MTH-1", "HEAD")]
    public async Task Send_ReusableMethodTwice_ReachesTheOriginOnce(string spec, string method)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, MaxAge);

        await fixture.SendAsync(method);
        (await fixture.SendAsync(method)).Cache.Hit.Should().BeTrue(spec);

        fixture.Hits().Should().Be(1, spec);
    }

    [Theory]
    [InlineData("MTH-2", "POST")]
    [InlineData("MTH-2", "PUT")]
    [InlineData("MTH-2", "DELETE")]
    [InlineData("MTH-2", "FOO")]
    public async Task Send_UnsafeMethodOnStoredUri_IsAnsweredByTheOrigin(string spec, string method)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "stored", MaxAge).Then(202, "origin");
        await fixture.GetAsync();

        var answer = await fixture.SendAsync(method, fields: ("Cache-Control", "only-if-cached, max-stale"));

        answer.Status.Should().Be(202, spec);
        answer.Body.Should().Be("origin", spec);
        fixture.Origin.Requests[1].Method.Should().Be(method, spec);
    }

    [Theory]
    [InlineData("MTH-3", "M-SEARCH", 2)]
    [InlineData("MTH-3", "PATCH", 2)]
    [InlineData("MTH-3", "PROPFIND", 1)]
    [InlineData("MTH-3", "REPORT", 1)]
    [InlineData("MTH-3", "SEARCH", 1)]
    [InlineData("MTH-3", "OPTIONS", 1)]
    public async Task Send_MethodBetweenTwoGets_InvalidatesIfUnsafe(string spec, string method, int gets)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, MaxAge);

        await fixture.GetAsync();
        await fixture.SendAsync(method);
        await fixture.GetAsync();

        fixture.Origin.Requests.Count(r => r.Method == "GET").Should().Be(gets, spec);
    }

    [Fact]
    [Trait("Spec", "MTH-4")]
    public async Task Get_WithContent_IsNeitherLookedUpNorStored()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, MaxAge);

        await SendFat();
        await SendFat();
        fixture.Hits().Should().Be(2);
        (await fixture.GetAsync()).Cache.Forward.Should().Be(ForwardReason.UriMiss);
        (await SendFat()).Cache.Hit.Should().BeFalse();

        async Task<Seen> SendFat()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Walks.Uri) { Content = new StringContent("x") };
            return await fixture.SendAsync(request);
        }
    }

    [Theory]
    [InlineData("MTH-5", "/relative")]
    [InlineData("MTH-5", "ftp://h/")]
    [InlineData("MTH-5", null)]
    public async Task Send_UriThatIsNotHttp_FailsAsWithoutCache(string spec, string? uri)
    {
        var plain = await Fails(new SocketsHttpHandler());
        var cached = await Fails(new CachingHandler(new HttpCache()) { InnerHandler = new SocketsHttpHandler() });

        cached.GetType().Should().Be(plain.GetType(), spec);
        cached.Message.Should().Be(plain.Message, spec);

        async Task<Exception> Fails(HttpMessageHandler handler)
        {
            using var invoker = new HttpMessageInvoker(handler);
            using var request = new HttpRequestMessage { RequestUri = uri is null ? null : new Uri(uri, UriKind.RelativeOrAbsolute) };
            return (await invoker.Invoking(i => i.SendAsync(request, default)).Should().ThrowAsync<Exception>(spec)).Which;
        }
    }

    [Fact]
    [Trait("Spec", "MTH-5")]
    public async Task Get_WithUpgrade_PassesThrough()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, MaxAge);
        await fixture.GetAsync();

        (await fixture.GetAsync(fields: ("Upgrade", "websocket"))).Cache.Forward.Should().Be(ForwardReason.Bypass);
        fixture.Hits().Should().Be(2);
    }

    [Fact]
    [Trait("Spec", "MTH-6")]
    public async Task Put_FlaggedAsBypass_StillInvalidates()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, MaxAge);
        await fixture.GetAsync();

        await fixture.SendAsync(CacheFixture.Request("PUT", Walks.Uri, ("Cache-Control", "no-store")).WithCache(HttpCacheMode.NoStore));

        (await fixture.GetAsync()).Cache.Hit.Should().BeFalse();
    }

    [Theory]
    [InlineData("KEY-6", "GET", "GET", true)]
    [InlineData("KEY-6", "GET", "HEAD", true)]
    [InlineData("KEY-6", "HEAD", "GET", false)]
    [InlineData("KEY-6", "HEAD", "HEAD", true)]
    public async Task Send_AfterOtherMethod_HitsOnlyWhatCanAnswer(string spec, string stored, string presented, bool hit)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, MaxAge);
        await fixture.SendAsync(stored);

        (await fixture.SendAsync(presented)).Cache.Hit.Should().Be(hit, spec);
    }

    [Fact]
    [Trait("Spec", "KEY-9")]
    public async Task Get_UriThatAnotherResponseClaims_IsForwarded()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, MaxAge, ("Content-Location", "/b"), ("Location", "/b"));
        await fixture.GetAsync("http://h/a");

        (await fixture.GetAsync("http://h/b")).Body.Should().Be("2");
        (await fixture.GetAsync("http://h/a")).Body.Should().Be("1");
    }
}
