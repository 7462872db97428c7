using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// A 304 to a request without any condition failed the request, and one without validators to the caller's and our tags together confirmed what is stored.
/// </summary>
public sealed class NotModifiedOutOfPlace
{
    [Theory]
    [InlineData("GET", false)]
    [InlineData("GET", true)]
    [InlineData("HEAD", false)]
    [Trait("Spec", "VLD-2")]
    public async Task Send_304ToARequestWithoutCondition_PassesItOnUnstored(string method, bool isBlocking)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(304, null, ("X-From", "origin"), ("Cache-Control", "max-age=60"))
            .Then(304, null, ("X-From", "origin"))
            .Then(200, "one");

        for (var i = 0; i < 2; i++)
        {
            using var request = CacheFixture.Request(method, "http://h/");
            using var response = isBlocking ? fixture.Client.Send(request) : await fixture.Client.SendAsync(request);
            ((int)response.StatusCode, response.Headers.GetValues("X-From").Single()).Should().Be((304, "origin"));
            response.GetCacheStatus()!.Stored.Should().BeFalse();
        }

        (await fixture.GetAsync()).Body.Should().Be("one");
        fixture.Origin.Requests.Should().HaveCount(3).And.OnlyContain(r => r["If-None-Match"] == null);
        fixture.Log.Messages.Where(m => m.Contains("304", StringComparison.Ordinal)).Should().ContainSingle("one warning is enough");
    }

    [Fact]
    [Trait("Spec", "VLD-2")]
    public async Task Get_304ThatFitsNothingTwice_ResendsOnceAndPassesTheSecondOn()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "one", ("Cache-Control", "max-age=0"), ("ETag", "\"a\""))
            .Then(304, null, ("ETag", "\"b\""))
            .Then(304, null, ("ETag", "\"b\""));
        await fixture.GetAsync();

        var seen = await fixture.GetAsync();

        (seen.Status, seen["ETag"]).Should().Be((304, "\"b\""));
        fixture.Origin.Requests.Select(r => r["If-None-Match"]).Should().Equal(null, "\"a\"", null);
    }

    [Fact]
    [Trait("Spec", "VLD-14")]
    public async Task Get_304WithoutValidatorsToOursAndTheCallersTags_LeavesOursStale()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "one", ("Cache-Control", "max-age=0"), ("ETag", "\"v1\""));
        fixture.Origin.Otherwise = request => request.Headers.IfNoneMatch.Any(t => t.Tag == "\"v2\"")
            ? ScriptedOrigin.Response(304, null, ("Cache-Control", "max-age=60"))
            : ScriptedOrigin.Response(200, "two", ("Cache-Control", "max-age=60"), ("ETag", "\"v2\""));
        await fixture.GetAsync();

        (await fixture.GetAsync("http://h/", ("If-None-Match", "\"v2\""))).Status.Should().Be(304);
        (await fixture.GetAsync()).Body.Should().Be("two");
    }

    [Fact]
    [Trait("Spec", "VLD-14")]
    public async Task Get_304WithoutValidatorsThatMeantOurs_DoesNotTellTheCallerThatItsOwnIsGood()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = request => request.Headers.IfNoneMatch.Any(t => t.Tag == "\"v1\"")
            ? ScriptedOrigin.Response(304, null, ("Cache-Control", "max-age=60"))
            : ScriptedOrigin.Response(200, "one", ("Cache-Control", "max-age=0"), ("ETag", "\"v1\""));
        await fixture.GetAsync();

        var seen = await fixture.GetAsync("http://h/", ("If-None-Match", "\"v2\""));

        (seen.Status, seen.Body).Should().Be((200, "one"));
        fixture.Origin.Requests[^1]["If-None-Match"].Should().Be("\"v2\"");
    }

    [Fact]
    [Trait("Spec", "VLD-14")]
    public async Task Get_304WithoutValidatorsToTagsThatAreAllOurs_ConfirmsThem()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "one", ("Cache-Control", "max-age=0"), ("ETag", "\"v1\""))
            .Then(304, null, ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();

        (await fixture.GetAsync("http://h/", ("If-None-Match", "\"v1\""))).Status.Should().Be(304);
        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue();
    }
}
