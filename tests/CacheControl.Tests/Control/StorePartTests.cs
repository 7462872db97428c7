using System.Diagnostics;

namespace HttpCaching.Tests.Control;

/// <summary>A store of which one part can't be reached.</summary>
public sealed class StorePartTests
{
    [Fact]
    [Trait("Spec", "SRE-2")]
    public async Task Get_OnePartAway_TheRestIsHitAtOnceAndTheFaultsAreCounted()
    {
        var store = new PartedStore();
        using var fixture = new CacheFixture(store: store);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync("http://h/well");
        await fixture.GetAsync("http://h/away");
        store.IsAway = true;

        for (var i = 0; i < 20; i++)
        {
            (await fixture.GetAsync("http://h/away")).Cache.Hit.Should().BeFalse();
        }

        (await fixture.GetAsync("http://h/well")).Cache.Hit.Should().BeTrue();
        store.Refused.Should().BeGreaterThanOrEqualTo(20, "the part is asked on: it is for the store to say when it is back");
        store.IsAway = false;
        (await fixture.GetAsync("http://h/away")).Cache.Hit.Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "INV-6")]
    public async Task Get_AfterAnInvalidationInThePartThatWasAway_IsForwarded()
    {
        var store = new PartedStore();
        using var fixture = new CacheFixture(store: store);
        fixture.Origin.Otherwise = r => ScriptedOrigin.Response(200, r.Method.Method, ("Cache-Control", "max-age=60"));
        await fixture.GetAsync("http://h/away");
        store.IsAway = true;
        await fixture.SendAsync(CacheFixture.Request("PUT", "http://h/away"));
        store.IsAway = false;

        (await fixture.GetAsync("http://h/away")).Cache.Hit.Should().BeFalse();
        (await fixture.GetAsync("http://h/away")).Cache.Hit.Should().BeTrue();
    }

    [Fact]
    public async Task Get_WideRemovalIsOwedWhilePartAway_IsTriedOnceASecond()
    {
        var store = new PartedStore();
        using var fixture = new CacheFixture(o => o.Kind = CacheKind.Shared, store);
        fixture.Origin.Otherwise = r => r.Method == HttpMethod.Put
            ? ScriptedOrigin.Response(200, "x", ("Cache-Group-Invalidation", "\"g\""))
            : ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("Cache-Groups", "\"g\""));
        await fixture.GetAsync("http://h/well");
        store.IsAway = true;
        await fixture.SendAsync(CacheFixture.Request("PUT", "http://h/well"));
        var attempts = store.WideAttempts;
        attempts.Should().BeGreaterThan(0);

        for (var i = 0; i < 10; i++)
        {
            (await fixture.GetAsync("http://h/well")).Cache.Hit.Should().BeFalse("what is owed may concern it");
        }

        store.WideAttempts.Should().Be(attempts);
        fixture.Time.Advance(TimeSpan.FromSeconds(1));

        // The next read and the retries in the background wake together: one of the two makes the attempt, and the other does not wait for it.
        for (var start = Stopwatch.StartNew(); store.WideAttempts == attempts && start.Elapsed < TimeSpan.FromSeconds(60);)
        {
            await fixture.GetAsync("http://h/well");
        }

        for (var i = 0; i < 10; i++)
        {
            await fixture.GetAsync("http://h/well");
        }

        store.WideAttempts.Should().Be(attempts + 1);

        store.IsAway = false;
        fixture.Time.Advance(TimeSpan.FromSeconds(1));

        // The trial in the background may be under way just now: what comes meanwhile is not stored.
        var isHit = false;
        for (var start = Stopwatch.StartNew(); !isHit && start.Elapsed < TimeSpan.FromSeconds(60);)
        {
            isHit = (await fixture.GetAsync("http://h/well")).Cache.Hit;
        }

        isHit.Should().BeTrue();
    }

    /// <summary>A store in memory whose keys that end in "away" are in a part of their own.</summary>
    private sealed class PartedStore : IHttpCacheStore, IHttpCacheStoreMaintenance
    {
        private readonly MemoryHttpCacheStore _inner = new();

        public bool IsAway { get; set; }

        public int Refused { get; private set; }

        public int WideAttempts { get; private set; }

        public ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken)
        {
            Demand(key.Uri);
            return _inner.ReadAsync(key, cancellationToken);
        }

        public ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken)
        {
            Demand(key.Uri);
            return _inner.BeginWriteAsync(key, expectedLength, cancellationToken);
        }

        public ValueTask<bool> ReplaceHeadAsync(CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken)
        {
            Demand(key.Uri);
            return _inner.ReplaceHeadAsync(key, generation, head, stamp, retention, cancellationToken);
        }

        public ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken)
        {
            Demand(key.Uri);
            return _inner.RemoveAsync(key, generation, cancellationToken);
        }

        public ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken)
        {
            Demand(uri);
            return _inner.InvalidateAsync(uri, cancellationToken);
        }

        public ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken)
        {
            WideAttempts++;
            Demand("away");
            return _inner.RemoveByTagAsync(tag, cancellationToken);
        }

        public ValueTask<long> RemoveByPrefixAsync(string uriPrefix, CancellationToken cancellationToken) => _inner.RemoveByPrefixAsync(uriPrefix, cancellationToken);

        public ValueTask ClearAsync(CancellationToken cancellationToken) => _inner.ClearAsync(cancellationToken);

        public IAsyncEnumerable<ListedResponse> EnumerateAsync(CancellationToken cancellationToken) => _inner.EnumerateAsync(cancellationToken);

        private void Demand(string uri)
        {
            if (IsAway && uri.EndsWith("away", StringComparison.Ordinal))
            {
                Refused++;
                throw new StorePartUnavailableException();
            }
        }
    }
}
