using HttpCaching.StoreContract;
using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Races;

/// <summary>What the cache makes up for when its store has failed. That no fault of a store reaches the caller is in the contract of every store.</summary>
public sealed class StoreFaultTests
{
    [Fact]
    [Trait("Spec", "SRE-1")]
    public async Task Invalidation_ThatTheStoreRefused_IsMadeUpForBeforeTheNextUse()
    {
        using var memory = new MemoryHttpCacheStore();
        using var faulty = new FaultyStore(memory).Inject(StoreCall.Invalidate, StoreFault.Throw);
        using var fixture = new CacheFixture(store: faulty);
        fixture.Origin
            .Then(200, "old", ("Cache-Control", "max-age=60"))
            .Then(204, null)
            .Then(200, "new", ("Cache-Control", "max-age=60"))
            .Then(200, "newer", ("Cache-Control", "max-age=60"));

        await fixture.GetAsync();
        await fixture.SendAsync(CacheFixture.Request("PUT", "http://h/"));
        (await fixture.GetAsync()).Body.Should().Be("new", "the store still has the old one, which must not be used");
        faulty.Heal(StoreCall.Invalidate);
        (await fixture.GetAsync()).Body.Should().Be("newer");
        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue("the invalidation has been made up for");
    }
}
