using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>A request finds the stored responses that it may be answered with, and no others.</summary>
public sealed class FindsByRequest
{
    [Fact]
    [Trait("Spec", "LOOK-5")]
    public async Task Find_Request_UsesPartitionAndVary()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = request => ScriptedOrigin.Response(200, request.Headers.AcceptLanguage.ToString(), ("Cache-Control", "max-age=60"), ("Vary", "Accept-Language"));
        await fixture.GetAsync("http://h/a", ("Accept-Language", "de"));
        await fixture.GetAsync("http://h/a", ("Accept-Language", "en"));
        await fixture.GetAsync("http://h/a", ("Accept-Language", "de"), ("Authorization", "Bearer one"));
        await fixture.GetAsync("http://h/b", ("Accept-Language", "de"));

        (await FindAsync(fixture, "GET", "http://h/a", ("Accept-Language", "de"))).Should().ContainSingle().Which.Partition.Should().BeNull();
        (await FindAsync(fixture, "GET", "http://h/a#x", ("Accept-Language", "de"), ("Authorization", "Bearer one"))).Should().ContainSingle().Which.Partition.Should().NotBeNull();
        (await FindAsync(fixture, "GET", "http://h/a", ("Accept-Language", "de"), ("Authorization", "Bearer two"))).Should().BeEmpty();
        (await FindAsync(fixture, "GET", "http://h/a", ("Accept-Language", "fr"))).Should().BeEmpty();
        (await fixture.Cache.FindAsync(new Uri("http://h/a"))).Should().HaveCount(3, "a URI finds all partitions and variants");
    }

    [Fact]
    [Trait("Spec", "LOOK-5")]
    public async Task Find_Request_FindsStaleOnesWhateverItsDirectivesAndMethodCanUse()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""));
        await fixture.GetAsync("http://h/a");
        fixture.Time.Advance(TimeSpan.FromSeconds(61));

        (await FindAsync(fixture, "GET", "http://h/a", ("Cache-Control", "no-cache"))).Should().ContainSingle().Which.IsFresh.Should().BeFalse();
        (await FindAsync(fixture, "HEAD", "http://h/a")).Should().ContainSingle();
        (await FindAsync(fixture, "POST", "http://h/a")).Should().BeEmpty();
        fixture.Origin.Requests.Should().HaveCount(1, "the origin is not asked");
        using var nowhere = new HttpRequestMessage(HttpMethod.Get, new Uri("/a", UriKind.Relative));
        await fixture.Cache.Awaiting(cache => cache.FindAsync(nowhere)).Should().ThrowAsync<ArgumentException>();
    }

    [Fact]
    [Trait("Spec", "LOOK-5")]
    public async Task Find_Query_UsesItsContent()
    {
        using var fixture = new CacheFixture(options => options.Extensions.CacheQuery = true);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        await fixture.SendAsync(Query("one"));

        (await fixture.Cache.FindAsync(Query("one"))).Should().ContainSingle().Which.Method.Should().Be("QUERY");
        (await fixture.Cache.FindAsync(Query("two"))).Should().BeEmpty();
    }

    [Fact]
    [Trait("Spec", "LOOK-5")]
    public async Task Find_Uri_DoesNotGoThroughTheStore()
    {
        var store = new CountingStore();
        using var cache = new HttpCache(store);

        await cache.FindAsync(new Uri("http://h/a"));
        await cache.ListAsync(new CachedResponseFilter { Uri = new Uri("http://h/a") }).CountAsync();

        (store.Whole, store.OfUri).Should().Be((0, 2));
    }

    private static async Task<IReadOnlyList<CachedResponse>> FindAsync(CacheFixture fixture, string method, string uri, params (string Name, string Value)[] fields)
    {
        using var request = CacheFixture.Request(method, uri, fields);
        return await fixture.Cache.FindAsync(request);
    }

    private static HttpRequestMessage Query(string text) => new(new HttpMethod("QUERY"), "http://h/q") { Content = new StringContent(text) };

    private sealed class CountingStore : IHttpCacheStore, IHttpCacheStoreMaintenance
    {
        private readonly MemoryHttpCacheStore _inner = new();

        public int Whole { get; private set; }

        public int OfUri { get; private set; }

        public ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken) => _inner.ReadAsync(key, cancellationToken);

        public ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken) =>
            _inner.BeginWriteAsync(key, expectedLength, cancellationToken);

        public ValueTask<bool> ReplaceHeadAsync(CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken) =>
            _inner.ReplaceHeadAsync(key, generation, head, stamp, retention, cancellationToken);

        public ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken) => _inner.RemoveAsync(key, generation, cancellationToken);

        public ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken) => _inner.InvalidateAsync(uri, cancellationToken);

        public ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken) => _inner.RemoveByTagAsync(tag, cancellationToken);

        public ValueTask<long> RemoveByPrefixAsync(string uriPrefix, CancellationToken cancellationToken) => _inner.RemoveByPrefixAsync(uriPrefix, cancellationToken);

        public ValueTask ClearAsync(CancellationToken cancellationToken) => _inner.ClearAsync(cancellationToken);

        public IAsyncEnumerable<ListedResponse> EnumerateAsync(CancellationToken cancellationToken)
        {
            Whole++;
            return _inner.EnumerateAsync(cancellationToken);
        }

        public IAsyncEnumerable<ListedResponse> EnumerateAsync(string uri, CancellationToken cancellationToken)
        {
            OfUri++;
            return _inner.EnumerateAsync(uri, cancellationToken);
        }
    }
}
