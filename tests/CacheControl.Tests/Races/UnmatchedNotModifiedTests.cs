using System.Net;
using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Races;

/// <summary>A 304 that speaks of nothing that is stored: the caller, who asked no condition, never gets to see it.</summary>
[Trait("Spec", "VLD-2")]
public sealed class UnmatchedNotModifiedTests
{
    private static readonly (string, string)[] StaleWithTag = [("Cache-Control", "max-age=0"), ("ETag", "\"stored\""), ("Last-Modified", CacheFixture.Date(-100))];

    [Fact]
    public async Task NotModified_WithAnotherTag_IsAskedAgainWithoutConditions()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "old", StaleWithTag)
            .Then(304, null, ("ETag", "\"other\""))
            .Then(200, "new", ("Cache-Control", "max-age=60"), ("ETag", "\"new\""));

        await fixture.GetAsync();
        var answer = await fixture.GetAsync();

        answer.Status.Should().Be(200);
        answer.Body.Should().Be("new");
        fixture.Origin.Requests.Should().HaveCount(3);
        fixture.Origin.Requests[1]["If-None-Match"].Should().Be("\"stored\"");
        fixture.Origin.Requests[2]["If-None-Match"].Should().BeNull();
        fixture.Origin.Requests[2]["If-Modified-Since"].Should().BeNull();
        (await fixture.GetAsync()).Body.Should().Be("new", "the answer to the second request took the old one's place");
    }

    [Fact]
    public async Task NotModified_ToTheUnconditionalRequestToo_IsPassedOnAndThereIsNoThird()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "old", StaleWithTag)
            .Then(304, null, ("ETag", "\"other\""))
            .Then(304, null, ("ETag", "\"other\""));

        await fixture.GetAsync();
        (await fixture.GetAsync()).Status.Should().Be(304);
        fixture.Origin.Requests.Should().HaveCount(1 + 2);
    }

    [Fact]
    public async Task NotModified_WithoutAnythingStored_IsPassedOnAtOnce()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(304, null, ("ETag", "\"other\""));

        // The request had no conditions already: sending it again would be sending the same.
        (await fixture.GetAsync()).Status.Should().Be(304);
        fixture.Origin.Requests.Should().HaveCount(1);
    }

    [Fact]
    public async Task NotModified_ToTheCallersOwnCondition_ReachesTheCaller()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "old", StaleWithTag)
            .Then(304, null, ("ETag", "\"callers\""));

        await fixture.GetAsync();
        var answer = await fixture.GetAsync("http://h/", ("If-None-Match", "\"callers\""));

        answer.Status.Should().Be((int)HttpStatusCode.NotModified);
        fixture.Origin.Requests[1]["If-None-Match"].Should().Be("\"stored\", \"callers\"");
    }

    [Fact]
    public async Task NotModified_WhenThePinnedBodyCannotBeRead_WasNeverAskedFor()
    {
        using var memory = new MemoryHttpCacheStore();
        using var faulty = new StoreContract.FaultyStore(memory);
        using var fixture = new CacheFixture(store: faulty);
        fixture.Origin
            .Then(200, "old", StaleWithTag)
            .Then(200, "new", ("Cache-Control", "max-age=60"));

        await fixture.GetAsync();
        faulty.Inject(StoreContract.StoreCall.OpenBody, StoreContract.StoreFault.Throw);
        var answer = await fixture.GetAsync();

        answer.Body.Should().Be("new");
        answer.Cache.Forward.Should().NotBe(ForwardReason.None);
        fixture.Origin.Requests[1]["If-None-Match"].Should().BeNull("what can't be opened is not spoken of");
    }
}
