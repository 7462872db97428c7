using HttpCaching.Tests.Control;
using HttpCaching.Tests.Storage;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Issues;

/// <summary>A removal or a mark by filter, while a response is being written, or over a tier that has an older view of the back.</summary>
public sealed class ChangesMeetWritersAndTiers
{
    [Theory]
    [Trait("Spec", "LOOK-2")]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Change_ResponseThatTheStoreIsWriting_IsNotUsed(bool marks, bool refreshes)
    {
        using var memory = new MemoryHttpCacheStore();
        var store = new GatedStore(memory);
        using var fixture = new CacheFixture(store: store);
        fixture.Origin.Otherwise = r => ScriptedOrigin.Response(r.Headers.IfNoneMatch.Count > 0 ? 304 : 200, "old", ("Cache-Control", "max-age=60"), ("ETag", "\"1\""));
        if (refreshes)
        {
            await fixture.GetAsync("http://h/a");
            fixture.Time.Advance(TimeSpan.FromSeconds(60));
        }

        store.Closes();
        var first = fixture.GetAsync("http://h/a");
        await store.Reached;
        var filter = new CachedResponseFilter { Where = _ => true };
        var change = marks ? fixture.Cache.MarkStaleAsync(filter) : fixture.Cache.RemoveAsync(filter);
        await change;
        store.Open();
        await first;

        (await fixture.Cache.ListAsync(new CachedResponseFilter { Where = r => r.IsFresh }).CountAsync()).Should().Be(0);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "new", ("Cache-Control", "max-age=60"));
        (await fixture.GetAsync("http://h/a")).Body.Should().Be("new");
    }

    [Fact]
    [Trait("Spec", "LOOK-3")]
    public async Task MarkStale_ResponseThatAnotherHasStored_OverATierWithAnOlderView_IsMarked()
    {
        using var back = new MemoryHttpCacheStore();
        using var tier = new TieredHttpCacheStore(new MemoryHttpCacheStore(), back, new TieredHttpCacheStoreOptions { MaximumAge = TimeSpan.FromMinutes(1), TimeProvider = new FakeTimeProvider() });
        using var fixture = new CacheFixture(store: tier);
        using var other = new CacheFixture(store: back);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        other.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "y", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync("http://h/a");
        await fixture.GetAsync("http://h/a");
        await other.Cache.InvalidateAsync(new Uri("http://h/a"));
        await other.GetAsync("http://h/a");

        var marked = await fixture.Cache.MarkStaleAsync(new CachedResponseFilter { UriPrefix = "http://h/" });

        marked.Count.Should().Be(1);
        (await fixture.Cache.ListAsync().SingleAsync()).IsMarkedStale.Should().BeTrue();
    }

    /// <summary>A store in memory whose commits and replaced heads wait at a gate.</summary>
    private sealed class GatedStore(MemoryHttpCacheStore inner) : PassingStore(inner), IHttpCacheStoreMaintenance
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _isClosed;

        /// <summary>Ends when a call waits at the gate.</summary>
        public Task Reached => _reached.Task;

        public void Closes() => _isClosed = true;

        public void Open() => _gate.SetResult();

        public override async ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken) =>
            await base.BeginWriteAsync(key, expectedLength, cancellationToken) is { } writer ? new Writer(this, writer) : null;

        public override async ValueTask<bool> ReplaceHeadAsync(
            CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken)
        {
            if (!head.IsMarkedStale)
            {
                await PassAsync();
            }

            return await base.ReplaceHeadAsync(key, generation, head, stamp, retention, cancellationToken);
        }

        public ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken) => inner.RemoveByTagAsync(tag, cancellationToken);

        public ValueTask<long> RemoveByPrefixAsync(string uriPrefix, CancellationToken cancellationToken) => inner.RemoveByPrefixAsync(uriPrefix, cancellationToken);

        public ValueTask ClearAsync(CancellationToken cancellationToken) => inner.ClearAsync(cancellationToken);

        public IAsyncEnumerable<ListedResponse> EnumerateAsync(CancellationToken cancellationToken) => inner.EnumerateAsync(cancellationToken);

        private async Task PassAsync()
        {
            if (_isClosed)
            {
                _isClosed = false;
                _reached.SetResult();
                await _gate.Task;
            }
        }

        private sealed class Writer(GatedStore store, HttpCacheWriter writer) : HttpCacheWriter
        {
            public override ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => writer.WriteAsync(data, cancellationToken);

            public override async ValueTask<bool> CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
            {
                await store.PassAsync();
                return await writer.CommitAsync(commit, cancellationToken);
            }

            protected override void Dispose(bool disposing) => writer.Dispose();
        }
    }
}
