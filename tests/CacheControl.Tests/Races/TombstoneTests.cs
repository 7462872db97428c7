using HttpCaching.Tests.Control;
using HttpCaching.Tests.Storage;

namespace HttpCaching.Tests.Races;

/// <summary>Invalidations that the store refuses are remembered; two of them that cross each other must both count.</summary>
[Trait("Spec", "SRE-1")]
public sealed class TombstoneTests
{
    [Fact]
    public async Task Invalidation_RefusedWhileAnEarlierOneIsMadeUpFor_IsNotForgotten()
    {
        using var memory = new MemoryHttpCacheStore();
        var store = new RefusingStore(memory);
        using var fixture = new CacheFixture(store: store);
        fixture.Origin
            .Then(200, "old", ("Cache-Control", "max-age=60"))
            .Then(204, null)
            .Then(204, null);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "new", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();
        await fixture.SendAsync(CacheFixture.Request("PUT", "http://h/"));

        // The next read makes up for the first PUT. While it does, a second PUT is refused; the store still has what a third process put there.
        store.Next = async () => await fixture.SendAsync(CacheFixture.Request("PUT", "http://h/"));
        await fixture.GetAsync();
        store.Invalidations.Should().Be(3);
        await fixture.GetAsync();

        store.Invalidations.Should().Be(4, "the second PUT is still to be made up for");
    }

    private sealed class RefusingStore(IHttpCacheStore inner) : PassingStore(inner)
    {
        /// <summary>Runs during the next invalidation, which succeeds; all others that no such thing was planned for fail twice.</summary>
        public Func<Task>? Next { get; set; }

        public int Invalidations { get; private set; }

        public override async ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken)
        {
            Invalidations++;
            if (Next is { } next)
            {
                Next = null;
                await next();
                return;
            }

            if (Invalidations <= 3)
            {
                throw new IOException("refused");
            }

            await base.InvalidateAsync(uri, cancellationToken);
        }
    }
}
