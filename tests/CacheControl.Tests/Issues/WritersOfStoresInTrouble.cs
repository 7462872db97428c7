using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// A writer whose write was given up was never disposed: when the circuit had opened in between, and when the write failed in the end instead of succeeding.
/// A store on disk kept an open file for each.
/// </summary>
public sealed class WritersOfStoresInTrouble
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_EndsAfterItsTimeLimit_WriterIsDisposed(bool fails)
    {
        var store = new SlowStore();
        using var fixture = new CacheFixture(store: store);
        fixture.Origin.Then(200, "hello", ("Cache-Control", "max-age=60"));

        var getting = fixture.GetAsync();
        await store.Writing.Task.WaitAsync(TimeSpan.FromSeconds(60));
        fixture.Time.Advance(TimeSpan.FromSeconds(3));
        (await getting).Body.Should().Be("hello");
        store.IsDisposed.Should().BeFalse("the store is still at work");
        if (fails)
        {
            store.Written.SetException(new IOException("The disk is full."));
        }
        else
        {
            store.Written.SetResult(true);
        }

        store.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task Write_BegunWhenTheCircuitIsOpen_WriterIsDisposed()
    {
        var store = new SlowStore();
        using var fixture = new CacheFixture(store: store);
        fixture.Origin.Then(200, "hello", ("Cache-Control", "max-age=60"));
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "other", ("Cache-Control", "no-store"));
        using var response = await fixture.Client.SendAsync(CacheFixture.Request("GET", Walks.Uri), HttpCompletionOption.ResponseHeadersRead);
        store.HangsOnReads = true;
        var hanging = fixture.GetAsync("http://h/other");
        fixture.Time.Advance(TimeSpan.FromSeconds(3));
        await hanging;

        (await response.Content.ReadAsStringAsync()).Should().Be("hello");
        store.Written.SetResult(true);

        store.IsDisposed.Should().BeTrue();
    }

    private sealed class SlowStore : IHttpCacheStore
    {
        private readonly MemoryHttpCacheStore _inner = new();

        public TaskCompletionSource Writing { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends inline what waits for it.</summary>
        public TaskCompletionSource<bool> Written { get; } = new();

        public bool IsDisposed { get; private set; }

        public bool HangsOnReads { get; set; }

        public async ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken)
        {
            if (HangsOnReads)
            {
                await new TaskCompletionSource().Task;
            }

            return await _inner.ReadAsync(key, cancellationToken);
        }

        public ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken) => new(new Writer(this));

        public ValueTask<bool> ReplaceHeadAsync(CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken) => new(false);

        public ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken) => default;

        public ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken) => default;

        private sealed class Writer(SlowStore store) : HttpCacheWriter
        {
            public override ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
            {
                store.Writing.TrySetResult();
                return new ValueTask<bool>(store.Written.Task);
            }

            public override ValueTask<bool> CommitAsync(StoreCommit commit, CancellationToken cancellationToken) => new(true);

            protected override void Dispose(bool disposing) => store.IsDisposed = true;
        }
    }
}
