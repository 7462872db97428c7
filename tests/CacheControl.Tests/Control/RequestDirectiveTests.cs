namespace HttpCaching.Tests.Control;

/// <summary>What a request's Cache-Control asks of the cache (RFC 9111 §5.2.1).</summary>
public sealed class RequestDirectiveTests
{
    /// <summary>One response with max-age=60 and a tag is stored; this much later the request comes.</summary>
    [Theory]
    [InlineData("REQ-1", 10, "max-age=10", "hit")]
    [InlineData("REQ-1", 11, "max-age=10", "validated")]
    [InlineData("REQ-1", 0, "max-age=0", "validated")]
    [InlineData("REQ-1", 59, "max-age=3600", "hit")]
    [InlineData("REQ-1", 60, "max-age=3600", "validated")]
    [InlineData("REQ-2", 70, "max-stale=10", "hit")]
    [InlineData("REQ-2", 71, "max-stale=10", "validated")]
    [InlineData("REQ-2", 100_000, "max-stale", "hit")]
    [InlineData("REQ-2", 70, "max-stale=x", "validated")]
    [InlineData("REQ-2", 70, "max-stale=-1", "validated")]
    [InlineData("REQ-3", 50, "min-fresh=10", "hit")]
    [InlineData("REQ-3", 51, "min-fresh=10", "validated")]
    [InlineData("REQ-3", 61, "min-fresh=1, max-stale=100", "validated")]
    [InlineData("REQ-4", 1, "no-cache", "validated")]
    [InlineData("REQ-4", 1, "NO-CACHE", "validated")]
    [InlineData("REQ-6", 59, "only-if-cached", "hit")]
    [InlineData("REQ-6", 60, "only-if-cached", "504")]
    [InlineData("REQ-6", 60, "only-if-cached, max-stale=5", "hit")]
    [InlineData("REQ-7", 1, "nothing-to-see-here", "hit")]
    public async Task Get_RequestDirective_DecidesOfTheStoredResponse(string id, int seconds, string directives, string expected)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "stored", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""))
            .Then(304, null, ("ETag", "\"a\""));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(seconds));

        var seen = await fixture.GetAsync("http://h/", ("Cache-Control", directives));

        var outcome = seen.Status == 504 ? "504" : seen.Cache.Hit ? "hit" : seen.Cache.Reason == CacheReason.Validated ? "validated" : "other";
        outcome.Should().Be(expected, id);
        fixture.Origin.Requests.Should().HaveCount(expected == "validated" ? 2 : 1);
        seen.Body.Should().Be(expected == "504" ? "" : "stored");
    }

    [Theory]
    [InlineData("REQ-2", "max-age=60, must-revalidate")]
    [InlineData("REQ-2", "max-age=60, no-cache")]
    public async Task Get_MaxStaleAgainstWhatForbidsStale_Validates(string id, string stored)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "stored", ("Cache-Control", stored), ("ETag", "\"a\"")).Then(304, null);
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(61));

        await fixture.GetAsync("http://h/", ("Cache-Control", "max-stale=1000"));

        fixture.Origin.Requests.Should().HaveCount(2, id);
    }

    [Fact]
    [Trait("Spec", "REQ-4")]
    public async Task Get_RequestNoCache_SendsValidatorsAndFreshens()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "stored", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""))
            .Then(304, null, ("ETag", "\"a\""), ("Cache-Control", "max-age=100"));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(50));

        var validated = await fixture.GetAsync("http://h/", ("Cache-Control", "no-cache"));
        fixture.Time.Advance(TimeSpan.FromSeconds(99));
        var hit = await fixture.GetAsync();

        fixture.Origin.Requests[1]["If-None-Match"].Should().Be("\"a\"");
        validated.Body.Should().Be("stored");
        hit.Cache.Hit.Should().BeTrue();
        hit["Cache-Control"].Should().Be("max-age=100");
    }

    [Fact]
    [Trait("Spec", "REQ-5")]
    public async Task Get_RequestNoStore_IsForwardedAndLeavesWhatIsStored()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "stored", ("Cache-Control", "max-age=60"))
            .Then(200, "private matter", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();

        var bypass = await fixture.GetAsync("http://h/", ("Cache-Control", "no-store"));
        var after = await fixture.GetAsync();

        bypass.Body.Should().Be("private matter");
        bypass.Cache.Should().BeEquivalentTo(new { Hit = false, Forward = ForwardReason.Bypass, Stored = false, Reason = CacheReason.RequestNoStore });
        after.Body.Should().Be("stored");
        after.Cache.Hit.Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "REQ-6")]
    [Trait("Spec", "HTC-20")]
    public async Task Get_OnlyIfCachedMiss_Gives504ThatIsNotKept()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "fetched", ("Cache-Control", "max-age=60"));
        using var request = CacheFixture.Request("GET", "http://h/", ("Cache-Control", "only-if-cached"));

        using var response = await fixture.Client.SendAsync(request);

        response.StatusCode.Should().Be(System.Net.HttpStatusCode.GatewayTimeout);
        response.RequestMessage.Should().BeSameAs(request);
        response.Content.Should().NotBeNull();
        (await response.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
        response.Headers.Date.Should().Be(CacheFixture.Start);
        response.Headers.CacheControl!.NoStore.Should().BeTrue();
        response.Invoking(r => r.EnsureSuccessStatusCode()).Should().Throw<HttpRequestException>();
        fixture.Origin.Requests.Should().BeEmpty();
        (await fixture.GetAsync()).Body.Should().Be("fetched");
    }

    [Fact]
    [Trait("Spec", "REQ-6")]
    public async Task Get_OnlyIfCachedWithinStaleWhileRevalidate_DoesNotGoUpstream()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "stored", ("Cache-Control", "max-age=60, stale-while-revalidate=100"));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(61));

        var seen = await fixture.GetAsync("http://h/", ("Cache-Control", "only-if-cached"));
        await fixture.Cache.Controller.Background.WhenIdleAsync();

        seen.Status.Should().Be(504);
        fixture.Origin.Requests.Should().HaveCount(1);
    }

    [Theory]
    [InlineData("REQ-7", "max-age=60, unknown=\"a, b\"", "max-age=60")]
    [InlineData("REQ-7", "public, max-age=60", "no-store")]
    public async Task Get_RequestCacheControl_ReachesTheOriginAndGivesNoPermission(string id, string request, string response)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", response));

        await fixture.GetAsync("http://h/", ("Cache-Control", request));
        await fixture.GetAsync("http://h/");

        fixture.Origin.Requests[0]["Cache-Control"].Should().Be(request, id);
        fixture.Origin.Requests.Should().HaveCount(response == "no-store" ? 2 : 1);
    }

    [Fact]
    [Trait("Spec", "REQ-7")]
    public async Task Get_RequestDirectives_DoNotMakeAnUnstorableResponseStorable()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(302, "", ("Location", "/b"));

        await fixture.GetAsync("http://h/", ("Cache-Control", "max-age=1000, public"));
        await fixture.GetAsync("http://h/", ("Cache-Control", "max-stale"));

        fixture.Origin.Requests.Should().HaveCount(2);
    }

    [Fact]
    [Trait("Spec", "REQ-8")]
    public async Task Get_NoTransform_GivesTheVeryBytes()
    {
        var bytes = Http.Make.Bytes(5000);
        using var fixture = new CacheFixture();
        fixture.Origin.Then(_ =>
        {
            var response = ScriptedOrigin.Response(200, null, ("Cache-Control", "max-age=60, no-transform"));
            response.Content = new ByteArrayContent(bytes);
            response.Content.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");
            return response;
        });
        await (await fixture.Client.GetAsync("http://h/")).Content.ReadAsByteArrayAsync();

        using var hit = await fixture.Client.GetAsync("http://h/");

        (await hit.Content.ReadAsByteArrayAsync()).Should().Equal(bytes);
        hit.Content.Headers.ContentEncoding.Should().Equal("gzip");
        fixture.Origin.Requests.Should().HaveCount(1);
    }
}
